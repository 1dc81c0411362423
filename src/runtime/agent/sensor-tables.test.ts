import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import { type TableFile, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, image, openSensorWorld } from '../../../test/make/sensor-world.ts';
import type { PolicyFrame } from './wire/policy-frame.ts';
import type { WireFile } from './wire/structs.ts';
import { policyFlag } from './wire/words.ts';

// What the kernel's programs judge alone, while the sensor is dead, and what both judge together.

const effects = { driftEffect: 'prevent', codeEffect: 'ignore', modelEffect: 'ignore', toolEffect: 'prevent' } as const;
const refused = 126;
const killed = 137;
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId = '';
let files: readonly TableFile[] = [];
let filePaths: readonly string[] = [];
const inTable = (path: string): WireFile => files[filePaths.indexOf(path)]?.file ?? expect.fail(`no ${path}`);

beforeAll(async () => {
  ({ engine, sensor, agent, imageId } = await openSensorWorld());
  const paths = ['sh', 'ls', 'id', 'sleep', 'cp', 'true', 'touch', 'seq', 'nc', 'dynamic'].map((one) => `bin/${one}`);
  const all = [...paths, 'lib64/ld-linux-x86-64.so.2', 'lib64/libc.so.6'];
  filePaths = all;
  files = await Promise.all(all.map(async (path) => ({ file: await imageFile(engine, [image, path]) })));
  agent.close();
  agent = connect();
}, 60_000);

/** With time to hash, however busy the machine is. */
function connect(): TestAgent {
  const connected = new TestAgent(sensor.socket);
  const configuration = { bucketNs: 900_000_000_000n, permissionBudgetMs: 10_000, eventsPerSecond: 1000 };
  connected.send({ kind: 'configure', ...configuration });
  return connected;
}

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

let version = 0;
async function setPolicy(change: Partial<PolicyFrame> = {}) {
  version += 1;
  const none = { tools: [], edges: [], digests: [], folders: [] };
  const flags = policyFlag.tabled;
  agent.send({
    kind: 'policy',
    policy: 7,
    version,
    flags,
    table: 3,
    images: [imageId],
    ...effects,
    ...none,
    ...change,
  });
  return await agent.until('policy-reply', (one) => one.version === version && one.policy === (change.policy ?? 7));
}

/** Ends the sensor for as long as the work takes: its programs in the kernel judge on. */
async function withoutSensor<T>(work: () => Promise<T>): Promise<T> {
  agent.close();
  await sensor.kill();
  try {
    return await work();
  } finally {
    await sensor.start();
    agent = connect();
    await agent.until('sensor-hello');
  }
}

/** A container whose first program waits for a word before it runs these; born while the sensor is there. */
async function startWaiting(words: string, before = 'true') {
  const script = `${before}; while [ ! -e /tmp/go ]; do sleep 0.05; done; ${words}`;
  const id = (await docker(engine, 'run', '-d', '--network', 'none', image, 'sh', '-c', script)).stdout;
  const { cgroup } = await agent.until('container', (one) => one.id === id);
  const format = '{{.State.Pid}} {{.GraphDriver.Data.UpperDir}}';
  const [pid = '', upper = ''] = (await docker(engine, 'inspect', '--format', format, id)).stdout.split(' ');
  return {
    cgroup,
    upper,
    thread: Number(pid),
    /** How it ends once it goes on. */
    go: async () => {
      writeFileSync(`/proc/${pid}/root/tmp/go`, '');
      const code = Number((await docker(engine, 'wait', id)).stdout);
      await docker(engine, 'rm', '--force', id);
      return code;
    },
  };
}

/** How words end in a container where the guard and the kernel judge, and where the kernel does alone. */
async function codesOf(words: string, prepare: () => Promise<unknown> = async () => undefined) {
  const [first, second] = [await startWaiting(words), await startWaiting(words)];
  await prepare();
  return [await first.go(), await withoutSensor(() => second.go())];
}

