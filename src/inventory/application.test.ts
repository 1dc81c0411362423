import { expect, test } from 'vitest';
import { applicationOf } from './application.ts';

test('the first label that names an application counts', () => {
  const compose = { 'com.docker.compose.project': 'shop' };
  expect(applicationOf({})).toBeUndefined();
  expect(applicationOf({ 'io.kubernetes.pod.namespace': 'bank' })).toEqual({ name: 'bank', from: 'namespace' });
  expect(applicationOf({ 'io.kubernetes.pod.namespace': 'bank', ...compose })).toEqual({
    name: 'shop',
    from: 'compose',
  });
  expect(applicationOf({ ...compose, 'seawall.application': 'store' })).toEqual({ name: 'store', from: 'label' });
  expect(applicationOf({ ...compose, 'seawall.application': ' \n' })).toEqual({ name: 'shop', from: 'compose' });
});

test('whatever a label holds becomes a short line', () => {
  expect(applicationOf({ 'seawall.application': `a\u0000b\ud800${'x'.repeat(300)}` })?.name).toMatch(
    /^a b\ufffdx{250}…$/u,
  );
});
