import type { AskedStart, Ring } from './lines.ts';

/** What came of asking a ring for a start. */
export type RingAnswer =
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'let-through' }
  /** It did not answer, so nothing is known. */
  | { readonly kind: 'unanswered'; readonly why: string };

/** A ring of the host, as trials ask it. Nothing of what they ask for is ever made. */
export interface TriedRing {
  readonly ring: Ring;
  /** Why it cannot be asked now; missing: it stands. */
  absence(): string | undefined;
  /** Asks as an engine does. */
  ask(start: AskedStart): Promise<RingAnswer>;
  /** What the agent itself answers, past whatever lies between it and the engine. */
  own(start: AskedStart): Promise<RingAnswer>;
}
