import { expect, test } from 'vitest';
import { ContainerRecord } from '../containers/container-record.ts';
import type { CodeFrame, ExecFrame, MoveFrame } from '../wire/frames.ts';
import { execFlag, moveFlag } from '../wire/words.ts';
import { moveSightingOf, sightingOf } from './sighting-of.ts';

const id = 'c'.repeat(64);
const start = Date.UTC(2026, 10, 24);
/** The sensor counts from the machine's start, an hour before. */
const clock = { epoch: 0xabcn, bootOffset: BigInt(start - 3_600_000) * 1_000_000n };
const anHour = 3_600_000_000_000n;
const record = (found = false) =>
  new ContainerRecord({ id, cgroup: '7', imageId: 'sha256:engine', root: '/merged', bornAt: start, found });
const file = (inode: bigint) => ({ device: 1, mode: 0o100755, inode, ctime: 1n, size: 1n });

const common = {
  sequence: 9n,
  time: anHour + 5_000_000n,
  cgroup: 7n,
  pid: 12,
  parent: 1,
  start: anHour + 4_999_999n,
  uid: 1000,
  policy: 0,
  policyVersion: 0,
  flags: 0,
  repeats: 3,
  verdict: 'refused',
  session: 'entry',
  file: file(2n),
  ancestors: [{ pid: 1, start: anHour, path: '/sbin/init' }],
} as const;
const exec: ExecFrame = {
  ...common,
  kind: 'exec',
  reason: 'drift',
  origin: 'upper',
  callerOrigin: 'image',
  caller: file(3n),
  path: '/opt/dropped',
  callerPath: '/bin/sh',
  given: 'dropped',
  argv: 'dropped\0--now\0',
  applet: '',
};
const code: CodeFrame = {
  ...common,
  kind: 'code',
  origin: 'other',
  codeKind: 'java',
  opener: file(4n),
  path: '/data/evil.jar',
  openerPath: '/usr/bin/java',
  writerPath: '',
  argv: '',
  sha256: '',
};

test('a program is told with its time, its words, its line and who started it', () => {
  const program = { sha256: 'a'.repeat(64), package: 'dash 0.5' };
  expect(sightingOf(exec, { record: record(), clock, program })).toEqual({
    kind: 'exec',
    id: 'abc-9',
    time: start + 5,
    container: { id, name: 'cccccccccccc', image: 'sha256:engine', entrypoint: [] },
    session: 'entry',
    phase: 'boot',
    origin: 'upper',
    ancestors: [{ pid: 1, startedAt: new Date(start).toISOString(), path: '/sbin/init' }],
    verdict: 'refused',
    repeats: 3,
    process: {
      pid: 12,
      startedAt: new Date(start + 4).toISOString(),
      path: '/opt/dropped',
      ...program,
      argv: ['dropped', '--now'],
      uid: 1000,
    },
    reason: 'drift',
    caller: { path: '/bin/sh', origin: 'image' },
    given: 'dropped',
    isScript: false,
    isFirst: false,
  });
});

test.each([
  ['the sensor judged it', { path: '/bin/ls', applet: 'nc', argv: 'ls\0' }, 'nc'],
  ['its words tell, where the sensor has no table', { path: '/bin/busybox', argv: 'busybox\0ls\0-l\0' }, 'ls'],
  ['a module', { path: '/usr/bin/python3.12', argv: 'python3\0-m\0http.server\0' }, 'http.server'],
  ['a class', { path: '/opt/java/bin/java', argv: 'java\0-cp\0a\0Main\0' }, 'Main'],
  ['a class that was cut', { path: '/opt/java/bin/java', argv: 'java\0Mai', flags: execFlag.argvCut }, undefined],
  ['a program of its own', { path: '/bin/dash', argv: 'ls\0' }, undefined],
  ['words that are not known', { path: '/bin/busybox', argv: '' }, undefined],
])('the applet of a program: %s', (_, more, applet) => {
  expect(sightingOf({ ...exec, ...more }, { record: record(), clock, program: undefined }).process.applet).toBe(applet);
});

test.each([
  ['no file', { caller: file(0n) }],
  ['a program of the host', { callerOrigin: 'host' }],
  ['nobody knows what', { callerOrigin: 'unknown' }],
] as const)('what was started by %s came in from outside', (_, more) => {
  expect(sightingOf({ ...exec, ...more }, { record: record(), clock, program: undefined })).not.toHaveProperty(
    'caller',
  );
});

