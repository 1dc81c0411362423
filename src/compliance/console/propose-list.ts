import { sql } from 'kysely';
import type { Clock, Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { SubjectKind } from '../check.ts';
import type { proposeOperatorList } from '../contract.ts';
import { proposedEntries } from '../propose.ts';
import { type PlacedSubject, placedSubjects } from './judge-subjects.ts';
import { checksWith, listNamed, readLists } from './operator-lists.ts';
import { complianceSchema } from './schema.ts';

/** UTF-16 units of documents that are judged for one proposal, and sets of facts that are read at once. */
const mostText = 64 * 1024 * 1024;
const together = 20;
/** Values that are proposed. */
const mostValues = 500;

interface Asked {
  readonly view: View;
  readonly clock: Clock;
  readonly id: string;
}

interface FactsRow {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly documents: readonly { readonly kind: string; readonly text: string }[];
}

/** What a list would have to hold for what is reported now; each value was tried. Nothing is saved. */
export async function proposeList(
  queries: Queries,
  { view, clock, id: name }: Asked,
): Promise<Immutable<ReplyOf<typeof proposeOperatorList>>> {
  const id = listNamed(name);
  const kinds = new Set<SubjectKind>(checksWith(id).map(({ subject }) => subject));
  const subjects = (await placedSubjects(queries, view)).filter(({ kind }) => kinds.has(kind));
  const weights = Map.groupBy(subjects, ({ facts }) => facts);
  const judged = fitting(weights);
  const lists = await readLists(queries);
  const values = new Map<string, number>();
  for (let first = 0; first < judged.length; first += together) {
    for (const row of await factsRows(queries, judged.slice(first, first + together))) {
      const weight = weights.get(row.id)?.length ?? 0;
      for (const value of proposedEntries(row.kind, row.documents, { id, lists, now: clock() }))
        values.set(value, (values.get(value) ?? 0) + weight);
    }
  }
  return {
    values: [...values]
      .map(([value, count]) => ({ value, subjects: count }))
      .toSorted((left, right) => right.subjects - left.subjects || (left.value < right.value ? -1 : 1))
      .slice(0, mostValues),
    judged: judged.length,
    facts: weights.size,
  };
}

/** As many sets of facts as may be read, those of the most subjects first. */
function fitting(weights: ReadonlyMap<string, readonly PlacedSubject[]>): readonly string[] {
  let size = 0;
  const byWeight = [...weights].toSorted(([, left], [, right]) => right.length - left.length);
  return byWeight.flatMap(([facts, [subject]]) => ((size += subject?.size ?? 0) <= mostText ? [facts] : []));
}

async function factsRows(queries: Queries, ids: readonly string[]): Promise<readonly FactsRow[]> {
  const { rows } = await sql<FactsRow>`
    select facts.id, facts.kind, (
      select coalesce(json_agg(json_build_object('kind', named ->> 'kind', 'text', document.text)), '[]')
      from json_array_elements(facts.documents) as named
      join compliance.document on document.hash = named ->> 'hash') as documents
    from compliance.facts where facts.id = any(${ids}::text[]) order by facts.id`.execute(
    queries.query(complianceSchema),
  );
  return rows;
}
