import { sql } from 'kysely';
import { type Clock, type Immutable, isAppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import type { CustomAnswer } from '../catalogue.ts';
import type { CustomCheckText, tryCustomCheck } from '../contract.ts';
import type { Lists } from '../lists/index.ts';
import type { Reading } from './custom-checks.ts';
import { placedSubjects } from './judge-subjects.ts';
import { readLists } from './operator-lists.ts';
import { complianceSchema } from './schema.ts';
import { readCheckTask, tryCheckTask } from './tasks.ts';

/** Different sets of facts that one try looks at, and subjects that it shows. */
const [mostFacts, mostExamples] = [400, 50];
/** Sets of facts that a child process judges at once, and UTF-16 units of their documents; one set is always taken. */
const [together, longestTogether] = [50, 4 * 1024 * 1024];
/** Milliseconds that one child process may take for them, and after which no further ones are begun. */
const [timeout, longestTry] = [5_000, 15_000];
const worstFirst = ['error', 'fail', 'warn', 'not-assessed', 'not-applicable', 'pass'] as const;

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly reading: Reading;
}

interface Tried {
  readonly check: CustomCheckText;
  readonly view: View;
}

/** What a check would say of what the caller may see, worked out in child processes. Nothing is saved. Throws `bad-request`. */
export async function tryCustom(
  dependencies: Dependencies,
  { check: text, view }: Tried,
): Promise<Immutable<ReplyOf<typeof tryCustomCheck>>> {
  const { store, reading } = dependencies;
  const { children, ...options } = reading;
  await children.run(readCheckTask, text, { ...options, timeout });
  const subjects = (await placedSubjects(store, view)).filter(({ kind }) => kind === text.subject);
  const ids = [...new Set(subjects.map(({ facts }) => facts))].slice(0, mostFacts);
  const answers = await answersOf(dependencies, text, ids);
  const tried = subjects.flatMap(({ host, kind, id, name, facts }) => {
    const answer = answers.get(facts);
    return answer === undefined ? [] : [{ host, kind, id, name, ...answer }];
  });
  const states = Map.groupBy(tried, ({ state }) => state);
  const sorted = tried.toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state));
  return {
    subjects: tried.length,
    left: subjects.length - tried.length,
    states: Object.fromEntries([...states].map(([state, of]) => [state, of.length])),
    examples: sorted.slice(0, mostExamples).map(({ host, kind, id, name, state, seen, reason }) => ({
      host,
      kind,
      id,
      name,
      state,
      ...(seen !== undefined && { seen: [...seen] }),
      ...(reason !== undefined && { reason }),
    })),
  };
}

/** By the id of the facts. Those for which the time does not suffice have none. */
async function answersOf(
  { store, clock, reading }: Dependencies,
  text: CustomCheckText,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CustomAnswer>> {
  const [lists, begun] = [await readLists(store), clock().getTime()];
  const answers = new Map<string, CustomAnswer>();
  for (const part of partsOf(await sizesOf(store, ids))) {
    if (clock().getTime() - begun > longestTry) break;
    const kept = await documentsOf(store, part);
    const some = { text, lists, now: clock(), ids: [...kept.keys()], facts: [...kept.values()] };
    for (const [id, answer] of await answerSome(some, reading)) answers.set(id, answer);
  }
  return answers;
}

interface Some {
  readonly text: CustomCheckText;
  readonly lists: Lists;
  readonly now: Date;
  readonly ids: readonly string[];
  /** Documents of each of them. */
  readonly facts: readonly (readonly KeptRow[])[];
}

/** Those that together take too much are tried one by one no more: each of them is in error, and says so. */
async function answerSome(
  { ids, ...tried }: Some,
  { children, ...options }: Reading,
): Promise<readonly (readonly [string, CustomAnswer])[]> {
  try {
    const answers = await children.run(tryCheckTask, tried, { ...options, timeout });
    return answers.map((answer, at) => [ids[at] ?? '', answer]);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'too-costly') throw error;
    return ids.map((id) => [id, { state: 'error', reason: tooLong }]);
  }
}

const tooLong = `It took more than ${timeout / 1000} s or too much memory. Make the expression simpler.`;

interface Sized {
  readonly facts: string;
  readonly size: number;
}

function partsOf(sized: readonly Sized[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let [size, last]: [number, string[]] = [0, []];
  for (const { facts, size: own } of sized) {
    if (last.length === 0 || last.length === together || size + own > longestTogether)
      [size, last] = [0, parts[parts.push([]) - 1] ?? []];
    last.push(facts);
    size += own;
  }
  return parts;
}

async function sizesOf(store: Store, ids: readonly string[]): Promise<readonly Sized[]> {
  const { rows } = await sql<Sized>`
    select facts.id as facts, sum(length(document.text))::integer as size
    from compliance.facts
      cross join lateral json_to_recordset(facts.documents) as named (kind text, hash text)
      join compliance.document on document.hash = named.hash
    where facts.id = any(${ids}::text[]) group by facts.id order by facts.id`.execute(store.query(complianceSchema));
  return rows;
}

interface KeptRow {
  readonly facts: string;
  readonly kind: string;
  readonly text: string;
}

async function documentsOf(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, readonly KeptRow[]>> {
  const { rows } = await sql<KeptRow>`
    select facts.id as facts, named.kind, document.text
    from compliance.facts
      cross join lateral json_to_recordset(facts.documents) as named (kind text, hash text)
      join compliance.document on document.hash = named.hash
    where facts.id = any(${ids}::text[])`.execute(store.query(complianceSchema));
  return Map.groupBy(rows, ({ facts }) => facts);
}
