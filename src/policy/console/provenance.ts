import type { SubjectId } from '#base/index.ts';
import { readProvenance } from '#provenance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { JudgedFacts } from '../facts.ts';
import type { Rulebook } from '../rulebook.ts';
import { seesProvenance } from './judge-standing.ts';

/** What is proven of a subject now, where a rule asks for it, and the part of a verdict's key that stands for it. */
export interface JudgedProvenance {
  readonly facts: Pick<JudgedFacts, 'provenance'>;
  readonly key: string;
}

const unasked: JudgedProvenance = { facts: {}, key: '' };

/** Reads what is proven of subjects; nothing where no rule of these books asks for it. */
export async function provenanceFor(
  queries: Queries,
  subjects: Iterable<SubjectId>,
  rulebooks: readonly Pick<Rulebook, 'policies'>[],
): Promise<(subject: SubjectId) => JudgedProvenance> {
  if (!rulebooks.some(({ policies }) => policies.some(seesProvenance))) return () => unasked;
  const read = await readProvenance(queries, [...new Set(subjects)]);
  return (subject) => {
    const { provenance, key } = read(subject);
    return { facts: { provenance }, key };
  };
}
