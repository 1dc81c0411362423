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
  /** Gaps that restored copies left and that somebody acknowledged. */
  readonly restores: readonly AcceptedGap[];
}

/** Batches that are known to be lost: those after one, through another, of which agents were told until then. */
export interface AcceptedGap {
  readonly after: number;
  readonly through: number;
  readonly at: Date;
}

/** Heads that the log does not hold, in order; not those of a gap that was acknowledged. */
export function differingLogHeads(
  held: readonly HeldLogHead[],
  { hashes, restores }: ComparedLog,
): readonly HeldLogHead[] {
  const isAccepted = ({ batch, at }: HeldLogHead): boolean =>
    restores.some((gap) => batch > gap.after && batch <= gap.through && Date.parse(at) <= gap.at.getTime());
  return held
    .filter((head) => hashes.get(head.batch) !== head.hash && !isAccepted(head))
    .toSorted((left, right) => left.batch - right.batch || (left.agent < right.agent ? -1 : 1));
}

/**
 * Why the log is not the one that agents were given, by the first head that tells; `undefined`: it is. Whoever has the
 * database and the key can write a history anew and sign it; what hosts keep is out of reach.
 */
export function differenceOf(held: readonly HeldLogHead[], log: ComparedLog): string | undefined {
  const { hashes, newest } = log;
  const [first] = differingLogHeads(held, log);
  if (first === undefined) return undefined;
  const { agent, batch, hash, at } = first;
  const named = `batch ${batch} of ${at}, which agent ${agent} holds as ${hash}`;
  return batch > newest
    ? `The evidence log ends with batch ${newest}, before what agents hold: ${named}, is missing. Its end was cut, or an older copy of the database was restored.`
    : `The evidence log is not the one that agents hold: ${named}, is ${hashes.get(batch) ?? 'missing'} here. Its history was rewritten, or an older copy of the database was restored and went on from there.`;
}
