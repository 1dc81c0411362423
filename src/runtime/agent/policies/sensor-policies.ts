import { createHash } from 'node:crypto';
import type { SentPolicy } from '../containers/armed-fact.ts';
import { encodeFrame } from '../wire/frames.ts';
import { header, policy } from '../wire/structs.ts';
import type { PolicyText } from './compile-policy.ts';
import { stableNumber } from './stable-number.ts';

interface Sent extends SentPolicy {
  /** The whole frame as it is sent, to be said again after a reconnect. */
  readonly bytes: Buffer;
  /** Table that it needs; 0: none. */
  readonly table: number;
}

/** What the sensor answers to a policy; `accepted` is 0 where it did not take it. */
export interface PolicyAnswer {
  readonly policy: number;
  readonly version: number;
  readonly accepted: number;
  readonly reason: string;
}

/** Number of the policy for containers of unknown images. */
export const defaultKey = 'default';

/** What the sensor was told: each policy under a number that its key has for ever, and which container has which. */
export class SensorPolicies {
  readonly #say: (bytes: Buffer) => void;
  readonly #isThere: (table: number) => boolean;
  readonly #policies = new Map<string, Sent>();
  readonly #numbers = new Map<number, string>();
  readonly #assigned = new Map<string, string>();

  /** A policy waits for its table: `isThere` tells, and `tableCame` that it is. */
  constructor(say: (bytes: Buffer) => void, isThere: (table: number) => boolean) {
    this.#say = say;
    this.#isThere = isThere;
  }

  /** Puts a policy in the place of the one with its key, unless it says the same. */
  put(key: string, text: PolicyText): void {
    const known = this.#policies.get(key);
    const number = known?.number ?? this.#numberOf(key);
    const bytes = encodeFrame({ ...text, policy: number, version: 0 });
    const version = versionOf(bytes);
    if (known?.version === version) return;
    bytes.writeUInt32LE(version, versionAt);
    const sent: Sent = { number, version, bytes, table: text.table };
    this.#policies.set(key, sent);
    if (this.#isReady(sent)) this.#say(bytes);
  }

  /** Says the policies that waited for this table. */
  tableCame(table: number): void {
    for (const sent of this.#policies.values()) if (sent.table === table && this.#isReady(sent)) this.#say(sent.bytes);
  }

  /** The sensor answered a policy. */
  answered({ policy: number, version, accepted, reason }: PolicyAnswer): void {
    for (const [key, sent] of this.#policies) {
      if (sent.number !== number || sent.version !== version) continue;
      const { refusal: _, ...rest } = sent;
      this.#policies.set(key, accepted === 0 ? { ...rest, refusal: reason } : rest);
    }
  }

  /** A policy as the sensor was told it. */
  sent(key: string): SentPolicy | undefined {
    return this.#policies.get(key);
  }

  keys(): readonly string[] {
    return [...this.#policies.keys()];
  }

  drop(key: string): void {
    const known = this.#policies.get(key);
    if (known === undefined) return;
    this.#policies.delete(key);
    this.#numbers.delete(known.number);
    this.#say(encodeFrame({ kind: 'forget-policy', policy: known.number }));
    // There may be room now.
    for (const sent of this.#policies.values()) if (sent.refusal !== undefined) this.#say(sent.bytes);
  }

  /** The container has this policy from now on, whatever its image. */
  assign(container: string, key: string): void {
    if (this.#assigned.get(container) === key) return;
    this.#assigned.set(container, key);
    const frame = this.#assignment(container, key);
    if (frame !== undefined) this.#say(frame);
  }

  assignedTo(container: string): string | undefined {
    return this.#assigned.get(container);
  }

  /** The container is gone. */
  release(container: string): void {
    this.#assigned.delete(container);
  }

  /** Everything, for a sensor that may know nothing of it. */
  all(): readonly Buffer[] {
    const assignments = [...this.#assigned].flatMap(([id, key]) => this.#assignment(id, key) ?? []);
    const ready = [...this.#policies.values()].filter((sent) => this.#isReady(sent));
    return [...ready.map(({ bytes }) => bytes), ...assignments];
  }

  /** While the sensor lacks the policy, the image's own holds. */
  #assignment(id: string, key: string): Buffer | undefined {
    const number = this.#policies.get(key)?.number;
    return number === undefined ? undefined : encodeFrame({ kind: 'assign', policy: number, id });
  }

  #isReady({ table }: Sent): boolean {
    return table === 0 || this.#isThere(table);
  }

  /** The same in every run, so that a policy that the sensor kept is replaced by its newer self. */
  #numberOf(key: string): number {
    if (key === defaultKey) return 0;
    const number = stableNumber(key, (one) => this.#numbers.has(one));
    this.#numbers.set(number, key);
    return number;
  }
}

/**
 * Of what it says: the same in every run, so that a sensor which kept it is known to have this very one. Never 0, which
 * stands for a policy that is not there.
 */
function versionOf(bytes: Buffer): number {
  return createHash('sha256').update(bytes).digest().readUInt32LE(0) || 1;
}

/** Where a policy's version stands in its frame. */
const versionAt = header.size + (policy.offsets['version'] ?? 0);
