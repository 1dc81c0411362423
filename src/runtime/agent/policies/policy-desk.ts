import { createHash } from 'node:crypto';
import { encodeFrame } from '../wire/frames.ts';
import { header, policy } from '../wire/structs.ts';
import type { PolicyText } from './compile-policy.ts';

interface Sent {
  readonly number: number;
  readonly version: number;
  readonly hash: string;
  /** The whole frame as it is sent, to be said again after a reconnect. */
  readonly bytes: Buffer;
}

/** Number of the policy for containers of unknown images. */
export const defaultKey = 'default';

/** What the sensor was told: each policy under a number that its key has for ever, and which container has which. */
export class PolicyDesk {
  readonly #say: (bytes: Buffer) => void;
  readonly #policies = new Map<string, Sent>();
  readonly #numbers = new Map<number, string>();
  readonly #assigned = new Map<string, string>();

  constructor(say: (bytes: Buffer) => void) {
    this.#say = say;
  }

  /** Puts a policy in the place of the one with its key, unless it says the same. */
  put(key: string, text: PolicyText): void {
    const known = this.#policies.get(key);
    const number = known?.number ?? this.#numberOf(key);
    const version = (known?.version ?? 0) + 1;
    const bytes = encodeFrame({ ...text, policy: number, version: 0 });
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (known?.hash === hash) return;
    bytes.writeUInt32LE(version, versionAt);
    this.#policies.set(key, { number, version, hash, bytes });
    this.#say(bytes);
  }

  has(key: string): boolean {
    return this.#policies.has(key);
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
    return [...[...this.#policies.values()].map(({ bytes }) => bytes), ...assignments];
  }

  #assignment(id: string, key: string): Buffer | undefined {
    const number = this.#policies.get(key)?.number;
    return number === undefined ? undefined : encodeFrame({ kind: 'assign', policy: number, id });
  }

  /** The same in every run, so that a policy that the sensor kept is replaced by its newer self. */
  #numberOf(key: string): number {
    if (key === defaultKey) return 0;
    const wanted = createHash('sha256').update(key).digest().readUInt32LE(0);
    let number = wanted;
    while (number === 0 || this.#numbers.has(number)) number = (number + 1) >>> 0;
    this.#numbers.set(number, key);
    return number;
  }
}

/** Where a policy's version stands in its frame. */
const versionAt = header.size + (policy.offsets['version'] ?? 0);
