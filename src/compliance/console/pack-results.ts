import { createHash } from 'node:crypto';
import { packText } from '#store/packed-json.ts';
import type { JoinedResult } from '../join.ts';
import type { Outcome } from './schema.ts';

/** Results of one set of facts as they are kept. */
export interface PackedResults {
  readonly facts: string;
  readonly outcome: { readonly id: string; readonly states: Outcome };
  /** All results; a tenth of their text. */
  readonly packed: Buffer;
  /** What fails or warns, as text; exceptions are held against it. */
  readonly failing: readonly { readonly check: string; readonly body: string }[];
  /** UTF-16 units of the results. */
  readonly size: number;
}

/** In the order of the checks' ids. */
export async function packResults(facts: string, results: readonly JoinedResult[]): Promise<PackedResults> {
  const sorted = results.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const failing = sorted.filter(({ state }) => state === 'fail' || state === 'warn');
  const states = outcomeOf(sorted);
  const id = createHash('sha256').update(JSON.stringify(states)).digest('hex');
  const text = JSON.stringify(sorted);
  return {
    facts,
    outcome: { id, states },
    packed: await packText(text),
    failing: failing.map((result) => ({ check: result.id, body: JSON.stringify(result) })),
    size: text.length,
  };
}

function outcomeOf(results: readonly JoinedResult[]): Outcome {
  return Object.fromEntries(
    results.map(({ id, state, version, foldedUnder }) => [
      id,
      { state, version, ...(foldedUnder !== undefined && { folded: true as const }) },
    ]),
  );
}
