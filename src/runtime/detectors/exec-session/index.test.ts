import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { allowLineOf, modelHolding, objectionOf } from '../testing.ts';
import { execSession } from './index.ts';

const sh = '/bin/sh';

test.each([
  ['a shell', execSighting(sh, undefined, { session: 'exec' })],
  ['a program of the image', execSighting('/usr/bin/ls', undefined, { session: 'exec' })],
  ['a program that was written', execSighting('/tmp/zz', undefined, { session: 'exec', origin: 'upper' })],
] as const)('objects to a session that begins with %s', (_, sighting) => {
  expect(objectionOf(execSession, sighting)).toMatchObject({ severity: 'low', technique: 'T1609' });
});

test.each([
  ['what a session starts after its first program', execSighting('/usr/bin/ls', sh, { session: 'exec' })],
  ['the first program of a container', execSighting(sh)],
  ['a health check', execSighting(sh, undefined, { session: 'health-check' })],
  ['code that a session reads', codeSighting(sh, '/tmp/a.sh', { session: 'exec' })],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(execSession, sighting)).toBeUndefined();
});

test('is allowed for sessions with these words alone', () => {
  const known = execSighting('/usr/bin/psql', undefined, { session: 'exec' });
  expect(allowLineOf(known)).toBe('allow /usr/bin/psql session=exec');
  const index = modelHolding(known);
  expect(objectionOf(execSession, known, { index })).toBeUndefined();
  expect(objectionOf(execSession, execSighting(sh, undefined, { session: 'exec' }), { index })).toBeDefined();
});
