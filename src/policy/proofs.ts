import type { Provenance } from '#provenance/index.ts';

type State = Provenance['origin']['state'];

/** Why nothing is proven where no console looks for it. */
export const nobodyKnows = 'only a console looks for it.';

/** One of several proofs that a rule asks for. */
export interface AskedProof {
  readonly state: State;
  /** One sentence. */
  readonly why: string;
}

/** What several proofs come to. `unknown` is never taken for either answer: a missing proof could be the one. */
export function together(proofs: readonly AskedProof[], need: 'any' | 'all'): AskedProof {
  const of = (state: State) => proofs.filter((one) => one.state === state);
  const reported = (some: readonly AskedProof[]) => [...new Set(some.map(({ why }) => why))].join(' ');
  const [proven, disproven, unknown] = [of('proven'), of('disproven'), of('unknown')];
  const isProven = need === 'any' ? proven.length > 0 : proven.length === proofs.length && proofs.length > 0;
  if (isProven) return { state: 'proven', why: reported(proven) };
  if (need === 'all' && disproven.length > 0) return { state: 'disproven', why: reported(disproven) };
  if (unknown.length > 0) return { state: 'unknown', why: reported(unknown) };
  return { state: 'disproven', why: reported(disproven) };
}

export function withoutStop(text: string): string {
  return text.replace(/\.\s*$/, '');
}
