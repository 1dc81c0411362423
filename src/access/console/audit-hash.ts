import { createHash } from 'node:crypto';
import type { Keyed } from '#store/index.ts';
import { canonicalJson, type Json } from '../canonical-json.ts';
import type { AuditEntry, AuditHead } from '../contract.ts';

/** Where a chain goes on from: the entry before. */
export interface Link {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first entry. */
export const beginning: Link = { sequence: 0, hash: '0'.repeat(64) };

/**
 * Hash over the entry and the hash before it, as canonical JSON, in hex: HMAC-SHA-256 by a key that is derived from the
 * master key. Without `keyed` it is SHA-256, as in entries from before the trail was keyed.
 */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>, previous: string, keyed?: Keyed): string {
  const { sequence, at, actor, action, target, detail, address } = entry;
  const members = Object.entries({ sequence, at, actor, action, target, detail, address, previous });
  const row = Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Record<string, Json>;
  const content = canonicalJson(row);
  return keyed === undefined ? sha256(content) : keyed.mac('audit entry', content);
}

/** Tells the key of the trail from others; nothing of the key itself. */
export function keyIdOf(keyed: Keyed): string {
  return keyed.mac('audit key id', '').slice(0, 16);
}

/** Proves that this console gave out the head: who holds it cannot make up another one. */
export function proofOfHead({ sequence, hash, at }: Omit<AuditHead, 'proof'>, keyed: Keyed): string {
  return keyed.mac('audit head', canonicalJson({ sequence, hash, at }));
}

/** Digest of a part of the trail, whatever its hashes were made with: `before` is the digest up to this entry. */
export function digestWith(before: string, entry: AuditEntry): string {
  return sha256(before + canonicalJson(entry as unknown as Json));
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
