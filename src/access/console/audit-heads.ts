import type { Keyed, Queries } from '#store/index.ts';
import type { AcceptedRestore, AuditHead } from '../contract.ts';
import { keyIdOf, type Link, proofOfHead } from './audit-hash.ts';
import { accessSchema } from './schema.ts';

/** A head of the trail as an agent holds it. */
export interface HeldHead extends AuditHead {
  /** Name of the agent. */
  readonly agent: string;
}

/** The newest entry, for agents to hold; nothing before the first one that is keyed. */
export async function readAuditHead(queries: Queries & Keyed): Promise<AuditHead | undefined> {
  const row = await queries
    .query(accessSchema)
    .selectFrom('audit')
    .select(['sequence', 'hash', 'at', 'keyed_by'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.keyed_by !== keyIdOf(queries)) return undefined;
  const head = { sequence: row.sequence, hash: row.hash, at: row.at.toISOString() };
  return { ...head, proof: proofOfHead(head, queries) };
}

/** Those that this console gave out: what an agent makes up has no proof. */
export function provenHeads<Head extends AuditHead>(heads: readonly Head[], keyed: Keyed): readonly Head[] {
  return heads.filter(({ sequence, hash, at, proof }) => proof === proofOfHead({ sequence, hash, at }, keyed));
}

/** A trail that was walked. */
export interface WalkedTrail {
  /** The newest entry that was pruned. */
  readonly start: Link;
  readonly last: Link & { readonly at?: string };
  /** Hash of each entry that somebody holds. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly restores: readonly AcceptedRestore[];
}

/** Where the trail is not what an agent was given. */
export interface Difference {
  readonly sequence: number;
  readonly reason: string;
}

/** The first entry that an agent holds and the trail does not, or holds otherwise. */
export function firstDifference(held: readonly HeldHead[], trail: WalkedTrail): Difference | undefined {
  const [head] = differingHeads(held, trail);
  const reason = head && differenceOf(head, trail);
  return head === undefined || reason === undefined ? undefined : { sequence: head.sequence, reason };
}

/** Those that the trail does not hold, in order. What was pruned is not compared, nor what a restore is known to have lost. */
export function differingHeads(held: readonly HeldHead[], trail: WalkedTrail): readonly HeldHead[] {
  return held
    .filter((head) => differenceOf(head, trail) !== undefined && !isAcknowledged(head, trail))
    .toSorted(inOrder);
}

/** Given out before the gap was acknowledged, and within it: what stands before the acknowledging entry it proves itself. */
function isAcknowledged({ sequence, at }: HeldHead, { restores }: WalkedTrail): boolean {
  return restores.some((one) => sequence > one.after && sequence <= one.through && at <= one.at);
}

function inOrder(left: HeldHead, right: HeldHead): number {
  return left.sequence - right.sequence || (left.agent < right.agent ? -1 : 1);
}

function differenceOf(head: HeldHead, { start, last, hashes }: WalkedTrail): string | undefined {
  const { sequence, hash, at, agent } = head;
  if (sequence < start.sequence) return undefined;
  const named = `entry ${sequence} of ${at}, which agent ${agent} holds as ${hash}`;
  if (sequence > last.sequence)
    return `The trail ends with entry ${last.sequence}${last.at === undefined ? '' : ` of ${last.at}`}, before what agents hold: ${named}, is missing. Its tail was cut, or an older copy of the data was restored.`;
  const here = sequence === start.sequence ? start.hash : hashes.get(sequence);
  if (here === hash) return undefined;
  return `The trail is not the one that agents hold: ${named}, differs: here it is ${here ?? 'missing'}. The trail was rewritten, or an older copy of the data was restored and went on from there.`;
}
