import type { ScanOfSubject } from '#catalog/console/index.ts';
import { readProvenance } from '#provenance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { PolicyFacts } from '../facts.ts';
import type { Rulebook } from '../rulebook.ts';
import { seesProvenance } from './judge-in.ts';

/** What is proven of a subject now, where a rule asks for it, and the part of a verdict's key that stands for it. */
export interface ProvenanceFacts {
  readonly facts: Pick<PolicyFacts, 'provenance'>;
  readonly key: string;
}

const unasked: ProvenanceFacts = { facts: {}, key: '' };

/** Reads what is proven of subjects, by the scans that judge them; nothing where no rule of these books asks for it. */
export async function provenanceFor(
  queries: Queries,
  scans: readonly ScanOfSubject[],
  rulebooks: readonly Pick<Rulebook, 'policies'>[],
): Promise<(of: ScanOfSubject) => ProvenanceFacts> {
  if (!rulebooks.some(({ policies }) => policies.some(seesProvenance))) return () => unasked;
  const read = await readProvenance(queries, scans);
  return (of) => {
    const { provenance, key } = read(of);
    return { facts: { provenance }, key };
  };
}
