import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type LedgerContent, encodeLedger } from '#gate/agent/ledger/encode-ledger.ts';
import { buildWrapper } from './wrapper.ts';

/** A gate of a test's own: the wrapper built for this folder, one instance, and what the wrapper was told and wrote. */
export interface TestGate {
  readonly wrapper: string;
  readonly folder: string;
  readonly ledgerFile: string;
  readonly socket: string;
  readonly spool: string;
  /** Writes `gate.json`; what is not named is what the one before said. */
  configure(settings: Readonly<Record<string, unknown>>): void;
  ledger(compiled: LedgerContent): void;
  /** What the wrapper wrote down since this was asked last, oldest first. */
  decisions(): readonly WrittenDecision[];
}

export interface WrittenDecision {
  readonly id: string;
  readonly time: string;
  readonly verb: string;
  readonly container: string;
  readonly image: string | null;
  readonly answer: 'allow' | 'deny';
  readonly cause: string;
  readonly reason: string;
  readonly ledger?: string;
  readonly ledgerSequence: number;
  readonly asked: 'no' | 'answered' | 'late' | 'away';
  readonly milliseconds: number;
  readonly held?: number;
  readonly armed?: { readonly armed: boolean; readonly milliseconds: number };
  readonly rule?: unknown;
  readonly evidence?: readonly string[];
  readonly effect?: string;
}

export interface TestGateOptions {
  readonly folder: string;
  /** Folder of what the engine keeps. */
  readonly engineRoot: string;
  /** Runtime behind the wrapper. */
  readonly runc: string;
}

export function makeGate({ folder, engineRoot, runc }: TestGateOptions): TestGate {
  const gate = join(folder, 'gate');
  const spool = join(folder, 'decisions');
  const socket = join(folder, 'gate.sock');
  const ledgerFile = join(folder, 'ledger');
  for (const one of [join(gate, 'instances'), join(gate, 'decisions'), spool]) mkdirSync(one, { recursive: true });
  let settings: Readonly<Record<string, unknown>> = { form: 1, runc, unknownInstance: 'deny', broken: 'deny' };
  const configure = (more: Readonly<Record<string, unknown>>): void => {
    settings = { ...settings, ...more };
    writeFileSync(join(gate, 'gate.json'), JSON.stringify(settings));
  };
  configure({});
  const instance = { form: 1, name: 'test', engineRoots: [engineRoot], ledger: ledgerFile, socket, spool };
  writeFileSync(join(gate, 'instances/test.json'), JSON.stringify(instance));
  const seen = new Set<string>();
  return {
    wrapper: buildWrapper({ folder: join(folder, 'build'), gate }),
    folder: gate,
    ledgerFile,
    socket,
    spool,
    configure,
    ledger: (compiled) => writeFileSync(ledgerFile, encodeLedger(compiled)),
    decisions: () => newDecisions([spool, join(gate, 'decisions')], seen),
  };
}

function newDecisions(folders: readonly string[], seen: Set<string>): readonly WrittenDecision[] {
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const fresh = files.filter((file) => !seen.has(file));
  for (const file of fresh) seen.add(file);
  const decisions = fresh.map((file): WrittenDecision => JSON.parse(readFileSync(file, 'utf8')));
  return decisions.toSorted((one, other) => (one.time < other.time ? -1 : 1));
}

/** A line that the wrapper said. */
export type Said = Readonly<Record<string, unknown>>;

export interface Listener {
  /** Everything that was said, oldest first. */
  readonly said: readonly Said[];
  close(): Promise<void>;
}

/**
 * Listens where an agent does, and answers each line with what `answer` gives for it: an object, a text as it is,
 * `hang-up`, or nothing at all.
 */
export async function listen(
  path: string,
  answer: (said: Said) => object | string | undefined | Promise<object | string | undefined>,
): Promise<Listener> {
  const said: Said[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket }).on('error', () => socket.destroy());
    lines.on('line', async (line) => {
      const one: Said = JSON.parse(line);
      said.push(one);
      const reply = await answer(one);
      if (reply === 'hang-up') socket.destroy();
      else if (reply !== undefined) socket.write(typeof reply === 'string' ? reply : `${JSON.stringify(reply)}\n`);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    said,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Runs a program to its end; `started` gets it while it runs. */
export async function runToEnd(
  program: string,
  words: readonly string[],
  started: (child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const from = performance.now();
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => stdout.push(part));
  child.stderr.on('data', (part: Buffer) => stderr.push(part));
  started(child);
  await once(child, 'close');
  return {
    code: child.exitCode,
    signal: child.signalCode,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    took: performance.now() - from,
  };
}