/** A path of a map that the sensor pinned. */
const mapOf = (name: string): string => {
  const pins = join('/sys/fs/bpf/seawall', basename(dirname(sensor.socket)));
  return join(pins, readdirSync(pins)[0] ?? '', 'maps', name); // one folder, named after the layout
};

const hex = (bytes: Buffer) => ['hex', ...(bytes.toString('hex').match(/../gu) ?? [])];

function putEntry(map: string, key: Buffer, value: Buffer): void {
  execFileSync('bpftool', ['map', 'update', 'pinned', mapOf(map), 'key', ...hex(key), 'value', ...hex(value)]);
}

/** As the maps have it. */
function imageBytes(file?: WireFile): Buffer {
  if (file === undefined) return Buffer.alloc(32);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(file.device);
  head.writeUInt32LE(file.mode, 4);
  return Buffer.concat([head, packed(file.inode, file.ctime, file.size)]);
}

/** What is known of a copy: a digest, or the image's file that has the same content. */
const contentOf = (sha256: Buffer, as?: WireFile) => Buffer.concat([sha256, imageBytes(as)]);

function packed(...values: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [at, value] of values.entries()) bytes.writeBigUInt64LE(value, 8 * at);
  return bytes;
}

describe('the table of an image', () => {
  /** `/bin/id` with another identity than the table has. */
  const changes = {
    device: (file: WireFile) => ({ ...file, device: file.device + 1 }),
    inode: (file: WireFile) => ({ ...file, inode: file.inode + (1n << 40n) }),
    ctime: (file: WireFile) => ({ ...file, ctime: file.ctime + 1n }),
    size: (file: WireFile) => ({ ...file, size: file.size + 1n }),
  };

  async function codesWith(change: (file: WireFile) => WireFile): Promise<readonly number[]> {
    const id = (await imageFile(engine, [image, 'bin/id'])).inode;
    // The device is the whole table's: then every file is another.
    const isDevice = change === changes.device;
    const changed = files.map(({ file }) => ({ file: isDevice || file.inode === id ? change(file) : file }));
    return await codesOf('/bin/id >/dev/null; exit $?', async () => {
      expect(await agent.putTable(3, changed)).toMatchObject({ accepted: 1 });
      expect(await setPolicy()).toMatchObject({ accepted: 1, reason: '' });
    });
  }

  /** Before each: whatever it was, containers start. */
  beforeEach(async () => {
    await agent.putTable(3, files);
    await setPolicy();
  });

  test('lets run what it holds', async () => {
    expect(await codesWith((file) => file)).toEqual([0, 0]);
  }, 60_000);

  test.each(['inode', 'ctime', 'size', 'device'] as const)(
    'refuses a file with another %s, the kernel alone too',
    async (name) => {
      expect(await codesWith(changes[name])).toEqual([refused, killed]);
    },
    60_000,
  );

  test('is shared by policies that differ in their tools, and ends with the last of them', async () => {
    const { inode } = await imageFile(engine, [image, 'bin/nc']);
    const nc = '/bin/nc --help 2>/dev/null; exit $?';
    await setPolicy({ policy: 8, images: [], tools: [{ inode }] });
    expect(await codesOf(nc)).toEqual([0, 0]);
    expect(await setPolicy({ tools: [{ inode }] })).toMatchObject({ accepted: 1 });
    expect(await codesOf(nc)).toEqual([refused, killed]);
    const mapsOf = () => spawnSync('bpftool', ['map', 'dump', 'pinned', mapOf('image_tables')], { encoding: 'utf8' });
    expect(mapsOf().stdout).toMatch(/Found 1 element/u);
    agent.send({ kind: 'forget-table', table: 3 });
    agent.send({ kind: 'forget-policy', policy: 7 });
    await new Promise((done) => setTimeout(done, 2500));
    expect(mapsOf().stdout).toMatch(/Found 1 element/u);
    agent.send({ kind: 'forget-policy', policy: 8 });
    await expect.poll(() => mapsOf().stdout, { timeout: 10_000 }).toMatch(/Found 0 elements/u);
    expect(await setPolicy()).toMatchObject({ accepted: 0, reason: 'its table is not there' });
  }, 60_000);

  test('holds 300,000 files, searched by the guard and by the kernel', async () => {
    const many = Array.from({ length: 300_000 }, (_, at) => ({
      file: { ...files[0]?.file, inode: BigInt(at + 1) << 40n },
    }));
    const table = [...(many as TableFile[]), ...files];
    expect(await agent.putTable(3, table)).toMatchObject({ accepted: 1, reason: '' });
    expect(await setPolicy()).toMatchObject({ accepted: 1 });
    expect(await codesOf('/bin/id')).toEqual([0, 0]);
  }, 60_000);
});

