import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { decodeFrame, encodeFrame } from '../wire/frames.ts';
import type { ContainerFrame, ExecFrame } from '../wire/frames.ts';
import { execFlag } from '../wire/words.ts';
import { SaveFaults } from '../saves/save-faults.ts';
import { RuntimeContainers } from './containers.ts';

const id = 'c'.repeat(64);
const digest = `sha256:${'d'.repeat(64)}` as ImageDigest;
const start = Date.UTC(2026, 10, 24);
const check = ['/bin/sh', '-c', 'curl -f localhost'];
let folder = '';
let now = start;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-containers-'));
  now = start;
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(describe: () => DescribedContainer | undefined = () => undefined): RuntimeContainers {
  return new RuntimeContainers({
    file: join(folder, 'containers.json'),
    describe: async () => describe(),
    identify: async () => digest,
    now: () => now,
    faults: new SaveFaults(silentLog),
    log: silentLog,
    patience: 300,
  });
}

function reported(state: ContainerFrame['state'], cgroup = 7n): ContainerFrame {
  const frame = { kind: 'container', sequence: 1n, time: 1n, cgroup, state, armed: 3, policy: 0, armUs: 9 } as const;
  return { ...frame, id, image: 'sha256:engine', root: '/merged' } as ContainerFrame;
}

/** As the engine describes it; what is not asked about here is missing. */
function described(more: object = {}): DescribedContainer {
  const fact = {
    id,
    name: 'web',
    state: 'running',
    command: ['serve'],
    image: { id: 'e', name: 'shop/web:1' },
    ...more,
  };
  return { fact, pid: 42, healthCheck: check } as unknown as DescribedContainer;
}

/** A program of a session from outside, whose line goes up to `ancestors`. */
function exec(pid: number, argv: readonly string[], ancestors: readonly number[] = []): ExecFrame {
  const file = { device: 1, mode: 0o100755, inode: 1n, ctime: 1n, size: 1n };
  const by = { pid, parent: 1, start: BigInt(pid), uid: 0, policy: 0, policyVersion: 0, repeats: 0 } as const;
  const how = { verdict: 'observed', reason: 'none', origin: 'image', session: 'exec', callerOrigin: 'host' } as const;
  const texts = { path: '/bin/sh', callerPath: '', given: '/bin/sh', argv: argv.join('\0'), applet: '' };
  const frame = encodeFrame({
    kind: 'exec',
    sequence: 1n,
    time: 1n,
    cgroup: 7n,
    ...by,
    ...how,
    ...texts,
    file,
    caller: file,
    flags: ancestors.length === 0 ? execFlag.first : 0,
    ancestors: ancestors.map((one) => ({ pid: one, start: BigInt(one), path: '/bin/sh' })),
  });
  return decodeFrame(frame.readUInt16LE(4), frame.subarray(8)) as ExecFrame;
}

test('sensor and engine may speak in either order', async () => {
  const early = open();
  early.describe(described());
  await early.take(reported('born'), start);
  expect(early.of(7n)?.seen()).toMatchObject({ name: 'web', image: 'shop/web:1', entrypoint: ['serve'] });
  const late = open();
  await late.take(reported('born'), start);
  expect(late.of(7n)).toMatchObject({ isKnown: false, modelKey: undefined });
  late.describe(described({ subject: digest }));
  expect(late.of(7n)?.modelKey).toEqual({ digest, entrypoint: ['serve'] });
});

test('what the engine does not say of itself is asked for, and waited for so long and no longer', async () => {
  const answers: (DescribedContainer | undefined)[] = [undefined, described()];
  const containers = open(() => answers.shift());
  await containers.take(reported('born'), start);
  const record = containers.of(7n);
  if (record === undefined) throw new Error('It is not there.');
  await containers.known(record);
  expect(record.modelKey).toEqual({ digest, entrypoint: ['serve'] });
  expect(containers.known(record)).toBeUndefined();
  const silent = open();
  await silent.take(reported('born', 8n), start);
  const other = silent.of(8n);
  if (other === undefined) throw new Error('It is not there.');
  const waiting = silent.known(other);
  now += 1000;
  await waiting;
  expect(other.isKnown).toBe(false);
});

test('what the sensor said once outlives the agent, and an end is remembered for some minutes', async () => {
  const first = open();
  await first.take(reported('born'), start);
  const record = first.of(7n);
  if (record === undefined) throw new Error('It is not there.');
  await first.listens(record, start + 5000);
  const second = open();
  expect(second.of(7n)?.kept).toEqual({ ...record.kept, firstListenAt: start + 5000 });
  await second.take(reported('gone'), start + 9000);
  expect([second.running().length, second.recent().length]).toEqual([0, 1]);
  now += 10 * 60_000;
  await second.take(reported('born', 9n), now);
  expect(second.of(7n)).toBeUndefined();
  expect(second.byId(id)?.kept.cgroup).toBe('9');
  writeFileSync(join(folder, 'containers.json'), 'torn');
  expect(open().recent()).toEqual([]);
});

test('a boot ends when a container listens, or after a minute; one that was found is past it', async () => {
  const containers = open();
  await containers.take(reported('born'), start);
  const record = containers.of(7n);
  expect([0, 30_000, 60_001].map((later) => record?.phaseAt(start + later))).toEqual(['boot', 'boot', 'run']);
  if (record !== undefined) await containers.listens(record, start + 2000);
  expect(record?.phaseAt(start + 2001)).toBe('run');
  await containers.take(reported('found', 8n), start);
  expect(containers.of(8n)?.phaseAt(start)).toBe('run');
});

test('a health check is known by its words, with all that it starts', async () => {
  const containers = open();
  containers.describe(described());
  await containers.take(reported('born'), start);
  const record = containers.of(7n);
  expect(record?.sessionOf(exec(50, check))).toBe('health-check');
  expect(record?.sessionOf(exec(51, ['curl'], [50]))).toBe('health-check');
  expect(record?.sessionOf(exec(60, ['/bin/sh']))).toBe('exec');
  expect(record?.sessionOf(exec(61, check, [60]))).toBe('exec');
  expect(record?.sessionOf({ ...exec(1, ['serve']), session: 'entry' })).toBe('entry');
});
