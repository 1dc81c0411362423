import type { Hours } from './contract.ts';

/** Length of the memory: six weeks. Hours are counted since 1970; in a lab an "hour" may be shorter. */
const span = 1008;
const week = 168;
const bytes = span / 8;
const bytesOfWeek = week / 8;

/**
 * A set of hours, `Hours` as it is worked with. What it holds follows from the hours that were put in alone, never from
 * their order: `base` from the latest, bits for those from `base` on, `old` when there was an earlier one.
 */
export interface Ring {
  readonly base: number;
  /** Missing: nothing was ever put in. */
  readonly bits?: Uint8Array;
  readonly old: boolean;
}

export const emptyRing: Ring = { base: 0, old: false };

/** Number of the hour that a moment falls in. `time` in milliseconds since 1970. */
export function hourOf(time: number, bucketSeconds: number): number {
  return Math.floor(time / 1000 / bucketSeconds);
}

/** Day of an hour: 24 hours, whatever their length, so that a lab needs no other thresholds. */
export function dayOf(hour: number): number {
  return Math.floor(hour / 24);
}

/** The ring with one hour more; the same ring when it holds it already. */
export function withHour(ring: Ring, hour: number): Ring {
  if (hasHour(ring, hour)) return ring;
  const base = Math.max(ring.base, baseFor(hour));
  const moved = rebased(ring, base);
  if (hour < base) return { ...moved, old: true };
  const bits = moved.bits === undefined ? new Uint8Array(bytes) : moved.bits.slice();
  setBit(bits, hour - base);
  return { base, bits, old: moved.old };
}

/** Union. Associative, commutative and idempotent. */
export function mergeRings(left: Ring, right: Ring): Ring {
  if (left === right || isEmptyRing(right)) return left;
  if (isEmptyRing(left)) return right;
  const base = Math.max(left.base, right.base);
  const [one, other] = [rebased(left, base), rebased(right, base)];
  const bits = (one.bits ?? new Uint8Array(bytes)).slice();
  other.bits?.forEach((byte, at) => {
    bits[at] = (bits[at] ?? 0) | byte;
  });
  return { base, bits, old: one.old || other.old };
}

/** Without hours later than `hour`: no clock has reached them. */
export function untilHour(ring: Ring, hour: number): Ring {
  const hours = hoursIn(ring);
  if ((hours.at(-1) ?? 0) <= hour) return ring;
  const start: Ring = { ...emptyRing, old: ring.old || ring.base > 0 };
  return hours.filter((one) => one <= hour).reduce(withHour, start);
}

export function isEmptyRing({ bits, old }: Ring): boolean {
  return bits === undefined && !old;
}

function hasHour({ base, bits }: Ring, hour: number): boolean {
  const at = hour - base;
  return bits !== undefined && at >= 0 && at < span && ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}

/** Hours that it holds and remembers, in ascending order. */
export function hoursIn({ base, bits }: Ring): readonly number[] {
  if (bits === undefined) return [];
  const found: number[] = [];
  bits.forEach((byte, at) => {
    for (let bit = 0; byte >> bit !== 0; bit++) if (((byte >> bit) & 1) !== 0) found.push(base + at * 8 + bit);
  });
  return found;
}

/** How many hours it holds of those that it remembers. */
export function countHours({ bits }: Ring): number {
  let count = 0;
  bits?.forEach((byte) => {
    for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  });
  return count;
}

/** The hour of something that was seen in no other one; `undefined` when it was seen in several, or never. */
export function onlyHour(ring: Ring): number | undefined {
  if (ring.old || countHours(ring) !== 1) return undefined;
  return hoursIn(ring)[0];
}

/** Latest hour. */
export function lastHour(ring: Ring): number | undefined {
  return hoursIn(ring).at(-1);
}

export function encodeHours({ base, bits, old }: Ring): Hours {
  return bits === undefined ? { base, old } : { base, bits: Buffer.from(bits).toString('base64'), old };
}

/** Reads what `encodeHours` wrote; what another program wrote with another base or length means the same hours. */
export function decodeHours({ base, bits, old }: Hours): Ring {
  if (bits === undefined) return { ...emptyRing, old };
  const read = new Uint8Array(bytes);
  read.set(Buffer.from(bits, 'base64').subarray(0, bytes));
  const written: Ring = { base, bits: read, old };
  const last = lastHour(written);
  if (last === undefined) return { ...emptyRing, old };
  if (base === baseFor(last)) return written;
  return hoursIn(written).reduce(withHour, { ...emptyRing, base: baseFor(last), old });
}

/** First hour that is remembered when `hour` is the latest; whole weeks. */
function baseFor(hour: number): number {
  return Math.max(0, Math.ceil((hour - span + 1) / week) * week);
}

/** `base` is not before the ring's own, and both are whole weeks. */
function rebased(ring: Ring, base: number): Ring {
  const { bits } = ring;
  if (base === ring.base || bits === undefined) return { ...ring, base };
  const gone = Math.min(((base - ring.base) / week) * bytesOfWeek, bytes);
  const moved = new Uint8Array(bytes);
  moved.set(bits.subarray(gone));
  return { base, bits: moved, old: ring.old || bits.subarray(0, gone).some((byte) => byte !== 0) };
}

function setBit(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
}
