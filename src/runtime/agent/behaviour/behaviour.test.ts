import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { wantedIdOf } from '../../model-id.ts';
import { RuntimeContainers } from '../containers/containers.ts';
import { EvidenceStore } from '../evidence-store.ts';
import { FileHasher } from '../hash-file.ts';
import type { ImagePrograms } from '../image-programs.ts';
import { SaveFaults } from '../saves/save-faults.ts';
import type { SequencedFrame } from '../wire/frames.ts';
import { Behaviour } from './behaviour.ts';
import { ProgramsSeen } from './programs-seen.ts';

const id = 'c'.repeat(64);
const digest = `sha256:${'d'.repeat(64)}` as ImageDigest;
const noon = Date.parse('2026-11-24T12:00:00Z');
const clock = { epoch: 1n, bootOffset: BigInt(noon) * 1_000_000n };
const faults = new SaveFaults(silentLog);
let folder = '';
let sent: { readonly kind: string; readonly body: unknown }[] = [];
let containers: RuntimeContainers;
let evidence: EvidenceStore;
let behaviour: Behaviour;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-behaviour-'));
  sent = [];
  containers = new RuntimeContainers({
    file: join(folder, 'containers.json'),
    describe: async () => undefined,
    identify: async () => digest,
    now: () => noon,
    faults,
    log: silentLog,
  });
  evidence = new EvidenceStore({
    folder: join(folder, 'models'),
    bucketSeconds: () => 3600,
    send: async () => undefined,
    faults,
    log: silentLog,
    lag: 1,
    pace: { firstPause: 5, longestPause: 20, patience: 60 },
  });
  behaviour = new Behaviour({
    containers,
    evidence,
    programs: new ProgramsSeen({ find: async () => undefined } as unknown as ImagePrograms, new FileHasher()),
    bucketSeconds: () => 3600,
    rule: () => undefined,
    index: () => undefined,
    chosen: () => undefined,
    send: async (kind, body) => void sent.push({ kind, body }),
    stop: async () => undefined,
    changed: () => undefined,
    log: silentLog,
  });
  const born = { kind: 'container', sequence: 1n, time: 1n, cgroup: 7n, state: 'born', armed: 3, policy: 0, armUs: 9 };
  await containers.take({ ...born, id, image: 'sha256:e', root: '/' } as never, noon);
  const fact = { id, name: 'web', state: 'running', command: ['serve'], image: { id: 'e', name: 'shop/web:1' } };
  containers.describe({ fact: { ...fact, subject: digest }, pid: 42 } as unknown as DescribedContainer);
});
afterEach(async () => {
  await Promise.all([evidence.close(), containers.close()]);
  rmSync(folder, { recursive: true });
});

const losses = () => sent.filter(({ kind }) => kind === 'loss').map(({ body }) => body);

/** A throttle event so many minutes after noon. */
function throttled(minutes: number): SequencedFrame {
  return { kind: 'throttle', sequence: 5n, time: BigInt(minutes * 60) * 1_000_000_000n, cgroup: 7n, count: 9n };
}

test('what a container was throttled by is told once for each hour', async () => {
  for (const minutes of [0, 1, 2, 59, 60, 61]) await behaviour.take(throttled(minutes), clock);
  const at = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();
  expect(losses()).toEqual([
    { container: id, dimension: 'process', count: 9, at: at(0) },
    { container: id, dimension: 'process', count: 9, at: at(60) },
  ]);
});

test('an event whose evidence the disk does not take is kept as a loss of its hour, and holds up nothing', async () => {
  const record = containers.byId(id);
  const key = record?.modelKey ?? { digest, entrypoint: [] };
  mkdirSync(join(folder, 'models', `${wantedIdOf(key)}.json.zst`, 'in the way'), { recursive: true });
  const file = { device: 1, mode: 0o100755, inode: 5n, ctime: 1n, size: 1n };
  const by = { pid: 9, parent: 1, start: 1n, uid: 0, policy: 0, policyVersion: 0, flags: 0, repeats: 0 } as const;
  const how = {
    verdict: 'refused',
    reason: 'drift',
    origin: 'upper',
    session: 'entry',
    callerOrigin: 'image',
  } as const;
  const texts = {
    path: '/tmp/z',
    callerPath: '/bin/sh',
    given: '/tmp/z',
    argv: '',
    applet: '',
    ancestors: [],
  } as const;
  const event = {
    kind: 'exec',
    sequence: 6n,
    time: 0n,
    cgroup: 7n,
    ...by,
    ...how,
    ...texts,
    file,
    caller: file,
  } as const;
  await behaviour.take(event as never, clock);
  await behaviour.take({ ...event, sequence: 7n } as never, clock);
  expect(sent.filter(({ kind }) => kind === 'detection').length).toBeGreaterThan(0);
  expect(losses()).toMatchObject([{ container: id, dimension: 'process', count: 1 }]);
  rmSync(join(folder, 'models', `${wantedIdOf(key)}.json.zst`), { recursive: true });
});

test('an event that is given up is a loss of its container', async () => {
  await behaviour.giveUp(throttled(3), clock);
  expect(losses()).toMatchObject([{ container: id, dimension: 'process', count: 9 }]);
});
