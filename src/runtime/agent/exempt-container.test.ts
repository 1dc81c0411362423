import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exemptContainer } from './exempt-container.ts';
import { FrameSplitter } from './wire/frame-splitter.ts';
import { decodeFrame, encodeFrame, type Frame } from './wire/frames.ts';
import { status } from './wire/structs.ts';
import { frameType, protocol } from './wire/words.ts';

const container = 'c1'.repeat(32);
let folder = '';
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-exempt-'));
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const socket = () => join(folder, 'sensor.sock');
const ask = () => exemptContainer({ socket: socket(), instance: 'blue', container });
const hello = (spoken: number): Buffer => {
  const about = { layout: 1, features: 3, epoch: 7n, bootOffset: 0n, kernel: '6.1', version: '1', missing: '' };
  return encodeFrame({ kind: 'sensor-hello', protocol: spoken, ...about });
};

/** The other end: says these bytes, and closes or answers what is asked after a hello in its own protocol. */
async function listen(spoken: number, taken: number): Promise<Frame[]> {
  const heard: Frame[] = [];
  server = createServer((line) => {
    const splitter = new FrameSplitter();
    line.on('error', () => undefined);
    line.write(hello(spoken));
    line.on('data', (bytes: Buffer) => {
      for (const { type, payload } of splitter.push(bytes)) {
        const frame = decodeFrame(type, payload);
        if (frame !== undefined) heard.push(frame);
        if (frame?.kind === 'agent-hello' && frame.protocol !== taken) return line.destroy();
        if (frame?.kind === 'ask-status') answer(line.write.bind(line));
      }
    });
  });
  server.listen(socket());
  await once(server, 'listening');
  return heard;
}

/** A status of a later protocol may be longer. */
function answer(say: (bytes: Buffer) => void): void {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(status.size + 16, 0);
  head.writeUInt16LE(frameType.status, 4);
  say(Buffer.concat([head, Buffer.alloc(status.size + 16)]));
}

test.each([protocol, protocol - 1, protocol + 1])('a sensor of protocol %i takes the container out', async (spoken) => {
  const heard = await listen(spoken, spoken);
  expect(await ask()).toBe('taken');
  expect(heard.map(({ kind }) => kind)).toEqual(['agent-hello', 'policy', 'assign', 'keep-assigned', 'ask-status']);
  expect(heard[1]).toMatchObject({ driftEffect: 'ignore', codeEffect: 'ignore', images: [] });
  expect(heard[2]).toMatchObject({ id: container, policy: (heard[1] as { policy?: number }).policy });
});

test('one that closes the connection has refused', async () => {
  await listen(protocol, protocol + 1);
  expect(await ask()).toBe('refused');
});

test('where none listens there is none', async () => {
  expect(await ask()).toBe('none');
});
