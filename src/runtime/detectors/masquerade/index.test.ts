import { expect, test } from 'vitest';
import { codeSighting, execSighting } from '../../testing.ts';
import { modelHolding, objectionOf } from '../testing.ts';
import { masquerade } from './index.ts';

const sh = '/bin/sh';
const upper = { origin: 'upper' } as const;

test.each([
  ['calls itself a kernel thread', 'T1036.004', execSighting('/tmp/x', sh, { ...upper, argv: ['[kworker/0:1]'] })],
  ['has the name of a kernel thread', 'T1036.004', execSighting('/tmp/[kthreadd]', sh, { ...upper, argv: ['x'] })],
  ['is of the image and calls itself one', 'T1036.004', execSighting('/usr/bin/perl', sh, { argv: ['[rcu_sched]'] })],
  ["has a system program's name and is written", 'T1036.005', execSighting('/tmp/sshd', sh, upper)],
  ['has it in other letters', 'T1036.005', execSighting('/tmp/SSHD', sh, upper)],
  [
    'is a system program that was changed',
    'T1036.005',
    execSighting('/usr/sbin/cron', sh, { ...upper, reason: 'modified' }),
  ],
  ['calls itself a system program', 'T1036.005', execSighting('/usr/bin/perl', sh, { argv: ['/usr/sbin/crond'] })],
  ['has a name that ends with a space', 'T1036.006', execSighting('/usr/bin/ls ', sh, { argv: ['ls'] })],
] as const)('objects to a program that %s', (_, technique, sighting) => {
  expect(objectionOf(masquerade, sighting)).toMatchObject({ severity: 'high', technique });
  expect(masquerade.techniques).toContain(technique);
});

test.each([
  ["the image's own sshd", execSighting('/usr/sbin/sshd', sh)],
  [
    'sshd under the name that it was started by',
    execSighting('/usr/lib/openssh/sshd-session', sh, { given: '/usr/sbin/sshd', argv: ['sshd'] }),
  ],
  ['a login shell', execSighting('/bin/bash', sh, { argv: ['-bash'] })],
  ['an applet of BusyBox', execSighting('/bin/busybox', sh, { argv: ['crond', '-f'] })],
  ['the program [', execSighting('/usr/bin/[', sh, { argv: ['[', '-f', 'x', ']'] })],
  ['brackets around something else', execSighting('/usr/bin/perl', sh, { argv: ['[1]'] })],
  ['a program that was written and has a name of its own', execSighting('/tmp/zz', sh, upper)],
  ['a program whose words are unknown', execSighting('/usr/bin/perl', sh, { process: { path: '/usr/bin/perl' } })],
  ['code that a program reads', codeSighting('/usr/bin/perl', '/tmp/sshd')],
] as const)('does not object to %s', (_, sighting) => {
  expect(objectionOf(masquerade, sighting)).toBeUndefined();
});

test('no line of a model makes it silent: another word shows in the same place', () => {
  const known = execSighting('/usr/bin/tty', sh, { argv: ['/usr/sbin/crond'] });
  const index = modelHolding(known);
  expect(index.allows({ dimension: 'process', path: '/usr/bin/tty', caller: sh })).toBe(true);
  expect(objectionOf(masquerade, known, { index })).toBeDefined();
});
