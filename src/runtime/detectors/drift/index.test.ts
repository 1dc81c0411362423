import { expect, test } from 'vitest';
import { codeSighting, execSighting, moveSighting } from '../../testing.ts';
import { allowLineOf, modelHolding, objectionOf } from '../testing.ts';
import { drift } from './index.ts';

const sh = '/bin/sh';
const written = { origin: 'upper', process: { path: '/tmp/zz', sha256: 'a'.repeat(64) } } as const;

test.each([
  ['written in the container', execSighting('/tmp/zz', sh, { origin: 'upper' })],
  ['on a mount', execSighting('/mnt/zz', sh, { origin: 'other-mount' })],
  ['deleted before it ran', execSighting('/tmp/zz', sh, { origin: 'deleted' })],
  ['the first of its container', execSighting('/tmp/zz', undefined, { origin: 'upper' })],
  ['started in a session', execSighting('/tmp/zz', sh, { origin: 'upper', session: 'exec' })],
  ['stopped', execSighting('/tmp/zz', sh, { origin: 'upper', verdict: 'killed', reason: 'drift' })],
] as const)('objects to a program that is %s', (_, sighting) => {
  expect(objectionOf(drift, sighting)).toMatchObject({ severity: 'high', technique: 'T1105' });
});

test.each([
  ['a program of the image', execSighting('/usr/bin/id', sh)],
  ["a program of the host's that the engine brings in", execSighting('/usr/bin/id', sh, { origin: 'host' })],
  ['a program in memory: fileless does', execSighting('/memfd:x', sh, { origin: 'memory' })],
  ['a changed program: modified-binary does', execSighting('/usr/bin/id', sh, { origin: 'upper', reason: 'modified' })],
  ["the engine's own first program", execSighting('/sbin/docker-init', undefined, { origin: 'other-mount' })],
  ['code that a program reads: code-drift does', codeSighting('/usr/bin/python3', '/tmp/a.py')],
  ['a move between cgroups', moveSighting(sh, '/x', { origin: 'upper' })],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(drift, sighting)).toBeUndefined();
});

test('is allowed by the hash of the file, and by nothing else', () => {
  const known = execSighting('/tmp/zz', sh, written);
  expect(allowLineOf(known)).toBe(`allow /tmp/zz by=/bin/sh origin=upper sha256=${'a'.repeat(64)}`);
  expect(allowLineOf(execSighting('/tmp/zz', sh, { origin: 'upper' }))).toBeUndefined();
  const index = modelHolding(known);
  expect(objectionOf(drift, known, { index })).toBeUndefined();
  const other = execSighting('/tmp/zz', sh, { ...written, process: { path: '/tmp/zz', sha256: 'b'.repeat(64) } });
  expect(objectionOf(drift, other, { index })).toBeDefined();
});
