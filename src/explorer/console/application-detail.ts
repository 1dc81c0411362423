import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { repositoryOf } from '#access/index.ts';
import type { Queries } from '#store/index.ts';
import type { ApplicationDetail, ImageState, SeverityCounts } from '../contract.ts';
import { readApplicationRow, worstState } from './applications.ts';
import { all } from './findings.ts';
import { everywhere } from './image-environment.ts';
import { byEnvironment, environmentOf } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { type Viewer, visible } from './scope.ts';
import type { EnvironmentKey } from './tables.ts';

type Part = ApplicationDetail['parts'][number];
type Version = Part['versions'][number];

interface StoredVersion {
  readonly subject: SubjectId;
  readonly environment: EnvironmentKey;
  readonly names: readonly string[];
  readonly label: string;
  readonly created: Date | null;
  readonly scanned_at: Date;
  readonly hosts: number;
  readonly containers: number;
  readonly state: ImageState;
  readonly counts: SeverityCounts;
  readonly worst: number | null;
}

/** Answers `getApplication`. Throws `not-found`. */
export async function readApplication(queries: Queries, name: string, viewer: Viewer): Promise<ApplicationDetail> {
  const row = await readApplicationRow(queries, { name, environment: everywhere, viewer });
  const { rows } = await sql<StoredVersion>`
    select subject, environment, names, label, created, scanned_at, image_environment.hosts, containers, state, counts, worst
    from explorer.application_row join explorer.image_row as image using (subject)
      join explorer.image_environment on image_environment.image = number and environment <> '*'
    where ${all([sql`name = ${row.name}`, ...visible(viewer)])}
    order by coalesce(created, scanned_at) desc, subject`.execute(queries.query(explorerSchema));
  const versions = rows.toSorted(byEnvironment);
  const byRepository = Map.groupBy(
    versions.flatMap((version) => repositoriesOf(version).map((repository) => ({ repository, version }))),
    ({ repository }) => repository,
  );
  return {
    row,
    environments: [
      ...Map.groupBy(
        versions.filter((version) => version.hosts > 0),
        ({ environment }) => environment,
      ),
    ].map(([environment, there]) => ({
      ...environmentOf(environment),
      ...worstState(there.map(({ state }) => state)),
    })),
    parts: [...byRepository.keys()].toSorted().map((repository) => ({
      repository,
      versions: (byRepository.get(repository) ?? []).map(({ version }) => toVersion(version, repository)),
    })),
  };
}

/** What no name is known of stands for itself. */
function repositoriesOf({ names, label }: StoredVersion): readonly string[] {
  return names.length === 0 ? [label] : [...new Set(names.map(repositoryOf))];
}

function toVersion(version: StoredVersion, repository: string): Version {
  const { subject, environment, names, created, hosts, containers, state, counts, worst } = version;
  return {
    ...environmentOf(environment),
    state: containers > 0 ? 'running' : hosts > 0 ? 'on-disk' : 'build',
    subject,
    tags: [...new Set(names.filter((name) => repositoryOf(name) === repository).flatMap(tagOf))],
    ...(created === null ? {} : { created: created.toISOString() }),
    containers,
    ...worstState([state]),
    counts,
    ...(worst === null ? {} : { worst }),
  };
}

function tagOf(name: string): readonly string[] {
  const tag = /:([^/:@]+)$/.exec(name.replace(/@sha256:[0-9a-f]{64}$/, ''))?.[1];
  return tag === undefined ? [] : [tag];
}
