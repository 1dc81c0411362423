import { sql } from 'kysely';
import type { Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import type { CustomCheckText, tryCustomCheck } from '../contract.ts';
import { assessCustom } from '../catalogue.ts';
import { checkedCustom } from './custom-checks.ts';
import { readLists } from './operator-lists.ts';
import { placedSubjects } from './judge-subjects.ts';
import { complianceSchema } from './schema.ts';

/** Different sets of facts that one try looks at, and subjects that it shows. */
const [mostFacts, mostExamples] = [400, 50];
const worstFirst = ['error', 'fail', 'warn', 'not-assessed', 'not-applicable', 'pass'] as const;

interface Tried {
  readonly check: CustomCheckText;
  readonly view: View;
  readonly now: Date;
}

/** What a check would say of what the caller may see. Nothing is saved. */
export async function tryCustom(
  store: Store,
  { check: text, view, now }: Tried,
): Promise<Immutable<ReplyOf<typeof tryCustomCheck>>> {
  const check = await checkedCustom(text, 'custom-tried');
  const subjects = (await placedSubjects(store, view)).filter(({ kind }) => kind === text.subject);
  const ids = [...new Set(subjects.map(({ facts }) => facts))].slice(0, mostFacts);
  const [documents, lists] = [await documentsOf(store, ids), await readLists(store)];
  const answers = new Map(
    [...documents].map(([facts, kept]) => [facts, assessCustom(check, kept, { now, lists })] as const),
  );
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