test('a program of the image that was written over is told as changed, whatever the sensor calls it', () => {
  const terms = { record: record(true), clock, program: undefined };
  const flags = execFlag.script | execFlag.first;
  expect(sightingOf({ ...exec, flags }, { ...terms, isChanged: true })).toMatchObject({
    reason: 'modified',
    isScript: true,
    isFirst: true,
    phase: 'run',
  });
  expect(sightingOf(exec, { ...terms, isChanged: false })).toMatchObject({ reason: 'drift' });
});

test('a code file is told with its hash, that of the sensor before that of the image', () => {
  const terms = { record: record(), clock, program: undefined, code: { sha256: 'b'.repeat(64) } };
  expect(sightingOf(code, terms)).toMatchObject({
    kind: 'code',
    reason: 'code',
    code: 'java',
    origin: 'other-mount',
    process: { path: '/usr/bin/java' },
    file: { path: '/data/evil.jar', sha256: 'b'.repeat(64) },
  });
  expect(sightingOf(code, terms)).not.toHaveProperty('writer');
  const hashed = { ...code, sha256: 'c'.repeat(64), writerPath: '/bin/cp' };
  expect(sightingOf(hashed, terms)).toMatchObject({ file: { sha256: 'c'.repeat(64) }, writer: '/bin/cp' });
});

test('names that a container chose are cut, and hold no sign that a terminal obeys', () => {
  const wild = { ...exec, path: '/tmp/\u001b[2J\nok', callerPath: 'x'.repeat(10_000), argv: '\uD800\0\r' };
  const sighting = sightingOf(wild, { record: record(), clock, program: undefined });
  expect(sighting).toMatchObject({
    process: { path: '/tmp/\uFFFD[2J\uFFFDok', argv: ['\uFFFD', '\uFFFD'] },
    caller: { path: 'x'.repeat(4096) },
  });
  const many = sightingOf({ ...exec, argv: 'w\0'.repeat(5000) }, { record: record(), clock, program: undefined });
  expect(many.process.argv).toHaveLength(256);
});

const move: MoveFrame = {
  kind: 'move',
  sequence: 10n,
  time: anHour,
  cgroup: 7n,
  to: 9n,
  start: anHour - 1_000_000n,
  moverStart: anHour - 2_000_000n,
  pid: 12,
  mover: 11,
  uid: 1000,
  flags: 0,
  repeats: 1,
  session: 'exec',
  path: '/bin/sleep',
  moverPath: '/bin/sh',
  toPath: '/else/\u001bwhere',
};

test('a move is told with who moved, which process, and where to', () => {
  const terms = { record: record(), clock, program: { package: 'dash 0.5' } };
  const seen = moveSightingOf(move, terms);
  expect(seen).toEqual({
    kind: 'move',
    id: 'abc-10',
    time: start,
    container: { id, name: 'cccccccccccc', image: 'sha256:engine', entrypoint: [] },
    session: 'exec',
    phase: 'boot',
    origin: 'image',
    process: {
      pid: 11,
      startedAt: new Date(start - 2).toISOString(),
      path: '/bin/sh',
      package: 'dash 0.5',
      uid: 1000,
    },
    ancestors: [],
    verdict: 'observed',
    reason: 'none',
    repeats: 1,
    moved: { pid: 12, path: '/bin/sleep' },
    to: '/else/\uFFFDwhere',
    isToContainer: false,
    isBorn: false,
  });
  const flags = moveFlag.container | moveFlag.born | moveFlag.pathCut;
  const elsewhere = { isToContainer: true, isBorn: true, to: '/else/\uFFFDwhere…' };
  expect(moveSightingOf({ ...move, flags }, terms)).toEqual({ ...seen, ...elsewhere });
});

test('a move by a program of the host is told as the moved process’s', () => {
  const seen = moveSightingOf({ ...move, flags: moveFlag.byOther }, { record: record(), clock, program: undefined });
  expect(seen).toMatchObject({ other: '/bin/sh', moved: { pid: 12 } });
  expect(seen.process).toEqual({ pid: 12, startedAt: new Date(start - 1).toISOString(), path: '/bin/sleep' });
});
