import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { SubjectId } from '#base/index.ts';
import { readStartRules, type StartRules } from '#compliance/console/index.ts';
import { type HostStarts, readHostStarts } from '#inventory/console/index.ts';
import { type EnvironmentVerdict, readEnvironmentVerdicts, readWholeVerdicts } from '#policy/console/index.ts';
import { readTrust } from '#provenance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AdmissionRule, Ledger } from '../contract.ts';
import { briefOf, type VerdictBrief } from '../verdict-brief.ts';
import { admissionRules } from './rules.ts';
import { admissionSchema } from './schema.ts';

/** How an image stands in an environment. */
export interface KnownVerdict {
  readonly brief: VerdictBrief;
  readonly judgedAt: Date;
  /** Digest of what its bundle states. */
  readonly bundle: string;
}

/** What the ledgers of some hosts are made from, read once for all of them. */
export interface LedgerContext {
  readonly hosts: readonly HostStarts[];
  /** In their order, switched off ones too. */
  readonly rules: readonly AdmissionRule[];
  readonly collections: readonly Collection[];
  /** Missing: no rule asks for them. */
  readonly bases?: Ledger['bases'];
  readonly compliance: StartRules;
  /** `undefined`: it is not judged there. */
  verdictOf(subject: SubjectId, environment: string | undefined): KnownVerdict | undefined;
}

export async function readLedgerContext(queries: Queries, hosts: readonly string[], now: Date): Promise<LedgerContext> {
  const starts = await readHostStarts(queries, hosts);
  const subjects = [...new Set(starts.flatMap(({ images }) => images.map(({ subject }) => subject)))];
  const verdicts = await readEnvironmentVerdicts(queries, subjects);
  const briefs = await readBriefs(queries, verdicts, now);
  const known = new Map(
    verdicts.flatMap(({ subject, environment, digest, judgedAt, bundle }) => {
      const brief = briefs.get(digest);
      return brief === undefined ? [] : [[keyOf(subject, environment), { brief, judgedAt, bundle }]];
    }),
  );
  const rules = await admissionRules.inForce(queries);
  const asksForBases = rules.some(({ builds }) => builds === 'approved-base');
  return {
    hosts: starts,
    rules,
    ...(asksForBases ? { bases: await readBases(queries) } : {}),
    collections: await readCollections(queries),
    compliance: await readStartRules(queries, now),
    verdictOf: (subject, environment) => known.get(keyOf(subject, environment)),
  };
}

async function readBases(queries: Queries): Promise<Ledger['bases']> {
  return (await readTrust(queries)).bases.slice(0, 1000).map(({ name, diffIds }) => ({ name, diffIds }));
}

function keyOf(subject: SubjectId, environment: string | undefined): string {
  return `${subject} ${environment ?? ''}`;
}

/** By the digest of the verdict. A verdict holds up to 100,000 violations, so what is said of it is kept. */
async function readBriefs(
  queries: Queries,
  verdicts: readonly EnvironmentVerdict[],
  now: Date,
): Promise<ReadonlyMap<string, VerdictBrief>> {
  const digests = [...new Set(verdicts.map(({ digest }) => digest))];
  const database = queries.query(admissionSchema);
  const kept = await database
    .selectFrom('brief')
    .select(['verdict', 'brief'])
    .where('verdict', '=', sql<string>`any(${digests}::text[])`)
    .execute();
  const briefs = new Map(kept.map(({ verdict, brief }) => [verdict, brief]));
  const missing = verdicts.filter(({ digest }) => !briefs.has(digest));
  if (missing.length === 0) return briefs;
  const made = [...(await readWholeVerdicts(queries, missing))].map(([verdict, whole]) => ({
    verdict,
    brief: briefOf(whole),
  }));
  if (made.length > 0) {
    const rows = made.map(({ verdict, brief }) => ({ verdict, brief: JSON.stringify(brief), made_at: now }));
    await database
      .insertInto('brief')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return new Map([...briefs, ...made.map(({ verdict, brief }) => [verdict, brief] as const)]);
}
