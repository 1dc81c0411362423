import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { allowLineOf, objectionOf } from '../testing.ts';
import { fileless } from './index.ts';

const python = '/usr/bin/python3';

test.each([
  ['started by a program', execSighting('/memfd:x', python, { origin: 'memory' })],
  ['started in a session', execSighting('/memfd:x', python, { origin: 'memory', session: 'exec' })],
  ['the first of its container', execSighting('/memfd:', undefined, { origin: 'memory' })],
  ['killed', execSighting('/memfd:x', python, { origin: 'memory', verdict: 'killed', reason: 'drift' })],
] as const)('objects to a program in memory that is %s', (_, sighting) => {
  expect(objectionOf(fileless, sighting)).toMatchObject({ severity: 'critical', technique: 'T1620' });
});

test.each([
  ['a program of the image', execSighting('/usr/bin/id', python)],
  ['a file whose name only looks like memory', execSighting('/tmp/memfd:x', python, { origin: 'upper' })],
  ['a file that was deleted: drift does', execSighting('/tmp/x', python, { origin: 'deleted' })],
  ['a library in memory: code-drift does', codeSighting(python, 'memfd:x', { code: 'library', origin: 'memory' })],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(fileless, sighting)).toBeUndefined();
});

test('no line of a model can allow it, with a hash neither', () => {
  const hashed = { origin: 'memory', process: { path: '/memfd:x', sha256: 'a'.repeat(64) } } as const;
  expect(allowLineOf(execSighting('/memfd:x', python, hashed))).toBeUndefined();
});
