import { expect, test } from 'vitest';
import { coverOf, type HeldException, valuesOf } from './exception.ts';

const day = (of: number): Date => new Date(`2026-12-0${of}T00:00:00Z`);
const held = (id: string, values: readonly string[], more: Partial<HeldException> = {}): HeldException => ({
  id,
  check: 'CTR-006',
  values,
  expiresAt: day(1),
  ...more,
});
const failing = (...seen: readonly string[]) => ({ id: 'CTR-006', state: 'fail', seen, evidence: [] });

test.each<[string, ReturnType<typeof failing>, readonly HeldException[], readonly string[] | undefined]>([
  ['covers the value that it names', failing('NET_ADMIN'), [held('a', ['NET_ADMIN'])], ['a']],
  ['covers no other value', failing('SYS_ADMIN'), [held('a', ['NET_ADMIN'])], undefined],
  ['covers no other value beside it', failing('NET_ADMIN', 'SYS_ADMIN'), [held('a', ['NET_ADMIN'])], undefined],
  ['covers what is left of its values', failing('NET_ADMIN'), [held('a', ['NET_ADMIN', 'SYS_ADMIN'])], ['a']],
  ['covers with another one', failing('A', 'B'), [held('a', ['A']), held('b', ['B'])], ['a', 'b']],
  ['covers no other check', failing('A'), [held('a', ['A'], { check: 'CTR-007' })], undefined],
  ['covers nothing that passes', { ...failing('A'), state: 'pass' }, [held('a', ['A'])], undefined],
  ['covers nothing that is not assessed', { ...failing('A'), state: 'not-assessed' }, [held('a', ['A'])], undefined],
  ['covers a warning', { ...failing('A'), state: 'warn' }, [held('a', ['A'])], ['a']],
  ['holds the longest of two', failing('A'), [held('a', ['A']), held('b', ['A'], { expiresAt: day(2) })], ['b']],
])('an exception %s', (...[, result, exceptions, expected]) => {
  expect(coverOf(result, exceptions)?.exceptions).toEqual(expected);
});

test('exceptions that are needed together hold until the first of them ends', () => {
  const both = [held('a', ['A'], { expiresAt: day(3) }), held('b', ['B'], { expiresAt: day(2) })];
  expect(coverOf(failing('A', 'B'), both)?.until).toEqual(day(2));
});

test('a failure that names nothing is bound to what was judged', () => {
  const result = { id: 'CTR-001', state: 'fail', evidence: [{ at: 'HostConfig.Privileged', value: 'true' }] };
  expect(valuesOf(result)).toEqual(['HostConfig.Privileged = true']);
  expect(valuesOf({ ...result, evidence: [] })).toEqual([]);
  expect(coverOf({ ...result, evidence: [] }, [held('a', [''], { check: 'CTR-001' })])).toBeUndefined();
});
