import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { afterLearning, allowLineOf, learnedModel, modelHolding, objectionOf } from '../testing.ts';
import { codeDrift } from './index.ts';

const python = '/usr/bin/python3';
const java = '/opt/java/bin/java';
const library = { code: 'library' } as const;
const compiled = { code: 'java' } as const;

test.each([
  ['a script of Python', 'T1059.006', codeSighting(python, '/tmp/a.py')],
  ['its byte code', 'T1059.006', codeSighting(python, '/app/__pycache__/a.cpython-313.pyc')],
  ['a script of a shell', 'T1059.004', codeSighting('/bin/sh', '/tmp/a.SH')],
  ['a script of JavaScript', 'T1059.007', codeSighting('/usr/bin/node', '/tmp/a.mjs')],
  ['a script without a suffix', 'T1059', codeSighting('/usr/bin/perl', '/tmp/run')],
  ['a page of PHP', 'T1505.003', codeSighting('/usr/sbin/php-fpm8.2', '/var/www/html/x.php')],
  ['a page of Java', 'T1505.003', codeSighting(java, '/webapps/ROOT/x.jsp', { code: 'java' })],
  ['a library', 'T1574.006', codeSighting('/usr/bin/ls', '/tmp/x.so', library)],
  ['a library in memory', 'T1574.006', codeSighting(java, 'memfd:x', { ...library, origin: 'memory' })],
  ['a library that was deleted', 'T1574.006', codeSighting(java, '/tmp/x.so', { ...library, origin: 'deleted' })],
  [
    "a library of the image's that was changed",
    'T1574.006',
    codeSighting('/usr/bin/ls', '/lib/x.so', { ...library, origin: 'image', reason: 'modified' }),
  ],
  ['a script on a mount', 'T1059.006', codeSighting(python, '/data/a.py', { origin: 'other-mount' })],
] as const)('objects to %s', (_, technique, sighting) => {
  expect(objectionOf(codeDrift, sighting)).toMatchObject({ severity: 'high', technique });
  expect(codeDrift.techniques).toContain(technique);
});

test('does not object to programs: other detectors do', () => {
  expect(objectionOf(codeDrift, execSighting('/tmp/zz', '/bin/sh', { origin: 'upper' }))).toBeUndefined();
});

test('what a program writes itself is known to its model or not, and an alert in any case once it was stopped', () => {
  const own = codeSighting(java, '/opt/app/work/a.class', { ...compiled, writer: java, ...afterLearning });
  expect(objectionOf(codeDrift, own)).toBeUndefined();
  expect(objectionOf(codeDrift, { ...own, verdict: 'refused' })).toBeDefined();
  const other = codeSighting(java, '/opt/app/cache/a.class', { ...compiled, writer: java });
  expect(objectionOf(codeDrift, own, { index: learnedModel([own]) })).toBeUndefined();
  expect(objectionOf(codeDrift, own, { index: learnedModel([other], { state: 'manual' }) })).toBeDefined();
});

test('a file is allowed by its hash', () => {
  const sighting = (sha256: string) => codeSighting(python, '/tmp/a.py', { file: { path: '/tmp/a.py', sha256 } });
  const known = sighting('a'.repeat(64));
  expect(allowLineOf(known)).toBe(`allow-code /tmp/a.py by=${python} sha256=${'a'.repeat(64)}`);
  expect(allowLineOf(codeSighting(python, '/tmp/a.py'))).toBeUndefined();
  const index = modelHolding(known);
  expect(objectionOf(codeDrift, known, { index })).toBeUndefined();
  expect(objectionOf(codeDrift, sighting('b'.repeat(64)), { index })).toBeDefined();
});

test('what a program writes itself is allowed by its folder', () => {
  const own = codeSighting(java, '/opt/app/work/a.class', { ...compiled, writer: java, verdict: 'refused' });
  expect(allowLineOf(own)).toBe(`allow-code /opt/app/work/ by=${java}`);
  const index = modelHolding(own);
  expect(objectionOf(codeDrift, own, { index })).toBeUndefined();
  expect(objectionOf(codeDrift, { ...own, file: { path: '/opt/app/lib/a.class' } }, { index })).toBeDefined();
});

test('a library that the program wrote itself is an alert, whatever was learned of its folder', () => {
  const own = codeSighting(java, '/opt/app/work/a.so', { ...library, writer: java, ...afterLearning });
  const page = codeSighting(java, '/opt/app/work/a.class', { ...compiled, writer: java, verdict: 'refused' });
  expect(objectionOf(codeDrift, own)).toMatchObject({
    message: expect.stringContaining('written by itself'),
    remedy: expect.stringContaining('allow-code /opt/app/work/ by=/opt/java/bin/java'),
  });
  expect(objectionOf(codeDrift, own, { index: learnedModel([page]) })).toBeDefined();
  expect(objectionOf(codeDrift, own, { index: modelHolding(page) })).toBeUndefined();
});
