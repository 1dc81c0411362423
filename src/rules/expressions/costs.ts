import { type CelValue, isCelList, isCelMap } from '@bufbuild/cel';
import { charge, unitsLeft } from './budget.ts';

/** Values of a call: what it is asked of, where it is a method, and its arguments. */
export type CallValues = readonly CelValue[];

/** What a call costs in units, at least; worked out before it is made. */
export type Cost = (values: CallValues) => number;

/** Characters of a text that are copied or compared in one unit. */
const copied = 8;

/** What each function costs. One that is not here does not exist for an expression. */
export const costs: Readonly<Record<string, Cost>> = {
  '!_': () => 1,
  '-_': () => 1,
  '_==_': compared,
  '_!=_': compared,
  '_<_': compared,
  '_<=_': compared,
  '_>_': compared,
  '_>=_': compared,
  '_+_': (values) => 1 + shallow(values) / (isCelList(values[0] ?? null) ? 4 : copied),
  '_-_': () => 4,
  '_*_': () => 1,
  '_/_': () => 1,
  '_%_': () => 1,
  '@in': found,
  size: ([value = null]) => 1 + (typeof value === 'string' ? value.length : 0),
  contains: scanned,
  startsWith: scanned,
  endsWith: scanned,
  matches: scanned,
  type: () => 1,
  dyn: () => 1,
  int: squared,
  uint: squared,
  double: squared,
  bool: squared,
  bytes: scanned,
  string: scanned,
  timestamp: (values) => 20 + squared(values),
  duration: (values) => 20 + squared(values),
  getFullYear: ofTime,
  getMonth: ofTime,
  getDate: ofTime,
  getDayOfMonth: ofTime,
  getDayOfWeek: ofTime,
  getDayOfYear: ofTime,
  getHours: ofTime,
  getMinutes: ofTime,
  getSeconds: ofTime,
  getMilliseconds: ofTime,
  charAt: () => 1,
  indexOf: scanned,
  lastIndexOf: scanned,
  lowerAscii: written,
  upperAscii: written,
  trim: scanned,
  replace: scanned,
  split: (values) => 1 + 2 * shallow(values),
  substring: () => 1,
  join: ([list = null, between = '']) => 1 + (2 * (deep([list]) + sizeOf(list) * sizeOf(between))) / copied,
  format: (values) => 1 + 4 * deep(values) + 1000 * placeholders(values[0]),
};

function compared([left = null, right = null]: CallValues): number {
  if (typeof left === 'string' && typeof right === 'string') return 1 + Math.min(left.length, right.length) / copied;
  return typeof left === 'object' && typeof right === 'object' ? deep([left, right]) : 1;
}

function found([value = null, held = null]: CallValues): number {
  if (!isCelList(held)) return 1;
  return typeof value === 'object' ? deep([value]) + deep([held]) : held.size * (1 + sizeOf(value) / 64);
}

/** Read through once. */
function scanned(values: CallValues): number {
  return 1 + shallow(values) / copied;
}

/** Made character by character. */
function written(values: CallValues): number {
  return 1 + shallow(values);
}

/** A long text of digits is turned into a number in the square of its length. */
function squared(values: CallValues): number {
  return 1 + shallow(values) ** 2 / 64;
}

/** With the name of a time zone, tables are looked up. */
function ofTime({ length }: CallValues): number {
  return length > 1 ? 4000 : 20;
}

function placeholders(format: CelValue | undefined): number {
  return typeof format === 'string' ? format.split('%').length - 1 : 0;
}

function shallow(values: CallValues): number {
  return values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
}

/** Characters of a text, bytes, members of a list or map; 1 of anything else. */
function sizeOf(value: CelValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  return isCelList(value) || isCelMap(value) ? value.size : 1;
}

/** The same with everything inside. A list may hold one list many times, so this stops where the budget would. */
function deep(values: Iterable<CelValue>): number {
  let sum = 0;
  const most = unitsLeft();
  const pending: Iterator<CelValue>[] = [values[Symbol.iterator]()];
  for (let inner = pending.at(-1); inner !== undefined; inner = pending.at(-1)) {
    const { done, value } = inner.next();
    if (done === true) {
      pending.pop();
      continue;
    }
    sum += 1 + (isCelList(value) || isCelMap(value) ? 0 : sizeOf(value));
    if (isCelList(value)) pending.push(value.values());
    else if (isCelMap(value)) pending.push(value.values(), value.keys());
    if (sum > most) charge(sum);
  }
  return sum;
}
