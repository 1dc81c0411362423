import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { decodeFrame, encodeFrame, type Frame, type SensorFrame } from '../wire/frames.ts';
import { protocol } from '../wire/words.ts';
import { connectSensor, type SensorConnection, type SensorContact } from './connect-sensor.ts';

const soon = { timeout: 5000, interval: 5 };
const hello: Frame = {
  kind: 'sensor-hello',
  protocol,
  layout: 1,
  features: 3,
  epoch: 77n,
  bootOffset: 0n,
  kernel: '6.1',
  version: '1.0',
  missing: '',
};
const loss = (sequence: bigint): Frame => {
  return { kind: 'loss', sequence, time: 1n, cgroup: 0n, count: 1n, dimension: 'process' };
};

let folder = '';
let path = '';
const servers: Server[] = [];
const sockets: Socket[] = [];
let connection: SensorConnection | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-sensor-'));
  path = join(folder, 'sensor.sock');
});
afterEach(async () => {
  await connection?.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

/** The other end: answers each connection with these bytes; what it was told is in `heard`. */
async function listen(...bytes: readonly Buffer[]): Promise<Frame[]> {
  const heard: Frame[] = [];
  const server = createServer((socket) => {
    const splitter = new FrameSplitter();
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const { type, payload } of splitter.push(chunk)) {
        const frame = decodeFrame(type, payload);
        if (frame !== undefined) heard.push(frame);
      }
    });
    for (const part of bytes) socket.write(part);
  });
  servers.push(server);
  server.listen(path);
  await once(server, 'listening');
  return heard;
}

function start(reason?: string) {
  const heard: SensorFrame[] = [];
  const contacts: SensorContact[] = [];
  let starts = 0;
  connection = connectSensor({
    socket: path,
    instance: 'blue',
    log: silentLog,
    pace: { firstPause: 10, longestPause: 20, patience: 300 },
    start: async () => {
      starts += 1;
      return reason;
    },
    greet: () => [encodeFrame({ kind: 'configure', bucketNs: 5n, permissionBudgetMs: 200, eventsPerSecond: 100 })],
    hear: (frame) => void heard.push(frame),
    changed: (contact) => void contacts.push(contact),
  });
  return { heard, contacts, starts: () => starts };
}

test('both say who they are, then what is to be known, then events', async () => {
  const reported = await listen(encodeFrame(hello), encodeFrame(loss(1n)));
  const { heard, contacts } = start();
  await expect.poll(() => heard, soon).toEqual([loss(1n)]);
  expect(contacts).toEqual([{ kind: 'working', hello }]);
  connection?.say(encodeFrame({ kind: 'acknowledge', epoch: 77n, sequence: 1n }));
  await expect.poll(() => reported.map(({ kind }) => kind), soon).toEqual(['agent-hello', 'configure', 'acknowledge']);
});

test('a sensor that comes later, or again, is met', async () => {
  const { heard, contacts, starts } = start('There is none.');
  await expect.poll(() => contacts.at(-1), soon).toEqual({ kind: 'missing', reason: 'There is none.' });
  expect(starts()).toBeGreaterThan(0);
  await listen(encodeFrame(hello), encodeFrame(loss(1n)));
  await expect.poll(() => heard.length, soon).toBe(1);
  sockets.splice(0)[0]?.destroy();
  await expect.poll(() => heard.length, soon).toBe(2);
  expect(contacts.map(({ kind }) => kind).slice(-3)).toEqual(['working', 'away', 'working']);
});

test.each([
  ['noise', [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], /too long/],
  ['another protocol', [encodeFrame({ ...hello, protocol: 9 } as Frame)], /protocol 9/],
  ['an event before its name', [encodeFrame(loss(1n))], /before HELLO/],
  ['nothing', [], /who it is/],
  ['a torn event', [encodeFrame(hello), tear(encodeFrame(loss(1n)))], /cut off/],
])('%s is left and tried again, with what was wrong', async (_, bytes, expected) => {
  await listen(...bytes);
  const { contacts, heard } = start();
  const reasons = () => contacts.flatMap((contact) => (contact.kind === 'away' ? [contact.reason] : []));
  await expect.poll(() => reasons().length, soon).toBeGreaterThan(1);
  expect(reasons()[0]).toMatch(expected);
  expect(heard).toEqual([]);
});

/** A frame whose header is honest about a payload that ends too early. */
function tear(frame: Buffer): Buffer {
  const torn = Buffer.from(frame.subarray(0, frame.length - 3));
  torn.writeUInt32LE(torn.length - 8, 0);
  return torn;
}
