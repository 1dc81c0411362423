import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { allowLineOf, modelHolding, objectionOf } from '../testing.ts';
import { modifiedBinary } from './index.ts';

const sh = '/bin/sh';
const changed = { origin: 'upper', reason: 'modified' } as const;

test.each([
  ['started by a program', execSighting('/usr/bin/id', sh, changed)],
  ['the first of its container', execSighting('/usr/sbin/nginx', undefined, changed)],
  ['started by a health check', execSighting('/usr/bin/id', undefined, { ...changed, session: 'health-check' })],
  ['refused', execSighting('/usr/bin/id', sh, { ...changed, verdict: 'refused' })],
] as const)('objects to a changed program that is %s', (_, sighting) => {
  expect(objectionOf(modifiedBinary, sighting)).toMatchObject({ severity: 'critical', technique: 'T1554' });
});

test.each([
  ['a program of the image', execSighting('/usr/bin/id', sh)],
  ['a program that the image never had: drift does', execSighting('/tmp/zz', sh, { origin: 'upper', reason: 'drift' })],
  ['a changed library: code-drift does', codeSighting('/usr/bin/ls', '/lib/x.so', { ...changed, code: 'library' })],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(modifiedBinary, sighting)).toBeUndefined();
});

test('is allowed by the hash of the changed file alone', () => {
  const sighting = (sha256: string) =>
    execSighting('/usr/bin/id', sh, { ...changed, process: { path: '/usr/bin/id', sha256 } });
  const known = sighting('a'.repeat(64));
  expect(allowLineOf(known)).toBe(`allow /usr/bin/id by=/bin/sh origin=modified sha256=${'a'.repeat(64)}`);
  const index = modelHolding(known);
  expect(objectionOf(modifiedBinary, known, { index })).toBeUndefined();
  expect(objectionOf(modifiedBinary, sighting('b'.repeat(64)), { index })).toBeDefined();
});
