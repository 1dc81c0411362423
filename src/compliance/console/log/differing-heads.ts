/** A head of the evidence log as an agent holds it. */
export interface HeldLogHead {
  /** Name of the agent. */
  readonly agent: string;
  readonly batch: number;
  readonly hash: string;
  readonly at: string;
}

/** What of the log is compared: hashes of the batches that somebody holds, and the newest batch. */
export interface ComparedLog {
  readonly hashes: ReadonlyMap<number, string>;
  readonly newest: number;
}

/**
 * Why the log is not the one that agents were given, by the first head that tells; `undefined`: it is. Whoever has the
 * database and the key can write a history anew and sign it; what hosts keep is out of reach.
 */
export function differenceOf(held: readonly HeldLogHead[], { hashes, newest }: ComparedLog): string | undefined {
  const first = held
    .toSorted((left, right) => left.batch - right.batch || (left.agent < right.agent ? -1 : 1))
    .find(({ batch, hash }) => hashes.get(batch) !== hash);
  if (first === undefined) return undefined;
  const { agent, batch, hash, at } = first;
  const named = `batch ${batch} of ${at}, which agent ${agent} holds as ${hash}`;
  return batch > newest
    ? `The evidence log ends with batch ${newest}, before what agents hold: ${named}, is missing. Its end was cut, or an older copy of the database was restored.`
    : `The evidence log is not the one that agents hold: ${named}, is ${hashes.get(batch) ?? 'missing'} here. Its history was rewritten, or an older copy of the database was restored and went on from there.`;
}
