import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FrameSplitter } from '../../src/runtime/agent/wire/frame-splitter.ts';
import { type AgentFrame, decodeFrame, encodeFrame, type SensorFrame } from '../../src/runtime/agent/wire/frames.ts';
import type { WireFile } from '../../src/runtime/agent/wire/structs.ts';
import { packRows, rowsOfFrame } from '../../src/runtime/agent/wire/table-frame.ts';
import { protocol } from '../../src/runtime/agent/wire/words.ts';

const native = resolve(import.meta.dirname, '../../native');
const program = join(native, 'build/seawall-sensor');
const run = promisify(execFile);

type Kind = SensorFrame['kind'];
type FrameOf<K extends Kind> = Extract<SensorFrame, { readonly kind: K }>;

/** A sensor of a test's own: its socket, its pins, the engine that it watches. */
export interface TestSensor {
  readonly socket: string;
  readonly pid: number;
  /** Ends the process as a crash would; what it pinned stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill`: as it was built, or another program with its options and this environment. */
  start(other?: OtherProgram): Promise<void>;
  /** Ends it and removes what it pinned. */
  stop(): Promise<void>;
}

interface OtherProgram {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Builds the sensor where a source is newer, and starts it for the engine with this data folder. Needs root. */
export async function startTestSensor(engineRoot: string): Promise<TestSensor> {
  const built = spawnSync('flock', [native, 'make', '--silent', '-C', native]);
  if (built.status !== 0) throw new Error(`The sensor does not build: ${built.stderr}`);
  return await startBuiltSensor(engineRoot);
}

/** Starts the sensor as it was built, and waits so many seconds at most until it listens. */
export async function startBuiltSensor(engineRoot: string, seconds = 30): Promise<TestSensor> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-sensor-'));
  const socket = join(folder, 'sensor.sock');
  const instance = basename(folder);
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child?.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    }
    await rm(socket, { force: true });
  };
  const start = async (other?: OtherProgram) => {
    const log: string[] = [];
    const options = ['--instance', instance, '--socket', socket, '--engine-root', engineRoot];
    child = spawn(other?.program ?? program, options, { env: { ...process.env, ...other?.environment } });
    child.stderr?.on('data', (text: Buffer) => log.push(text.toString()));
    for (let attempt = 0; attempt < 40 * seconds && !existsSync(socket); attempt += 1) {
      if (child.exitCode !== null) throw new Error(`The sensor ended: ${log.join('')}`);
      await new Promise((done) => setTimeout(done, 25));
    }
    if (!existsSync(socket)) throw new Error(`The sensor did not listen within ${seconds} s: ${log.join('')}`);
  };
  const stop = async () => {
    await kill();
    await run(program, ['--instance', instance, '--remove']);
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return {
    socket,
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    start,
    stop,
  };
}

/** A file of an image, for its table. */
export interface TableFile {
  readonly file: WireFile;
  readonly flags?: number;
  readonly ownName?: number;
}

interface TestAgentOptions {
  readonly acknowledges?: boolean;
  /** For how long `until` waits; 30 where nothing is said: the machine may be busy. */
  readonly seconds?: number;
}

/** The agent's side of a sensor's socket, that keeps and acknowledges what it hears. */
export class TestAgent {
  readonly frames: SensorFrame[] = [];
  readonly #socket: Socket;
  readonly #acknowledges: boolean;
  readonly #seconds: number;
  #epoch = 0n;
  #woken: (() => void)[] = [];

  constructor(path: string, { acknowledges = true, seconds = 30 }: TestAgentOptions = {}) {
    this.#acknowledges = acknowledges;
    this.#seconds = seconds;
    const splitter = new FrameSplitter();
    this.#socket = connect(path);
    this.#socket.on('data', (chunk: Buffer) => {
      for (const { type, payload } of splitter.push(chunk)) this.#take(decodeFrame(type, payload) as SensorFrame);
      for (const wake of this.#woken.splice(0)) wake();
    });
    this.#socket.on('error', () => undefined);
    this.send({ kind: 'agent-hello', protocol, instance: 'test' });
  }

  #take(frame: SensorFrame): void {
    this.frames.push(frame);
    if (frame.kind === 'sensor-hello') this.#epoch = frame.epoch;
    if ('sequence' in frame && this.#acknowledges)
      this.send({ kind: 'acknowledge', epoch: this.#epoch, sequence: frame.sequence });
  }

  send(frame: AgentFrame): void {
    this.#socket.write(encodeFrame(frame));
  }

  /** Puts the table of an image, as the agent does, and waits for the answer. */
  async putTable(table: number, files: readonly TableFile[]): Promise<FrameOf<'table-reply'>> {
    const before = this.of('table-reply').filter((one) => one.table === table).length;
    const device = files[0]?.file.device ?? 0;
    const sorted = files.toSorted((one, other) => (one.file.inode < other.file.inode ? -1 : 1));
    for (let first = 0; first < sorted.length; first += rowsOfFrame) {
      const part = sorted.slice(first, first + rowsOfFrame);
      const rows = packRows(
        part.map(({ file: { inode, ctime, size }, flags = 0, ownName = 0 }) => {
          return { inode, ctime, size, flags, ownName };
        }),
      );
      this.send({ kind: 'table', table, device, files: files.length, first, rows });
    }
    const answers = () => this.of('table-reply').filter((one) => one.table === table);
    await this.until('table-reply', () => answers().length > before);
    return answers().at(-1) as FrameOf<'table-reply'>;
  }

  /** Writes bytes that are no frame. */
  sendRaw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Settles when the sensor has closed the connection. */
  closed(): Promise<void> {
    return new Promise((done) => this.#socket.once('close', () => done()));
  }

  of<K extends Kind>(kind: K): readonly FrameOf<K>[] {
    return this.frames.filter((frame): frame is FrameOf<K> => frame.kind === kind);
  }

  /** First frame of this kind that fits, whenever it came. Rejects when it does not come in time. */
  async until<K extends Kind>(kind: K, fits: (frame: FrameOf<K>) => boolean = () => true): Promise<FrameOf<K>> {
    const last = Date.now() + 1000 * this.#seconds;
    while (Date.now() < last) {
      const found = this.of(kind).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((wake) => {
        this.#woken.push(wake);
        setTimeout(wake, 200);
      });
    }
    throw new Error(`No such ${kind} came.`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
