import { setImmediate as breathe } from 'node:timers/promises';
import type { Selectable as Row } from 'kysely';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Policy, PolicyReplay, Verdict, Violation } from '../contract.ts';
import type { JudgedFacts } from '../facts.ts';
import { judgingPolicy, type Rulebook } from '../rulebook.ts';
import { judgeStanding, verdictKey } from './judge-standing.ts';
import { namingIts } from './judgings.ts';
import { type JudgedProvenance, provenanceFor } from './provenance.ts';
import { withPolicy } from './rulebook.ts';
import { type PolicyTables, policySchema } from './schema.ts';
import { type DatabaseInUse, readDatabaseInUse, readFacts } from './stored-facts.ts';
import { isVisible } from './visible.ts';

type Judging = Row<PolicyTables['judging']> & { readonly factsKey: string };
type Outcome = Pick<Verdict, 'kind'> & { readonly violations: number };
type Hits = PolicyReplay['running']['before'];

export interface ReplayOptions {
  readonly rulebook: Rulebook;
  /** As edited. */
  readonly policy: Policy;
  readonly days: number;
  readonly now: Date;
  readonly principal: Principal | undefined;
  readonly signal: AbortSignal;
}

/** Facts that are unpacked at once, and milliseconds after which others get their turn. */
const batch = 25;
const turn = 10;
const day = 24 * 60 * 60_000;
const mostChanges = 200;
const mostViolations = 20;

/**
 * What an edited policy would make of all that runs now and of the builds of the last days. Judges from stored facts
 * with the evaluator that judges for good; what the change does not touch keeps the verdict that it has. Nothing is saved.
 */
export async function replay(queries: Queries, options: ReplayOptions): Promise<PolicyReplay> {
  const started = performance.now();
  const { rulebook, now, principal, signal } = options;
  const inUse = await readDatabaseInUse(queries, now);
  const rules = { before: rulebook, after: await withPolicy(rulebook, options.policy), now, inUse };
  const rows = (await readRows(queries, options)).filter(({ places }) =>
    isVisible(places, principal, rulebook.collections),
  );
  const result = { running: emptySide(), builds: emptySide(), changes: [] as PolicyReplay['changes'][number][] };
  const provenanceOf = await provenanceFor(queries, rows, [rules.before, rules.after]);
  const scans = [...new Set(rows.map(({ scan }) => scan))];
  const byScan = Map.groupBy(rows, ({ scan }) => scan);
  let turned = performance.now();
  const read = (start: number) => readFacts(queries, scans.slice(start, start + batch), inUse);
  let ahead = read(0);
  for (let start = 0; start < scans.length && !signal.aborted; start += batch) {
    const some = scans.slice(start, start + batch);
    const facts = await ahead;
    ahead = read(start + batch);
    ahead.catch(() => undefined);
    for (const scan of some) {
      for (const row of byScan.get(scan) ?? []) {
        const basis = facts.get(scan);
        if (basis !== undefined) note(result, row, replayed(row, { ...basis, provenance: provenanceOf(row) }, rules));
      }
      if (performance.now() - turned < turn) continue;
      await breathe();
      turned = performance.now();
    }
  }
  return { ...result, milliseconds: performance.now() - started };
}

async function readRows(queries: Queries, { now, days }: ReplayOptions): Promise<readonly Judging[]> {
  return await queries
    .query(policySchema)
    .selectFrom('judging')
    .innerJoin('facts', 'facts.scan', 'judging.scan')
    .selectAll('judging')
    .select('facts.key as factsKey')
    .where((is) =>
      is.or([
        is.and([is('current', '=', true), is('runs', '=', true)]),
        is.and([is('environment', '=', ''), is('received_at', '>=', new Date(now.getTime() - days * day))]),
      ]),
    )
    .orderBy('received_at', 'desc')
    .orderBy('judging.scan')
    .execute();
}

interface Rules {
  readonly before: Rulebook;
  readonly after: Rulebook;
  readonly now: Date;
  readonly inUse: DatabaseInUse | undefined;
}

interface Replayed {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly added: readonly Violation[];
  readonly removed: readonly Violation[];
}

interface Basis {
  readonly facts: JudgedFacts;
  readonly provenance: JudgedProvenance;
}

function replayed(row: Judging, basis: Basis, { before, after, now, inUse }: Rules): Replayed {
  const facts = { ...basis.facts, ...basis.provenance.facts };
  const old = { rulebook: namingIts(facts.findings, before), now, inUse };
  const stands = row.renew_at > now && row.key === verdictKey({ ...row, provenanceKey: basis.provenance.key }, old);
  const was = once(() => judgeStanding(facts, row, old));
  const outcome: Outcome = stands ? { kind: row.kind, violations: row.violations } : outcomeOf(was());
  if (judgingPolicy(before, row.places) === judgingPolicy(after, row.places))
    return { before: outcome, after: outcome, added: [], removed: [] };
  const is = judgeStanding(facts, row, { rulebook: namingIts(facts.findings, after), now });
  const differences =
    outcome.kind === is.kind ? { added: [], removed: [] } : differencesOf(was().violations, is.violations);
  return { before: outcome, after: outcomeOf(is), ...differences };
}

function outcomeOf({ kind, violations }: Verdict): Outcome {
  return { kind, violations: violations.length };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function differencesOf(was: readonly Violation[], is: readonly Violation[]): Pick<Replayed, 'added' | 'removed'> {
  const [before, after] = [new Set(was.map(identityOf)), new Set(is.map(identityOf))];
  return {
    added: is.filter((one) => !before.has(identityOf(one))).slice(0, mostViolations),
    removed: was.filter((one) => !after.has(identityOf(one))).slice(0, mostViolations),
  };
}

function identityOf({ rule, effect, finding, message }: Violation): string {
  return JSON.stringify([rule, effect, ...(finding === undefined ? [message] : [finding.id, finding.purl])]);
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
  { before, after, added, removed }: Replayed,
): void {
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
