import { setImmediate as immediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Clock, isAppError } from '#base/index.ts';
import type { ChildPool, RunOptions } from '#http/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { assessMany, evaluationOf, type KeptDocument, timedKinds, tooCostly } from '../catalogue.ts';
import type { CustomCheck } from '../contract.ts';
import { complianceChanged } from './facts.ts';
import type { Lists } from '../lists/index.ts';
import { readCustom } from './custom-checks.ts';
import { readLists } from './operator-lists.ts';
import { type PackedResults, packResults } from './pack-results.ts';
import { saveResults } from './results.ts';
import { complianceSchema, type ComplianceTables, type FactsDocument } from './schema.ts';
import { assessTask, type FactsToAssess } from './tasks.ts';

/** Sets of facts whose results are saved in one transaction. */
const together = 250;
/** UTF-16 units of results that one transaction saves: what hosts report decides how long they are. */
const longestSave = 16 * 1024 * 1024;
/** UTF-16 units of documents that are judged in this process; longer ones, and checks that somebody wrote, could stall it. */
const longestHere = 64 * 1024;
/** Sets of facts that are, one by one, where no more wait: so few are less than what it takes to hand them over. */
const mostHere = 100;
/** Sets of facts that a child process judges at once: a fifth of its turn. */
const atOnce = 100;
/** Milliseconds that it may compute for them; each by itself may take as long as any task. */
const timeoutOfMany = 5000;
/** Milliseconds after which what time alone may change is judged again. */
const holdsFor = 24 * 60 * 60 * 1000;
/** Bytes of documents that are read at once. */
const longestRead = 2 * 1024 * 1024;

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly children: Pick<ChildPool, 'run'>;
}

/** What is known of facts before they are judged. */
interface FactsRow extends Pick<ComplianceTables['facts'], 'id' | 'kind'> {
  readonly documents: readonly FactsDocument[];
  /** Bytes of their documents. */
  readonly size: number;
}

/** After `factsAppeared`: evaluates what waits, these first. Does nothing twice. */
export async function evaluateFacts(dependencies: Dependencies, ids: readonly string[]): Promise<void> {
  const asked = await askedNow(dependencies);
  for (let first = 0; first < ids.length; first += together)
    await evaluateSome(dependencies, { ids: ids.slice(first, first + together), ...asked });
}

/**
 * Evaluates again what another release or other lists evaluated, and what was evaluated a day ago and time may have changed.
 * Answers how many; none are left when it is 0.
 */
export async function evaluateOutdated(dependencies: Dependencies): Promise<number> {
  const asked = await askedNow(dependencies);
  const rows = await dependencies.store
    .query(complianceSchema)
    .selectFrom('facts')
    .select('id')
    .where(isOutdated(asked))
    .limit(together)
    .execute();
  await evaluateSome(dependencies, { ids: rows.map(({ id }) => id), ...asked });
  return rows.length;
}

interface AskedNow {
  readonly now: Date;
  readonly evaluation: string;
  readonly lists: Lists;
  readonly custom: readonly CustomCheck[];
}

interface Asked extends AskedNow {
  readonly ids: readonly string[];
}

/** The operator's lists, checks that were written here, and the name of an evaluation by them and those of this release. */
async function askedNow({ store, clock }: Pick<Dependencies, 'store' | 'clock'>): Promise<AskedNow> {
  const [lists, custom] = [await readLists(store), await readCustom(store)];
  return { now: clock(), evaluation: evaluationOf(lists, custom), lists, custom };
}

function isOutdated({ evaluation, now }: Pick<AskedNow, 'evaluation' | 'now'>) {
  const before = new Date(now.getTime() - holdsFor);
  return sql<boolean>`(evaluation is distinct from ${evaluation}
    or kind = any(${timedKinds}::text[]) and (evaluated_at is null or evaluated_at <= ${before}))`;
}

/**
 * Judged before they are locked: facts are what their id says, and hosts that report the same do not wait meanwhile. Those
 * that cannot be judged keep no others from it; the first reason is thrown when all have had their turn.
 */
async function evaluateSome(dependencies: Dependencies, { ids, ...asked }: Asked): Promise<void> {
  if (ids.length === 0) return;
  const { store } = dependencies;
  const faults: unknown[] = [];
  let judged: PackedResults[] = [];
  const outdated = await outdatedFacts(store, { ids, ...asked });
  const where = outdated.length <= mostHere && asked.custom.length === 0 ? 'here' : 'apart';
  for (const rows of portions(outdated)) {
    const answers = await assessRows(dependencies, rows, { ...asked, where });
    judged.push(...answers.judged);
    faults.push(...answers.faults);
    if (judged.reduce((sum, { size }) => sum + size, 0) < longestSave) continue;
    await save(store, judged, asked);
    judged = [];
  }
  await save(store, judged, asked);
  if (faults.length > 0) throw faults[0];
}

/** As many as are judged at once, with documents of so many bytes, or one that has more. */
function portions(rows: readonly FactsRow[]): readonly (readonly FactsRow[])[] {
  const all: FactsRow[][] = [];
  let room = 0;
  for (const row of rows) {
    const last = row.size > room || all.at(-1)?.length === atOnce ? undefined : all.at(-1);
    if (last === undefined) all.push([row]);
    else last.push(row);
    room = (last === undefined ? longestRead : room) - row.size;
  }
  return all;
}

