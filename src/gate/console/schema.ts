import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DomainSchema } from '#store/index.ts';
import type { BreakGlassFact, GateFact, RoguesFact, SignedTrials, TrialsStatement } from '../contract.ts';

/** Read as the value, written as its text. `jsonb` would refuse characters that a name may hold. */
type Json<Value> = ColumnType<Value, string, string>;

export interface GateTables {
  /** Which gates stand on a host, as it told last. */
  readonly gate: {
    readonly host: string;
    readonly told_at: Date;
    readonly fact: Json<GateFact>;
  };
  /** What runs past the gates of a host, as it told last. */
  readonly rogue: {
    readonly host: string;
    readonly told_at: Date;
    readonly rogues: Json<RoguesFact['rogues']>;
  };
  /** How the rings of a host answered starts that break one line each, as it signed it last. */
  readonly trial: {
    readonly host: string;
    readonly told_at: Date;
    readonly statement: Json<TrialsStatement>;
    readonly signed: Json<SignedTrials>;
  };
  readonly break_glass: {
    readonly host: string;
    readonly id: string;
    readonly digest: string;
    readonly at: Date;
    readonly until: Date;
    readonly received_at: Date;
    readonly fact: Json<BreakGlassFact>;
  };
}

/** Admission kept these tables before the gate was a domain of its own. */
const tablesOfAdmission: Migration = {
  async up(database) {
    for (const table of ['gate', 'rogue', 'break_glass']) {
      await sql.raw(`alter table admission.${table} set schema gate`).execute(database);
    }
  },
};

const trials: Migration = {
  async up(database) {
    await database.schema
      .createTable('gate.trial')
      .addColumn('host', 'text', (column) => column.primaryKey())
      .addColumn('told_at', 'timestamptz', (column) => column.notNull())
      .addColumn('statement', 'json', (column) => column.notNull())
      .addColumn('signed', 'json', (column) => column.notNull())
      .execute();
  },
};

export const gateSchema: DomainSchema<GateTables> = {
  name: 'gate',
  migrations: { '0001-from-admission': tablesOfAdmission, '0002-trials': trials },
};
