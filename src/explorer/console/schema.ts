import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DomainSchema } from '#store/index.ts';
import { importedTables } from './evidence/imported/schema-imported.ts';
import { evidenceMoments, evidenceTables, ownTemplates } from './evidence/schema-evidence.ts';
import { applicationNames } from './schema-applications.ts';
import { componentTables } from './schema-components.ts';
import { dayTables, placeTables } from './schema-places.ts';
import { deltaNames, dirtyUpgrades, environmentNames, riskSumNames, vulnerabilityNames } from './schema-names.ts';
import { narrowTables, shiftTables, steppedTables, vacuumedTables } from './schema-shifts.ts';
import type { ExplorerTables } from './tables.ts';

/** Subjects by environment were named otherwise before, and so were publishers that differ. */
const renamedTables = [
  `alter table explorer.standing rename to image_environment`,
  `alter index explorer.standing_pkey rename to image_environment_pkey`,
  `alter index explorer.standing_of_image rename to image_environment_of_image`,
  `alter table explorer.image_row rename column disagrees to differs`,
];

function running(statements: readonly string[]): Migration {
  return {
    async up(database) {
      for (const statement of statements) await sql.raw(statement).execute(database);
    },
  };
}

/**
 * Tables that are made from other domains' documents: dropping them loses nothing that `refreshAll` does not bring
 * back, but for `image_number`, `finding_seen`, `finding_day` and `trend_point`, which remember when, and for what people
 * added: `attestation` and `imported_result`.
 */
export const explorerSchema: DomainSchema<ExplorerTables> = {
  name: 'explorer',
  migrations: {
    '0002-places': running(placeTables),
    '0003-days': running(dayTables),
    '0004-shifts': running(shiftTables),
    '0005-narrow': running(narrowTables),
    '0006-vacuum': running(vacuumedTables),
    '0007-components': running(componentTables),
    '0008-steps': running(steppedTables),
    '0009-image-environments': running(renamedTables),
    '0010-vulnerabilities': vulnerabilityNames,
    '0011-environments': environmentNames,
    '0012-risk-sums': riskSumNames,
    '0013-deltas': deltaNames,
    '0014-dirty-upgrades': dirtyUpgrades,
    '0015-application-names': applicationNames,
    '0016-builds': running(['alter table explorer.image_row add column build text collate "C"']),
    '0017-evidence': evidenceTables,
    '0018-evidence-moments': evidenceMoments,
    '0019-imported-results': importedTables,
    '0020-own-templates': ownTemplates,
  },
  undone: { '0001-read-models': '0002-places' },
};
