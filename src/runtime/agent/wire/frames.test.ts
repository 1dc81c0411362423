import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameSplitter } from './frame-splitter.ts';
import { decodeFrame, encodeFrame, type Frame } from './frames.ts';
import { WireError } from './layout.ts';
import { packRows } from './table-frame.ts';
import {
  codeKind,
  containerState,
  dimension,
  effect,
  frameType,
  listing,
  origin,
  problem,
  reason,
  session,
  verdict,
} from './words.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const text = fc.string({ maxLength: 40, unit: 'binary' }).filter((value) => value.isWellFormed());
const id = fc.stringMatching(/^[0-9a-f]{64}$/);
const word = <Words extends object>(words: Words) => fc.constantFrom(...(Object.keys(words) as (keyof Words)[]));
const file = fc.record({ device: u32, mode: u32, inode: u64, ctime: u64, size: u64 });
const event = { sequence: u64, time: u64, cgroup: u64 };
const ancestors = fc.array(fc.record({ pid: u32, start: u64, path: text }), { maxLength: 6 });
const process = {
  ...event,
  pid: u32,
  parent: u32,
  start: u64,
  uid: u32,
  policy: u32,
  policyVersion: u32,
  flags: u32,
  repeats: u32,
  verdict: word(verdict),
  origin: word(origin),
  session: word(session),
  file,
  ancestors,
};
const effects = {
  driftEffect: word(effect),
  codeEffect: word(effect),
  modelEffect: word(effect),
  toolEffect: word(effect),
};

const fields = {
  'sensor-hello': {
    protocol: u16,
    layout: u16,
    features: u32,
    epoch: u64,
    bootOffset: u64,
    kernel: text,
    version: text,
    missing: text,
  },
  container: { ...event, state: word(containerState), armed: u8, policy: u32, armUs: u32, id, image: text, root: text },
  exec: {
    ...process,
    reason: word(reason),
    callerOrigin: word(origin),
    caller: file,
    path: text,
    callerPath: text,
    given: text,
    argv: text,
    applet: text,
  },
  code: {
    ...process,
    codeKind: word(codeKind),
    opener: file,
    path: text,
    openerPath: text,
    writerPath: text,
    argv: text,
    sha256: text,
  },
  armed: {
    cgroup: u64,
    since: u64,
    policy: u32,
    version: u32,
    mechanisms: u16,
    problem: word(problem),
    id,
    reason: text,
  },
  listen: { ...event, pid: u32, port: u16, protocol: u8, family: u8, path: text },
  loss: { ...event, count: u64, dimension: word(dimension) },
  throttle: { ...event, count: u64 },
  move: {
    ...event,
    to: u64,
    start: u64,
    moverStart: u64,
    pid: u32,
    mover: u32,
    uid: u32,
    flags: u32,
    repeats: u32,
    session: word(session),
    path: text,
    moverPath: text,
    toPath: text,
  },
  'table-reply': { table: u32, accepted: u8, reason: text },
  'policy-reply': { policy: u32, version: u32, accepted: u8, reason: text },
  status: {
    events: u64,
    lost: u64,
    throttled: u64,
    permissions: u64,
    permissionsLate: u64,
    permissionNsTotal: u64,
    memory: u64,
    oldestNs: u64,
    containers: u32,
    policies: u32,
    queued: u32,
    failedUpdates: u32,
  },
  mapping: {
    cgroup: u64,
    request: u32,
    mappings: u32,
    processes: u32,
    origin: word(origin),
    listing: word(listing),
    allowed: u8,
    file,
    path: text,
  },
  'mappings-end': {
    cgroup: u64,
    request: u32,
    processes: u32,
    mappings: u32,
    files: u32,
    anonymous: u32,
    policy: u32,
    time: u64,
    since: u64,
    passed: u64,
    stopped: u64,
    unjudged: u64,
  },
  'ask-code': { cgroup: u64, request: u32 },
  'agent-hello': { protocol: u16, instance: text },
  acknowledge: { epoch: u64, sequence: u64 },
  configure: { bucketNs: u64, permissionBudgetMs: u32, eventsPerSecond: u32 },
  policy: {
    policy: u32,
    version: u32,
    flags: u32,
    ...effects,
    table: u32,
    images: fc.array(text, { maxLength: 4 }),
    tools: fc.array(fc.record({ inode: u64 }), { maxLength: 8 }),
    edges: fc.array(fc.record({ child: u64, caller: u64, applet: u64 }), { maxLength: 8 }),
    digests: fc.array(
      fc.record({ sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)) }),
      { maxLength: 4 },
    ),
    folders: fc.array(fc.record({ program: u64, folder: text }), { maxLength: 4 }),
  },
  'forget-policy': { policy: u32 },
  assign: { policy: u32, id },
  'keep-assigned': { id },
  table: {
    table: u32,
    device: u32,
    files: u32,
    first: u32,
    rows: fc
      .array(fc.record({ inode: u64, ctime: u64, size: u64, flags: u32, ownName: u32 }), { maxLength: 8 })
      .map(packRows),
  },
  'forget-table': { table: u32 },
  'ask-status': {},
} satisfies Record<Frame['kind'], object>;

