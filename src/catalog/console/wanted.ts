import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { type Placement, readHostState, readPlacements } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Catalog } from '../contract.ts';
import { analyzersKey } from './content.ts';
import { catalogSchema } from './schema.ts';
import { placesOf } from './speaking-scan.ts';
import { isTrusted, type Place, type Witness } from './witness.ts';

/** Subjects to ask for in one statement. */
const subjectsAtOnce = 5_000;

/** Who asks, and with which analyzers it would scan. */
export interface Asking {
  readonly principal: Principal | undefined;
  readonly analyzers: Catalog['analyzers'];
}

/**
 * Which of the subjects are still to be scanned: those of which no scan by these analyzers counts, and every file
 * system, since its content changes under the same name. For an agent a scan counts when its witness is trusted in each
 * environment in which the agent's host has the subject; for others every newest scan does.
 */
export async function wantedScans(
  queries: Queries,
  subjects: readonly SubjectId[],
  asking: Asking,
): Promise<readonly SubjectId[]> {
  const all = [...new Set(subjects)];
  const images = all.filter((subject) => subject.startsWith('sha256:'));
  const known = new Set<SubjectId>();
  for (let at = 0; at < images.length; at += subjectsAtOnce) {
    const part = images.slice(at, at + subjectsAtOnce);
    for (const subject of await scannedOf(queries, part, asking)) known.add(subject);
  }
  return all.filter((subject) => !known.has(subject));
}

async function scannedOf(
  queries: Queries,
  subjects: readonly SubjectId[],
  { principal, analyzers }: Asking,
): Promise<readonly SubjectId[]> {
  const scans = await newestScans(queries, subjects);
  const wanted = analyzersKey(analyzers);
  if (principal?.kind !== 'agent') {
    return subjects.filter((subject) => {
      const [newest] = scans.get(subject) ?? [];
      return newest !== undefined && analyzersKey(newest.analyzers) === wanted;
    });
  }
  const places = await placesFor(queries, subjects, principal);
  return subjects.filter((subject) => {
    const current = (scans.get(subject) ?? []).filter((scan) => analyzersKey(scan.analyzers) === wanted);
    return (places.get(subject) ?? []).every((there) =>
      current.some(({ witness }) => isTrusted(witness, subject, there)),
    );
  });
}

interface Newest {
  readonly subject: SubjectId;
  readonly analyzers: Catalog['analyzers'];
  readonly witness: Witness;
}

/** The newest scan of each witness by each set of analyzers, newest first. */
async function newestScans(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly Newest[]>> {
  const { rows } = await sql<Newest>`
    select subject, analyzers, witness from (
      select distinct on (subject, witness::text, analyzers::text) subject, analyzers, witness, sequence
      from catalog.scan where subject = any(${subjects}::text[])
      order by subject, witness::text, analyzers::text, sequence desc
    ) as newest order by sequence desc`.execute(queries.query(catalogSchema));
  return Map.groupBy(rows, ({ subject }) => subject);
}

/** For each subject, its places in each environment in which the agent's host has it, or would have it. */
async function placesFor(
  queries: Queries,
  subjects: readonly SubjectId[],
  agent: Principal,
): Promise<ReadonlyMap<SubjectId, readonly (readonly Place[])[]>> {
  const placements = await readPlacements(queries, subjects);
  const state = await readHostState(queries, agent.name);
  const environment = state === undefined ? agent.environment : state.environment;
  const own: Placement = {
    host: agent.name,
    agent: agent.id,
    ...(environment === undefined ? {} : { environment }),
    stale: false,
    names: [],
    containers: [],
  };
  return new Map(
    subjects.map((subject) => {
      const told = placements.get(subject) ?? [];
      // It asks before it told, or in the same moment.
      const known = told.some(({ host }) => host === agent.name) ? told : [...told, own];
      const groups = Map.groupBy(known.flatMap(placesOf), (place) => place.environment);
      return [subject, [...groups.values()].filter((there) => there.some(({ host }) => host === agent.name))];
    }),
  );
}
