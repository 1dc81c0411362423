import { expect, test } from 'vitest';
import type { CarriedException } from './contract-exception.ts';
import { coverOf, type HeldException, heldThere, valuesOf } from './exception.ts';

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

const judgedAs = (...evidence: readonly (readonly [string, string])[]) => ({
  id: 'CTR-006',
  state: 'fail',
  evidence: evidence.map(([at, value]) => ({ at, value })),
});

test.each<[string, ReturnType<typeof judgedAs>, readonly string[], boolean]>([
  ['the same value in another document', judgedAs(['hostconfig Privileged', 'true']), ['HostConfig.A = true'], true],
  ['another value there', judgedAs(['hostconfig Memory', '2']), ['HostConfig.Memory = 1'], false],
  ['the values in their order', judgedAs(['x', 'true'], ['y', 'false']), ['a = true', 'b = false'], true],
  ['values that changed places', judgedAs(['x', 'false'], ['y', 'true']), ['a = true', 'b = false'], false],
  ['some of the values', judgedAs(['x', 'true'], ['y', 'false']), ['a = true'], false],
  ['one that ends in the value', judgedAs(['x', 'b = 1']), ['a = c = b = 1'], false],
  ['one without a place', judgedAs(['x', 'true']), ['true'], false],
])('an exception of what was judged, asked of %s', (...[, result, values, isCovered]) => {
  expect(coverOf(result, [held('a', values)]) !== undefined).toBe(isCovered);
});

const now = day(2);
const collections = [
  { id: 'shop', selects: { images: ['shop/*'] } },
  { id: 'prod', selects: { environments: ['prod'] } },
];
const shop = { images: ['shop/app:1'], labels: {}, environment: 'dev' };
const other = { images: ['other/app:1'], labels: {}, environment: 'prod' };

test.each<[string, Partial<CarriedException>, Partial<Parameters<typeof heldThere>[1]>, boolean]>([
  ['everywhere', {}, {}, true],
  ['everywhere, of what stands nowhere', {}, { places: [] }, true],
  ['that ended', { expiresAt: day(1).toISOString() }, {}, false],
  ['that ends now', { expiresAt: now.toISOString() }, {}, false],
  ['in a scope', { collections: ['shop'] }, {}, true],
  ['in one of two scopes', { collections: ['prod', 'shop'] }, {}, true],
  ['elsewhere', { collections: ['prod'] }, {}, false],
  ['in a scope that is gone', { collections: ['gone'] }, {}, false],
  ['in a scope, of what stands nowhere', { collections: ['shop'] }, { places: [] }, false],
  ['in a scope that lacks one place', { collections: ['shop'] }, { places: [shop, other] }, false],
  ['in scopes that have all places', { collections: ['shop', 'prod'] }, { places: [shop, other] }, true],
  ['of its name', { name: 'app' }, {}, true],
  ['of another name', { name: 'ap' }, {}, false],
  ['of a name that is not known', { name: 'app' }, { names: [] }, false],
  ['of its name and image', { name: 'app', images: ['sha256:b', 'sha256:a'] }, { image: 'sha256:a' }, true],
  ['of its name and another image', { name: 'app', images: ['sha256:b'] }, { image: 'sha256:a' }, false],
  ['of its image, which nobody knows', { name: 'app', images: ['sha256:a'] }, {}, false],
  ['of its image by another name', { name: 'ap', images: ['sha256:a'] }, { image: 'sha256:a' }, false],
  ['of its name elsewhere', { name: 'app', collections: ['prod'] }, {}, false],
])('of an exception %s it is looked at whether it holds', (...[, more, there, isHeld]) => {
  const carried = { id: 'a', check: 'CTR-006', values: ['A'], expiresAt: day(3).toISOString(), ...more };
  const found = heldThere([carried], { names: ['app'], places: [shop], ...there }, { now, collections });
  expect(found).toEqual(isHeld ? [held('a', ['A'], { expiresAt: day(3) })] : []);
});
