import type { ChildPool, Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Policy, PolicyReplay } from '../contract.ts';
import { limits } from '../limits.ts';
import type { Rulebook } from '../rulebook.ts';
import { provenanceFor } from './provenance.ts';
import { partsOf } from './rulebook.ts';
import type { Judging, Outcome, Replayed } from './replay-batch.ts';
import { policySchema } from './schema.ts';
import { readDatabaseInUse, readPackedFacts } from './stored-facts.ts';
import { replayTask } from './tasks.ts';
import { isVisible } from './visible.ts';

type Hits = PolicyReplay['running']['before'];

export interface ReplayOptions {
  readonly rulebook: Rulebook;
  /** As edited. */
  readonly policy: Policy;
  readonly days: number;
  readonly now: Date;
  readonly principal: Principal | undefined;
  readonly signal: AbortSignal;
  readonly children: Pick<ChildPool, 'run'>;
  readonly caller: string;
  /** Verdicts that are replayed at most, in place of the domain's limit. */
  readonly most?: number;
}

/** Scans that one task of a child process judges: few enough for its time, each by the dearest of policies. */
const batch = 10;
const day = 24 * 60 * 60_000;
const mostChanges = 200;

/**
 * What an edited policy would make of all that runs now and of the builds of the last days, newest first. Judges from
 * stored facts with the evaluator that judges for good; what the change does not touch keeps the verdict that it has.
 * Child processes do it, a batch after the other, until all is done, the time is over (`left` says how many verdicts
 * are not replayed) or the caller has left. Nothing is saved.
 */
export async function replay(queries: Queries, options: ReplayOptions): Promise<PolicyReplay> {
  const started = performance.now();
  const { rulebook, policy, now, principal, children, caller, signal } = options;
  const { collections } = rulebook;
  const inUse = await readDatabaseInUse(queries, now);
  const { rows: read, more } = await readRows(queries, options);
  const rows = read.filter(({ places }) => isVisible(places, principal, collections));
  const result = { running: emptySide(), builds: emptySide(), changes: [] as PolicyReplay['changes'][number][] };
  const books = [rulebook, { policies: [policy] }];
  const provenanceOf = await provenanceFor(queries, rows, books);
  const scans = [...new Set(rows.map(({ scan }) => scan))];
  const byScan = Map.groupBy(rows, ({ scan }) => scan);
  const context = { rulebook: partsOf(rulebook), policy, now, inUse };
  let left = rows.length + more;
  const isOver = (): boolean => signal.aborted || performance.now() - started > limits.replaySeconds.value * 1000;
  for (let start = 0; start < scans.length && !isOver(); start += batch) {
    const some = scans.slice(start, start + batch);
    const facts = await readPackedFacts(queries, some);
    const own = some.flatMap((scan) => byScan.get(scan) ?? []);
    const asked = { ...context, facts, rows: own.map((row) => ({ row, provenance: provenanceOf(row) })) };
    const outcomes = await children.run(replayTask, asked, { caller, signal });
    for (const [index, row] of own.entries()) note(result, row, outcomes[index]);
    left -= own.length;
  }
  return { ...result, left, milliseconds: performance.now() - started };
}

/** Verdicts to replay, and how many more there are. */
async function readRows(
  queries: Queries,
  { now, days, most = limits.replayedVerdicts.value }: ReplayOptions,
): Promise<{ readonly rows: readonly Judging[]; readonly more: number }> {
  const wanted = queries
    .query(policySchema)
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .where((is) =>
      is.or([
        is.and([is('current', '=', true), is('runs', '=', true)]),
        is.and([is('environment', '=', ''), is('received_at', '>=', new Date(now.getTime() - days * day))]),
      ]),
    );
  const rows = await wanted
    .selectAll('judging')
    .select('facts.key as factsKey')
    .orderBy('received_at', 'desc')
    .orderBy('judging.scan')
    .limit(most)
    .execute();
  if (rows.length < most) return { rows, more: 0 };
  const { count } = await wanted.select(({ fn }) => fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
  return { rows, more: Number(count) - rows.length };
}

interface Side {
  judged: number;
  readonly before: { -readonly [Field in keyof Hits]: number };
  readonly after: { -readonly [Field in keyof Hits]: number };
}

function emptySide(): Side {
  const none = { pass: 0, fail: 0, cannotJudge: 0, violations: 0 };
  return { judged: 0, before: { ...none }, after: { ...none } };
}

function note(
  result: { readonly running: Side; readonly builds: Side; readonly changes: PolicyReplay['changes'][number][] },
  row: Judging,
  outcome: Replayed | undefined,
): void {
  if (outcome === undefined) return;
  const { before, after, added, removed } = outcome;
  for (const side of [row.runs ? result.running : undefined, row.environment === '' ? result.builds : undefined]) {
    if (side === undefined) continue;
    side.judged++;
    count(side.before, before);
    count(side.after, after);
  }
  if (before.kind === after.kind || result.changes.length >= mostChanges) return;
  const { scan, subject, environment, received_at } = row;
  result.changes.push({
    subject,
    image: row.places.flatMap(({ images }) => images)[0] ?? subject,
    ...(environment === '' ? {} : { environment }),
    scan,
    at: received_at.toISOString(),
    before: before.kind,
    after: after.kind,
    added,
    removed,
  });
}

function count(hits: Side['before'], { kind, violations }: Outcome): void {
  hits[kind === 'cannot-judge' ? 'cannotJudge' : kind]++;
  hits.violations += violations;
}
