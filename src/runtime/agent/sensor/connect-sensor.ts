import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf } from '#base/index.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { decodeFrame, encodeFrame, type SensorFrame, type SensorHello } from '../wire/frames.ts';
import { WireError } from '../wire/layout.ts';
import { protocol } from '../wire/words.ts';

/** How the agent stands with its sensor. */
export type SensorContact =
  | { readonly kind: 'working'; readonly hello: SensorHello }
  /** It was there, or is on its way; tried again by itself. */
  | { readonly kind: 'away'; readonly reason: string }
  /** There is none, and none can be started. */
  | { readonly kind: 'missing'; readonly reason: string };

/** Milliseconds. */
export interface SensorPace {
  readonly firstPause: number;
  readonly longestPause: number;
  /** Within which a sensor says who it is. */
  readonly patience: number;
}

const usualPace: SensorPace = { firstPause: 250, longestPause: 15_000, patience: 5000 };

export interface SensorOptions {
  readonly socket: string;
  readonly instance: string;
  readonly log: Log;
  readonly pace?: SensorPace;
  /** Starts a sensor where none listens. Answers why there can be none; nothing when one is on its way. */
  readonly start: () => Promise<string | undefined>;
  /** Called after each HELLO for the frames to be said before anything is heard. */
  readonly greet: (hello: SensorHello) => readonly Buffer[];
  /** Called with one frame after the other; the next one waits for the answer. */
  readonly hear: (frame: SensorFrame) => Promise<void> | void;
  readonly changed: (contact: SensorContact) => void;
}

/** The agent's end of the socket to its sensor. */
export interface SensorConnection {
  /** Sends a frame as it is encoded; what is said while the sensor is away is not kept, `greet` says it anew. */
  say(frame: Buffer): void;
  /** The same; resolves when there is room for the next one, `false` when no sensor is there. */
  deliver(frame: Buffer): Promise<boolean>;
  close(): Promise<void>;
}

/** Keeps connected to the sensor, started where there is none, until it is closed. */
export function connectSensor(options: SensorOptions): SensorConnection {
  const meeting: Meeting = { ended: new AbortController(), socket: undefined };
  const working = keepMeeting(options, meeting);
  return {
    say(frame) {
      meeting.socket?.write(frame);
    },
    async deliver(frame) {
      const { socket } = meeting;
      if (socket === undefined) return false;
      if (!socket.write(frame)) await hasRoom(socket);
      return meeting.socket === socket;
    },
    async close() {
      meeting.ended.abort();
      await working;
    },
  };
}

interface Meeting {
  readonly ended: AbortController;
  /** While both have said HELLO. */
  socket: Socket | undefined;
}

async function keepMeeting(options: SensorOptions, meeting: Meeting): Promise<void> {
  const { log, pace = usualPace } = options;
  const { signal } = meeting.ended;
  let said = '';
  for (let failures = 0; !signal.aborted; ) {
    const { met, error } = await meet(options, meeting);
    if (signal.aborted) return;
    if (met) failures = 0;
    const missing = listensNot(error) ? await options.start().catch(messageOf) : undefined;
    const reason = missing ?? (listensNot(error) ? `No sensor listens at ${options.socket} yet.` : messageOf(error));
    if (missing === undefined) options.changed({ kind: 'away', reason });
    else options.changed({ kind: 'missing', reason });
    if (reason !== said) log.warn({ reason }, 'The sensor is not there; it is tried again.');
    said = met ? '' : reason;
    const pause = Math.min(pace.longestPause, pace.firstPause * 2 ** failures++);
    await wait(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** One connection from its beginning to its end. */
async function meet(
  options: SensorOptions,
  meeting: Meeting,
): Promise<{ readonly met: boolean; readonly error: unknown }> {
  const { signal } = meeting.ended;
  const socket = connect({ path: options.socket });
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  let met = false;
  try {
    await connected(socket);
    socket.write(encodeFrame({ kind: 'agent-hello', protocol, instance: options.instance }));
    await hearAll(options, socket, (hello) => {
      met = true;
      for (const frame of options.greet(hello)) socket.write(frame);
      meeting.socket = socket;
      options.changed({ kind: 'working', hello });
    });
    return { met, error: new Error('It ended the connection.') };
  } catch (error) {
    return { met, error };
  } finally {
    meeting.socket = undefined;
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function hearAll(options: SensorOptions, socket: Socket, met: (hello: SensorHello) => void): Promise<void> {
  const { patience } = options.pace ?? usualPace;
  const splitter = new FrameSplitter();
  const late = setTimeout(() => socket.destroy(new Error('It does not say who it is.')), patience);
  let isMet = false;
  try {
    for await (const chunk of socket) {
      for (const { type, payload } of splitter.push(chunk as Buffer)) {
        const frame = decodeFrame(type, payload);
        if (frame === undefined) continue;
        if (isMet) {
          await options.hear(frame as SensorFrame);
          continue;
        }
        met(helloOf(frame));
        isMet = true;
        clearTimeout(late);
      }
    }
  } finally {
    clearTimeout(late);
  }
}

function helloOf(frame: { readonly kind: string }): SensorHello {
  if (frame.kind !== 'sensor-hello') throw new WireError(`It says ${frame.kind} before HELLO.`);
  const hello = frame as SensorHello;
  if (hello.protocol !== protocol)
    throw new WireError(`It speaks protocol ${hello.protocol}, this agent ${protocol}; install both of one version.`);
  return hello;
}

/** Resolves when what was written is taken, or the connection is over. */
function hasRoom(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
}

function listensNot(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EACCES';
}
