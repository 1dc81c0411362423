import { setImmediate as immediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { claimRefused, type FactHandler, type ReadFact, readFacts, type ReportingAgent } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { documentHash, factsId } from '../document.ts';
import { type CheckSubjectKind, ComplianceFact } from '../contract.ts';
import type { Limit } from '#base/index.ts';
import { limits } from '../limits.ts';
import { addToHour, readHour, refusePace } from './pace.ts';
import { announceAwaited } from './report-looked.ts';
import { complianceChanged, factsAppeared } from './facts.ts';
import { complianceSchema, type ComplianceTables, type FactsDocument } from './schema.ts';

type SubjectRow = ComplianceTables['subject'];

/** Sets of facts that are announced in one word. */
const together = 250;
/** UTF-16 units of documents that are hashed, or handed to the database, without a pause. */
const longestPortion = 512 * 1024;

/** What one fact, or the scan of an image, says of its subject. */
interface Reported {
  readonly subject: Told['subject'];
  readonly at: Date;
  readonly facts: string;
  readonly documents: readonly (FactsDocument & { readonly text: string })[];
  /** UTF-16 units of all texts. */
  readonly size: number;
}

interface Told extends Pick<ComplianceFact, 'documents'> {
  readonly subject: { readonly kind: CheckSubjectKind; readonly id: string; readonly name: string };
}

/** Fact `compliance`: the newest of a subject replaces the older. What says the same only moves the time of the report. */
export const reportDocuments: FactHandler = async (transaction, agent, facts) => {
  const newest = new Map(readFacts(facts, ComplianceFact).map((fact) => [keyOf(fact.body.subject), fact]));
  if (newest.size === 0) return;
  await transaction.lock(`compliance ${agent.name}`);
  const known = await knownSubjects(transaction, agent.name, [...newest.values()]);
  const [gone, there] = partition(await reportedAll([...newest.values()]));
  await forget(transaction, agent, gone);
  const fitting = await withinPace(transaction, agent, {
    there: await fittingSubjects(transaction, agent, { there, known }),
    known,
  });
  const others = fitting.filter(({ subject, facts: now }) => known.get(keyOf(subject))?.facts !== now);
  const { areAnswered } = await saveFacts(transaction, others);
  await saveSubjects(transaction, agent, { reported: fitting, known });
  // What nobody answered yet is judged once it is: who answers waits for the rows that were just written.
  if (areAnswered || gone.some(({ subject }) => known.has(keyOf(subject))))
    await transaction.announce(complianceChanged, { host: agent.name });
  else
    await announceAwaited(
      transaction,
      agent.name,
      fitting.map(({ subject }) => subject),
    );
};

function keyOf({ kind, id }: Pick<SubjectRow, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

/** A host's first report has megabytes to hash: others are answered meanwhile. */
async function reportedAll(facts: readonly ReadFact<ComplianceFact>[]): Promise<readonly Reported[]> {
  const all: Reported[] = [];
  for (const some of portionsOf(facts, ({ body }) => sizeOf(body.documents))) {
    all.push(...some.map(reportedOf));
    await immediate();
  }
  return all;
}

function sizeOf(documents: readonly { readonly text: string }[]): number {
  return documents.reduce((sum, { text }) => sum + text.length, 0);
}

/** In their order, as many together as have so many UTF-16 units that a few milliseconds suffice, or one that has more. */
function portionsOf<Item>(items: readonly Item[], lengthOf: (item: Item) => number): readonly (readonly Item[])[] {
  const portions: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const length = lengthOf(item);
    const last = length > room ? undefined : portions.at(-1);
    if (last === undefined) portions.push([item]);
    else last.push(item);
    room = (last === undefined ? longestPortion : room) - length;
  }
  return portions;
}

/** Names the set of documents by their hashes. */
export function reportedOf({ at, body }: { readonly at: Date; readonly body: Told }): Reported {
  const documents = body.documents
    .map(({ kind, text }) => ({ kind, text, hash: documentHash(text) }))
    .toSorted((left, right) => (left.kind < right.kind ? -1 : 1));
  const size = sizeOf(documents);
  return { subject: body.subject, at, documents, size, facts: factsId(body.subject.kind, documents) };
}

function partition(all: readonly Reported[]): readonly [gone: readonly Reported[], there: readonly Reported[]] {
  const { gone = [], there = [] } = Object.groupBy(all, ({ documents }) => (documents.length === 0 ? 'gone' : 'there'));
  return [gone, there];
}

async function knownSubjects(
  transaction: Transaction,
  host: string,
  facts: readonly ReadFact<ComplianceFact>[],
): Promise<ReadonlyMap<string, SubjectRow>> {
  const keys = facts.map(({ body }) => keyOf(body.subject));
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('subject')
    .selectAll()
    .where('host', '=', host)
    .where(sql<boolean>`kind || ' ' || id = any(${keys}::text[])`)
    .execute();
  return new Map(rows.map((row) => [keyOf(row), row]));
}

async function forget(transaction: Transaction, { name }: ReportingAgent, gone: readonly Reported[]): Promise<void> {
  if (gone.length === 0) return;
  await transaction
    .query(complianceSchema)
    .deleteFrom('subject')
    .where('host', '=', name)
    .where(sql<boolean>`kind || ' ' || id = any(${gone.map(({ subject }) => keyOf(subject))}::text[])`)
    .execute();
}

interface Known {
  readonly there: readonly Reported[];
  readonly known: ReadonlyMap<string, SubjectRow>;
}

/** Those that the host has room for; the rest is announced as refused, and what was known of it stays. */
async function fittingSubjects(
  transaction: Transaction,
  { name }: ReportingAgent,
  { there, known }: Known,
): Promise<readonly Reported[]> {
  if (there.every(({ subject, facts }) => known.get(keyOf(subject))?.facts === facts)) return there;
  const { count, size } = await transaction
    .query(complianceSchema)
    .selectFrom('subject')
    .select((column) => [column.fn.countAll<string>().as('count'), column.fn.sum<string | null>('size').as('size')])
    .where('host', '=', name)
    .executeTakeFirstOrThrow();
  const room = { subjects: limits.subjects.value - Number(count), size: limits.storedSize.value - Number(size ?? 0) };
  const fitting = there.filter((one) => {
    const before = known.get(keyOf(one.subject));
    const [subjects, more] = [before === undefined ? 1 : 0, one.size - (before?.size ?? 0)];
    const fits = (subjects === 0 || room.subjects > 0) && (more <= 0 || more <= room.size);
    if (fits) [room.subjects, room.size] = [room.subjects - subjects, room.size - more];
    return fits;
  });
  if (fitting.length < there.length) {
    const limit = room.subjects > 0 ? limits.storedSize : limits.subjects;
    await transaction.announce(claimRefused, {
      host: name,
      reason: `It reports more than ${limit.value} ${limit.unit}.`,
    });
  }
  return fitting;
}

/**
 * Those of which the documents that nobody reported before are not too many for this hour; counted before they are stored.
 * The rest is announced as refused, and a subject that is known says since when something else is said of it.
 */
async function withinPace(
  transaction: Transaction,
  { name: host }: ReportingAgent,
  { there, known }: Known,
): Promise<readonly Reported[]> {
  const changed = there.filter(({ subject, facts }) => known.get(keyOf(subject))?.facts !== facts);
  if (changed.length === 0) return there;
  const now = await transaction.now();
  const hour = await readHour(transaction, host, now);
  const stored = await storedHashes(transaction, changed);
  const taken = { documents: 0, characters: 0 };
  let limit: Limit | undefined;
  const refused = changed.filter(({ documents }) => {
    const added = documents.filter(({ hash }) => !stored.has(hash));
    const characters = sizeOf(added);
    if (added.length > 0 && hour.documents + taken.documents + added.length > limits.newDocuments.value)
      limit ??= limits.newDocuments;
    else if (characters > 0 && hour.characters + taken.characters + characters > limits.newCharacters.value)
      limit ??= limits.newCharacters;
    else {
      for (const { hash } of added) stored.add(hash);
      [taken.documents, taken.characters] = [taken.documents + added.length, taken.characters + characters];
      return false;
    }
    return true;
  });
  await addToHour(transaction, { host, now }, taken);
  if (limit === undefined) return there;
  await refusePace(transaction, host, limit);
  const keys = refused.map(({ subject }) => keyOf(subject));
  await transaction
    .query(complianceSchema)
    .updateTable('subject')
    .set({ refused_at: sql<Date>`coalesce(refused_at, ${now})` })
    .where('host', '=', host)
    .where(sql<boolean>`kind || ' ' || id = any(${keys}::text[])`)
    .execute();
  return there.filter((one) => !refused.includes(one));
}

async function storedHashes(transaction: Transaction, reported: readonly Reported[]): Promise<Set<string>> {
  const asked = [...new Set(reported.flatMap(({ documents }) => documents.map(({ hash }) => hash)))];
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('document')
    .select('hash')
    .where('hash', '=', sql<string>`any(${asked}::text[])`)
    .execute();
  return new Set(rows.map(({ hash }) => hash));
}

/**
 * Each text and each set of documents once; new sets are announced. What is there already is marked as seen, so that it is
 * not forgotten meanwhile. In the order of their ids: hosts report equal ones side by side. Says whether some have results.
 */
export async function saveFacts(
  transaction: Transaction,
  reported: readonly Reported[],
): Promise<{ readonly areAnswered: boolean }> {
  const sets = [...new Map(reported.map((one) => [one.facts, one])).values()].toSorted(byId);
  if (sets.length === 0) return { areAnswered: false };
  const seen_at = await transaction.now();
  const database = transaction.query(complianceSchema);
  const texts = new Map(sets.flatMap(({ documents }) => documents.map(({ hash, text }) => [hash, text] as const)));
  const inOrder = [...texts].toSorted(([left], [right]) => (left < right ? -1 : 1));
  for (const some of portionsOf(inOrder, ([, text]) => text.length)) {
    await sql`
      insert into compliance.document (hash, text, seen_at) select hash, text, ${seen_at}::timestamptz
      from json_to_recordset(${JSON.stringify(some.map(([hash, text]) => ({ hash, text: text.toWellFormed() })))}::json) as made (hash text, text text)
      order by hash on conflict (hash) do update set seen_at = excluded.seen_at`.execute(database);
  }
  const named = sets.map(({ documents }) => JSON.stringify(documents.map(({ kind, hash }) => ({ kind, hash }))));
  // A row that an insert made has no deleting transaction yet.
  const { rows } = await sql<{ id: string; added: boolean; answered: boolean }>`
    insert into compliance.facts (id, kind, documents, seen_at) select id, kind, documents, ${seen_at}::timestamptz
    from unnest(${sets.map(({ facts }) => facts)}::text[], ${sets.map(({ subject }) => subject.kind)}::text[],
      ${named}::json[]) as made (id, kind, documents) order by id
    on conflict (id) do update set seen_at = excluded.seen_at
    returning id, xmax = 0 as added, evaluation is not null as answered`.execute(database);
  const added = rows.filter((row) => row.added).map(({ id }) => id);
  for (let first = 0; first < added.length; first += together)
    await transaction.announce(factsAppeared, { ids: added.slice(first, first + together) });
  return { areAnswered: rows.some(({ answered }) => answered) };
}

function byId(left: Reported, right: Reported): number {
  return left.facts < right.facts ? -1 : 1;
}

/** `by`: who reports, and the host that the subjects stand on. */
export async function saveSubjects(
  transaction: Transaction,
  { id: agent, name: host }: Pick<ReportingAgent, 'id' | 'name'>,
  { reported, known }: { readonly reported: readonly Reported[]; readonly known: ReadonlyMap<string, SubjectRow> },
): Promise<void> {
  if (reported.length === 0) return;
  const rows = reported.map(({ subject, at, facts, size }) => {
    const before = known.get(keyOf(subject));
    const isSame = before?.facts === facts;
    return {
      host,
      kind: subject.kind,
      id: subject.id,
      name: subject.name,
      facts,
      size,
      facts_before: isSame ? before.facts_before : (before?.facts ?? null),
      since: isSame ? before.since : at,
      reported_at: at,
      reported_by: agent,
    };
  });
  await sql`
    insert into compliance.subject (host, kind, id, name, facts, size, facts_before, since, reported_at, reported_by)
    select host, kind, id, name, facts, size, facts_before, since, reported_at, reported_by
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (host text, kind text, id text, name text, facts text,
      size integer, facts_before text, since timestamptz, reported_at timestamptz, reported_by text)
    on conflict (host, kind, id) do update set name = excluded.name, facts = excluded.facts, size = excluded.size,
      facts_before = excluded.facts_before, since = excluded.since, reported_at = excluded.reported_at,
      reported_by = excluded.reported_by, refused_at = null`.execute(transaction.query(complianceSchema));
}
