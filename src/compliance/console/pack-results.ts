import { createHash } from 'node:crypto';
import { packText } from '#store/packed-json.ts';
import type { JoinedResult } from '../join.ts';
import type { CheckOutcome } from './schema.ts';

/** How all checks stand, as it is kept. */
interface NamedOutcome {
  readonly id: string;
  /** JSON of an `Outcome`. */
  readonly states: string;
}

/** Results of one set of facts as they are kept. */
export interface PackedResults {
  readonly facts: string;
  readonly outcome: NamedOutcome;
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
  const states = `{${sorted.map((one) => textsOf(one).standing).join(',')}}`;
  const id = createHash('sha256').update(states).digest('hex');
  const text = `[${sorted.map((one) => textsOf(one).whole).join(',')}]`;
  return {
    facts,
    outcome: { id, states },
    packed: await packText(text),
    failing: failing.map((result) => ({ check: result.id, body: textsOf(result).whole })),
    size: text.length,
  };
}

/** JSON of a result, and of how its check stands, as a member of an `Outcome`. */
interface Texts {
  readonly whole: string;
  readonly standing: string;
}

/** Many subjects share results: each is written once. */
const texts = new WeakMap<JoinedResult, Texts>();

function textsOf(result: JoinedResult): Texts {
  const known = texts.get(result);
  if (known !== undefined) return known;
  const { id, state, version, foldedUnder } = result;
  const standing: CheckOutcome = { state, version, ...(foldedUnder !== undefined && { folded: true as const }) };
  const written = {
    whole: JSON.stringify(result),
    standing: `${JSON.stringify(id)}:${JSON.stringify(standing)}`,
  };
  texts.set(result, written);
  return written;
}
