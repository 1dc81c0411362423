import { expect, test } from 'vitest';
import type { ExceptableResult } from './exception.ts';
import { checks } from './checks/index.ts';
import { type Inheritance, inheritanceOf, isKeptUnchanged, isOfLayers } from './inherited.ts';

const result = (state: string, ...seen: readonly string[]): ExceptableResult => ({
  id: 'IMG-001',
  state,
  seen,
  evidence: [{ at: 'config.User', value: '"root"' }],
});
const judged = (state: string, value: string): ExceptableResult => ({
  id: 'IMG-001',
  state,
  evidence: [{ at: 'config.User', value }],
});
const whole = (...values: readonly string[]): Inheritance => ({ kind: 'whole', values });
const partly = (...values: readonly string[]): Inheritance => ({ kind: 'partly', values });
const own: Inheritance = { kind: 'own' };

test.each<[string, ExceptableResult, ExceptableResult | undefined, Inheritance]>([
  ['no base', result('fail', 'a'), undefined, own],
  ['another check', result('fail', 'a'), { ...result('fail', 'a'), id: 'IMG-002' }, own],
  ['a base that passes', result('fail', 'a'), { ...result('pass'), evidence: [] }, own],
  ['a base that is not assessed', result('fail', 'a'), result('not-assessed', 'a'), own],
  ['an image that passes', result('pass'), result('fail', 'a'), own],
  ['an image that is not assessed', result('not-assessed', 'a'), result('fail', 'a'), own],
  ['the same', result('fail', 'a'), result('fail', 'a'), whole('a')],
  ['the same in another order', result('fail', 'a', 'b'), result('fail', 'b', 'a'), whole('a', 'b')],
  ['less than its base', result('fail', 'a'), result('fail', 'a', 'b'), whole('a')],
  ['more than its base', result('fail', 'a', 'c'), result('fail', 'a', 'b'), partly('a')],
  ['something else', result('fail', 'c'), result('fail', 'a'), own],
  ['a warning of both', result('warn', 'a'), result('warn', 'a'), whole('a')],
  ['a warning where the base fails', result('warn', 'a'), result('fail', 'a'), whole('a')],
  ['a failure where the base warns', result('fail', 'a'), result('warn', 'a'), own],
  ['the same setting', judged('fail', '"root"'), judged('fail', '"root"'), whole('config.User = "root"')],
  ['another value of the setting', judged('fail', '"0"'), judged('fail', '"root"'), own],
])('of %s', (...[, image, base, expected]) => {
  expect(inheritanceOf(image, base)).toEqual(expected);
});

test('settings and what names its layer are kept unchanged where they are equal; others may be other ones', () => {
  const kept = checks.image.filter(isKeptUnchanged).map(({ id }) => id);
  expect(kept).toContain('IMG-001');
  const layered = checks.image.filter(({ needs }) => needs.join() === 'fileSecrets' || needs.join() === 'malware');
  expect(layered.length).toBeGreaterThan(2);
  expect(kept).toEqual(expect.arrayContaining(layered.map(({ id }) => id)));
  for (const check of checks.image.filter((one) => kept.includes(one.id) && !layered.includes(one)))
    expect(check.needs.join(' ')).not.toMatch(/secret|file|program|mode|root|package|writable|caches|leftovers/i);
  expect(kept.length).toBeLessThan(checks.image.length);
});

test.each([
  ['no user, so root', 1, true],
  ['/srv/key in layer 2: RSA private key', 2, true],
  ['/srv/key in layer 3: RSA private key', 2, false],
  // A file may be called like a layer.
  ['/srv/a in layer 1: b in layer 9: RSA private key', 2, false],
])('%s is of the lowest %i layers: %s', (value, depth, expected) => {
  expect(isOfLayers(value, depth)).toBe(expected);
});