async function save(store: Store, judged: readonly PackedResults[], { evaluation, now }: AskedNow): Promise<void> {
  if (judged.length === 0) return;
  await store.transaction(async (transaction) => {
    const ids = await lockedFacts(transaction, { ids: judged.map(({ facts }) => facts), evaluation, now });
    const results = judged.filter(({ facts }) => ids.has(facts));
    if (results.length === 0) return;
    await saveResults(transaction, { results, evaluation, now });
    await transaction.announceAll(complianceChanged, await hostsWith(transaction, ids));
  });
}

interface Assessed {
  readonly judged: readonly PackedResults[];
  /** Why others are not. */
  readonly faults: readonly unknown[];
}

interface AskedRows extends AskedNow {
  /** Where short documents are judged; long ones always are apart. */
  readonly where: 'here' | 'apart';
}

async function assessRows(
  dependencies: Dependencies,
  rows: readonly FactsRow[],
  { where, ...asked }: AskedRows,
): Promise<Assessed> {
  const texts = await textsOf(dependencies.store, rows);
  const faults: unknown[] = [];
  const facts = rows.flatMap((row): FactsToAssess[] => {
    try {
      return [{ id: row.id, kind: row.kind, documents: documentsOf(row, texts) }];
    } catch (error) {
      faults.push(error);
      return [];
    }
  });
  const isHere = where === 'here' && facts.every(isShort);
  const answers = await (isHere ? assessHere(facts, asked) : assessApart(dependencies, facts, asked));
  return { judged: answers.judged, faults: [...faults, ...answers.faults] };
}

function isShort({ documents }: FactsToAssess): boolean {
  return documents.reduce((sum, { text }) => sum + text.length, 0) <= longestHere;
}

async function assessHere(facts: readonly FactsToAssess[], { lists, now }: AskedNow): Promise<Assessed> {
  const judged: PackedResults[] = [];
  const faults: unknown[] = [];
  const assess = assessMany({ lists, now });
  for (const { id, kind, documents } of facts) {
    try {
      judged.push(await packResults(id, assess(kind, documents)));
    } catch (error) {
      faults.push(error);
    }
    // Others are answered meanwhile.
    await immediate();
  }
  return { judged, faults };
}

/** All at once; where that fails one by one, so that only those at fault are without results, or in error. */
async function assessApart(
  { children }: Dependencies,
  facts: readonly FactsToAssess[],
  { lists, custom, now }: AskedNow,
): Promise<Assessed> {
  const judge = async (some: readonly FactsToAssess[], bounds: Pick<RunOptions, 'timeout'> = {}) =>
    await children.run(assessTask, { facts: some, lists, custom, now }, { caller: 'compliance', ...bounds });
  if (facts.length > 1) {
    const judged = await judge(facts, { timeout: timeoutOfMany }).catch(() => undefined);
    if (judged !== undefined) return { judged, faults: [] };
  }
  const judged: PackedResults[] = [];
  const faults: unknown[] = [];
  for (const one of facts) {
    try {
      judged.push(...(await judge([one])));
    } catch (error) {
      if (!isAppError(error) || error.code !== 'too-costly') faults.push(error);
      else judged.push(await packResults(one.id, tooCostly(one.kind, { documents: one.documents, custom })));
    }
  }
  return { judged, faults };
}

type Outdated = Pick<Asked, 'ids' | 'evaluation' | 'now'>;

async function outdatedFacts(queries: Queries, { ids, ...asked }: Outdated): Promise<readonly FactsRow[]> {
  const { rows } = await sql<FactsRow>`
    select id, kind, documents, (
      select coalesce(sum(octet_length(document.text)), 0)::float8 from json_array_elements(facts.documents) as named
      join compliance.document on document.hash = named ->> 'hash') as size
    from compliance.facts
    where id = any(${ids}::text[]) and ${isOutdated(asked)} order by id`.execute(queries.query(complianceSchema));
  return rows;
}

async function lockedFacts(transaction: Transaction, { ids, ...asked }: Outdated): Promise<ReadonlySet<string>> {
  const { rows } = await sql<Pick<FactsRow, 'id'>>`
    select id from compliance.facts
    where id = any(${ids}::text[]) and ${isOutdated(asked)}
    order by id for update`.execute(transaction.query(complianceSchema));
  return new Set(rows.map(({ id }) => id));
}

async function textsOf(queries: Queries, rows: readonly FactsRow[]): Promise<ReadonlyMap<string, string>> {
  const hashes = new Set(rows.flatMap(({ documents }) => documents.map(({ hash }) => hash)));
  const found = await queries
    .query(complianceSchema)
    .selectFrom('document')
    .select(['hash', 'text'])
    .where('hash', '=', sql<string>`any(${[...hashes]}::text[])`)
    .execute();
  return new Map(found.map(({ hash, text }) => [hash, text]));
}

/** Throws where one is not there: without it the rest could pass. */
function documentsOf({ id, documents }: FactsRow, texts: ReadonlyMap<string, string>): readonly KeptDocument[] {
  return documents.map(({ kind, hash }) => {
    const text = texts.get(hash);
    if (text === undefined) throw new Error(`document ${hash} of facts ${id} is not there`);
    return { kind, text };
  });
}

async function hostsWith(
  transaction: Transaction,
  facts: ReadonlySet<string>,
): Promise<readonly { readonly host: string }[]> {
  return await transaction
    .query(complianceSchema)
    .selectFrom('subject')
    .select('host')
    .distinct()
    .where('facts', '=', sql<string>`any(${[...facts]}::text[])`)
    .execute();
}
