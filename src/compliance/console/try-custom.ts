import { sql } from 'kysely';
import { type Immutable, isAppError } from '#base/index.ts';
import type { ChildPool, RunOptions } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import type { CustomCheckText, tryCustomCheck } from '../contract.ts';
import { checkedCustom } from './custom-checks.ts';
import { readLists } from './operator-lists.ts';
import { type PlacedSubject, placedSubjects } from './judge-subjects.ts';
import { complianceSchema } from './schema.ts';
import { triedId, tryCustomTask, type TriedAnswer } from './tasks.ts';

/** Different sets of facts that one try looks at, and subjects that it shows. */
const [mostFacts, mostExamples] = [400, 50];
const worstFirst = ['error', 'fail', 'warn', 'not-assessed', 'not-applicable', 'pass'] as const;

/** UTF-16 units of documents, and sets of facts, that one task of a child process judges: few enough for its time and memory. */
const [longestPart, mostPart] = [4 * 1024 * 1024, 25];
/** Milliseconds after which what is left is not tried. */
const mostTime = 20_000;

interface Dependencies {
  readonly store: Store;
  readonly children: Pick<ChildPool, 'run'>;
}

interface Tried {
  readonly check: CustomCheckText;
  readonly view: View;
  readonly now: Date;
  /** Who waits. */
  readonly options: RunOptions;
}

/** What a check would say of what the caller may see. Nothing is saved; it is judged elsewhere, so that others are answered. */
export async function tryCustom(
  { store, children }: Dependencies,
  { check, view, now, options }: Tried,
): Promise<Immutable<ReplyOf<typeof tryCustomCheck>>> {
  await checkedCustom(check, triedId);
  const subjects = (await placedSubjects(store, view)).filter(({ kind }) => kind === check.subject);
  const lists = await readLists(store);
  const answers = new Map<string, TriedAnswer>();
  const started = performance.now();
  for (const part of partsOf(subjects)) {
    if (options.signal?.aborted === true || performance.now() - started > mostTime) break;
    const facts = [...(await documentsOf(store, part))].map(([id, documents]) => ({ id, documents }));
    const found = await children.run(tryCustomTask, { check, facts, lists, now }, options).catch(ofTooCostly);
    for (const { id } of facts) answers.set(id, found?.get(id) ?? tooMuch);
  }
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

/** Where all of them together took too long, nobody knows which one did. */
const tooMuch: TriedAnswer = { state: 'error', reason: 'It took more time or memory than it may.' };

function ofTooCostly(error: unknown): undefined {
  if (!isAppError(error) || error.code !== 'too-costly') throw error;
}

/** Different sets of facts, so many at once as have documents of so much text. */
function partsOf(subjects: readonly PlacedSubject[]): readonly (readonly string[])[] {
  const sizes = [...new Map(subjects.map(({ facts, size }) => [facts, size]))].slice(0, mostFacts);
  const parts: string[][] = [];
  let room = 0;
  for (const [facts, size] of sizes) {
    const last = parts.at(-1);
    if (last === undefined || size > room || last.length >= mostPart) {
      parts.push([facts]);
      room = longestPart - size;
    } else {
      last.push(facts);
      room -= size;
    }
  }
  return parts;
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