describe('what the engine lays over the image’s files', () => {
  test('runs by its content as first program', async () => {
    const own = createHash('sha256').update(readFileSync('/usr/bin/tini-static')).digest();
    await agent.putTable(3, files);
    await setPolicy({ digests: [{ sha256: own }] });
    for (let round = 0; round < 5; round++)
      expect(await docker(engine, 'run', '--rm', '--init', '--network', 'none', image, 'true')).toMatchObject({
        code: 0,
      });
  }, 60_000);
});

describe('a known copy', () => {
  const sha256 = createHash('sha256').update(readFileSync('/usr/bin/true')).digest();

  test('runs, however many others there are, also while the sensor is away', async () => {
    await agent.putTable(3, files);
    await setPolicy({ digests: [{ sha256 }] });
    await docker(engine, 'run', '-d', '--name', 'many', '--network', 'none', image, 'sleep', '600');
    const inside = async (words: string) => (await docker(engine, 'exec', 'many', 'sh', '-c', words)).stdout;
    const count = 4500;
    // The engine's own files are known from the birth of a container.
    const known = entriesOf('known_copies');
    // Nine folders of as many copies each.
    const folder = `mkdir /tmp/d1 && for i in $(seq ${count / 9}); do cp /bin/dynamic /tmp/d1/$i; done`;
    expect(await inside(`${folder}; for at in $(seq 2 9); do cp -r /tmp/d1 /tmp/d$at; done`)).toBe('');
    const each = (files: string) => `for one in ${files}; do $one || echo $one $?; done; echo done`;
    expect(await inside(each('/tmp/d*/*'))).toBe('done');
    expect(entriesOf('known_copies')).toBe(count + known);
    expect(await withoutSensor(() => inside(each('/tmp/d*/*')))).toBe('done');
    expect(await inside('/tmp/d1/1; echo $?')).toBe('0');
    // What the policy no longer names is none.
    await setPolicy();
    expect(await withoutSensor(() => inside('/tmp/d1/1; echo $?'))).toBe(String(killed));
    await docker(engine, 'rm', '--force', 'many');
    await expect.poll(() => entriesOf('known_copies'), { timeout: 10_000 }).toBe(0);
  }, 400_000);

  test('that is the first of its container runs with the table full: its thread has a ticket', async () => {
    await setPolicy({ digests: [{ sha256 }] });
    const stranger = (at: number) => packed(99n, BigInt(at), 1n, 1n, 1n);
    const room = 65_536 - entriesOf('known_copies');
    const commands = Array.from({ length: room }, (_, at) =>
      [
        'map update pinned',
        mapOf('known_copies'),
        'key',
        ...hex(stranger(at)),
        'value',
        ...hex(contentOf(sha256)),
      ].join(' '),
    );
    const file = join(dirname(sensor.socket), 'full.batch');
    writeFileSync(file, commands.join('\n'));
    execFileSync('bpftool', ['batch', 'file', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    expect(entriesOf('known_copies')).toBe(65_536);
    const first = await startWaiting('cp /bin/dynamic /tmp/d; /tmp/d; exit $?');
    expect(await first.go()).toBe(0);
    await withoutSensor(async () => undefined); // who has no container leaves at a start
    expect(entriesOf('known_copies')).toBe(0);
  }, 120_000);

  function entriesOf(map: string): number {
    const said = execFileSync('bpftool', ['map', 'dump', 'pinned', mapOf(map)], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    return Number(/Found (\d+) element/u.exec(said)?.[1] ?? (JSON.parse(said) as unknown[]).length);
  }

  const same = (file: WireFile): WireFile => file;
  /** Read once the world is there. */
  const ofImage =
    (path: string, change: (file: WireFile) => WireFile = same) =>
    () =>
      change(inTable(path));
  const others = {
    inode: (file: WireFile) => ({ ...file, inode: file.inode + 1n }),
    device: (file: WireFile) => ({ ...file, device: file.device + 1 }),
    ctime: (file: WireFile) => ({ ...file, ctime: file.ctime + 1n }),
    size: (file: WireFile) => ({ ...file, size: file.size + 1n }),
  };

  /** How a container's first program ends when it starts its own copy of one, while the sensor is away. */
  async function copyRuns(put: (file: WireFile, of: { readonly thread: number; readonly cgroup: bigint }) => void) {
    const held = await startWaiting('exec /tmp/t', 'cp /bin/dynamic /tmp/t && touch /tmp/copied');
    await expect.poll(() => existsSync(join(held.upper, 'tmp/copied')), { timeout: 10_000 }).toBe(true);
    return await withoutSensor(async () => {
      const about = statSync(join(held.upper, 'tmp/t'), { bigint: true });
      const device = Number(((about.dev >> 8n) << 20n) | (about.dev & 0xffn));
      const file = { device, mode: Number(about.mode), inode: about.ino, ctime: about.ctimeNs, size: about.size };
      put(file, held);
      return await held.go();
    });
  }

  const bootNow = () => BigInt(Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1e9));

  /** `as`: the image's file that has the same content. */
  function ticketFor(change: (file: WireFile) => WireFile, age = 0n, as?: () => WireFile) {
    return (file: WireFile, { thread }: { readonly thread: number }) => {
      const { inode, ctime, size, device } = change(file);
      const key = Buffer.alloc(4);
      key.writeUInt32LE(thread);
      const ticket = packed(bootNow() - age, inode, ctime, size, BigInt(device));
      putEntry('tickets', key, Buffer.concat([ticket, imageBytes(as?.())]));
    };
  }

  function copyFor(change: (file: WireFile) => WireFile, elsewhere = 0n, as?: () => WireFile) {
    return (file: WireFile, { cgroup }: { readonly cgroup: bigint }) => {
      const { inode, ctime, size, device } = change(file);
      putEntry(
        'known_copies',
        packed(cgroup + elsewhere, inode, ctime, size, BigInt(device)),
        contentOf(Buffer.alloc(32), as?.()),
      );
    };
  }

  test.each([
    ['nothing', () => undefined, killed],
    ['a ticket', ticketFor(same), 0],
    ...Object.entries(others).map(
      ([name, other]) => [`a ticket for another ${name}`, ticketFor(other), killed] as const,
    ),
    ['a ticket of long ago', ticketFor(same, 10_100_000_000n), killed],
    ['a known copy', copyFor(same), 0],
    ...Object.entries(others).map(([name, other]) => [`a copy with another ${name}`, copyFor(other), killed] as const),
    ["another container's copy", copyFor(same, 1n), killed],
    ["a copy of the image's file", copyFor(same, 0n, ofImage('bin/dynamic')), 0],
    ["a copy of another file than the table's", copyFor(same, 0n, ofImage('bin/dynamic', others.ctime)), killed],
    ["a ticket for the image's file", ticketFor(same, 0n, ofImage('bin/dynamic')), 0],
    ["a ticket for another file than the table's", ticketFor(same, 0n, ofImage('bin/dynamic', others.size)), killed],
  ] as const)(
    'by %s',
    async (_, put, code) => {
      await setPolicy();
      expect(await copyRuns(put)).toBe(code);
    },
    60_000,
  );
});
