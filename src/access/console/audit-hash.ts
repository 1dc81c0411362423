import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../canonical-json.ts';
import type { AuditEntry } from '../contract.ts';

/** Where a chain goes on from: the entry before. */
export interface Link {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first entry. */
export const beginning: Link = { sequence: 0, hash: '0'.repeat(64) };

/** SHA-256 over the entry and the hash before it, as canonical JSON, in hex. */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>, previous: string): string {
  const { sequence, at, actor, action, target, detail, address } = entry;
  const members = Object.entries({ sequence, at, actor, action, target, detail, address, previous });
  const row = Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Record<string, Json>;
  return createHash('sha256').update(canonicalJson(row)).digest('hex');
}