const kinds = Object.keys(fields) as Frame['kind'][];
const frameOf = (kind: Frame['kind']) =>
  fc.record({ kind: fc.constant(kind), ...fields[kind] }, { noNullPrototype: true }) as fc.Arbitrary<Frame>;
const anyFrame = fc.oneof(...kinds.map(frameOf));

/** Everything that a stream of these chunks holds. */
function read(chunks: readonly Buffer[]): readonly (Frame | undefined)[] {
  const splitter = new FrameSplitter();
  return chunks.flatMap((chunk) => splitter.push(chunk)).map(({ type, payload }) => decodeFrame(type, payload));
}

/** The stream in pieces of these sizes. */
function cut(stream: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(stream.subarray(at, at + size));
    at += size;
  }
  return [...chunks, stream.subarray(at)];
}

describe('frames', () => {
  test.each(kinds)('%s is read as it was written', (kind) => {
    fc.assert(
      fc.property(frameOf(kind), (frame) => {
        expect(read([encodeFrame(frame)])).toEqual([frame]);
      }),
    );
  });

  test('come whole out of a stream, however it is cut', () => {
    const sizes = fc.array(fc.nat(200), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 6 }), sizes, (frames, pieces) => {
        expect(read(cut(Buffer.concat(frames.map(encodeFrame)), pieces))).toEqual(frames);
      }),
    );
  });

  test('of a type that is not known are passed over', () => {
    const stranger = Buffer.alloc(8 + 5);
    stranger.writeUInt32LE(5, 0);
    stranger.writeUInt16LE(999, 4);
    const known: Frame = { kind: 'forget-policy', policy: 7 };
    expect(read([stranger, encodeFrame(known)])).toEqual([undefined, known]);
  });
});

/** Fails with anything but a clean error. */
function onlyWireErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
  }
}

describe('what is no frame is refused and breaks nothing', () => {
  test('cut off or too long', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, at) => {
        const payload = encodeFrame(frame).subarray(8);
        const type = encodeFrame(frame).readUInt16LE(4);
        expect(() => decodeFrame(type, Buffer.concat([payload, Buffer.alloc(1)]))).toThrow(WireError);
        if (payload.length === 0) return;
        expect(() => decodeFrame(type, payload.subarray(0, at % payload.length))).toThrow(WireError);
      }),
    );
  });

  test('noise, and frames with bytes turned', () => {
    const types = fc.constantFrom(...Object.values(frameType));
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 600 }), (type, bytes) => {
        onlyWireErrors(() => decodeFrame(type, Buffer.from(bytes)));
        onlyWireErrors(() => read([Buffer.from(bytes)]));
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(anyFrame, fc.nat(), u8, (frame, at, value) => {
        const bytes = encodeFrame(frame);
        bytes[at % bytes.length] = value;
        onlyWireErrors(() => read([bytes]));
      }),
      { numRuns: 1000 },
    );
  });

  test('a header that announces more than a frame may hold', () => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(16 * 1024 * 1024 + 1, 0);
    expect(() => new FrameSplitter().push(head)).toThrow(/too long/);
  });

  test.each([20, 16, 12, 8, 4])(
    'a count that promises more than there is costs nothing: %s bytes before the end',
    (count) => {
      const frame: Frame = {
        kind: 'policy',
        policy: 1,
        version: 1,
        flags: 0,
        table: 0,
        images: [],
        tools: [],
        edges: [],
        digests: [],
        folders: [],
        driftEffect: 'alert',
        codeEffect: 'alert',
        modelEffect: 'alert',
        toolEffect: 'alert',
      };
      const payload = encodeFrame(frame).subarray(8);
      payload.writeUInt32LE(0xffff_ffff, payload.length - count);
      expect(() => decodeFrame(frameType.policy, payload)).toThrow(WireError);
    },
  );
});
