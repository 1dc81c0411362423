import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { allowLineOf, modelHolding, objectionOf } from '../testing.ts';
import { loader } from './index.ts';

const sh = '/bin/sh';
const glibc = '/lib64/ld-linux-x86-64.so.2';

test.each([
  ['of glibc', execSighting(glibc, sh, { argv: ['ld', '/tmp/evil'] })],
  ['of glibc, by its older name', execSighting('/lib/x86_64-linux-gnu/ld-2.31.so', sh)],
  ['of musl', execSighting('/lib/ld-musl-x86_64.so.1', sh)],
  ['under another name, as the sensor saw it', execSighting('/opt/start', sh, { reason: 'loader' })],
  ['in a session', execSighting(glibc, undefined, { session: 'exec' })],
  ['as the first program of a container', execSighting(glibc)],
] as const)('objects to the loader %s', (_, sighting) => {
  expect(objectionOf(loader, sighting)).toMatchObject({ severity: 'high', technique: 'T1218' });
});

test.each([
  ['a program whose name only begins like one', execSighting('/usr/bin/ld', sh)],
  ['the linker', execSighting('/usr/bin/ld.bfd', sh)],
  ['a library that is run as a program', execSighting('/lib/x86_64-linux-gnu/libc.so.6', sh)],
  ['the loader as a library', codeSighting(sh, glibc, { code: 'library' })],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(loader, sighting)).toBeUndefined();
});

test('is allowed for the program that starts it', () => {
  const known = execSighting(glibc, '/opt/app/start');
  expect(allowLineOf(known)).toBe(`allow ${glibc} by=/opt/app/start`);
  const index = modelHolding(known);
  expect(objectionOf(loader, known, { index })).toBeUndefined();
  expect(objectionOf(loader, execSighting(glibc, sh), { index })).toBeDefined();
});
