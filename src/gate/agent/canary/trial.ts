import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { messageOf } from '#base/index.ts';
import { canaryDigest, canaryReason } from './canary.ts';
import { lines } from '../answer/lines.ts';
import { GateReply, type StartQuestion } from '../schema.ts';
import { bundleOf, canaryContainer } from './canary-files.ts';

/** How a gate did when it was asked for what it must refuse. */
export type Trial =
  | { readonly kind: 'refused' }
  /** It let through what it must refuse. */
  | { readonly kind: 'passed'; readonly message: string }
  /** It could not be asked, so nothing is known. */
  | { readonly kind: 'untried'; readonly message: string };

/** Milliseconds for one trial. */
const patience = 10_000;
/** Bytes of an answer, and of what a runtime says. */
const longestWords = 64 * 1024;

/** Asks over the gate's own socket for the start of the canary. */
export async function trySocket(socket: string, canaryFolder: string): Promise<Trial> {
  try {
    const { answer } = await askSocket(socket, {
      container: randomBytes(32).toString('hex'),
      bundle: bundleOf(canaryFolder),
      image: canaryDigest,
    });
    if (answer === 'deny') return { kind: 'refused' };
    return { kind: 'passed', message: 'The agent let a start through that its ledger refuses.' };
  } catch (error) {
    return { kind: 'untried', message: `The gate at ${socket} could not be asked: ${messageOf(error)}.` };
  }
}

/** Asks over the gate's own socket, as the runtime wrapper does. Throws where no answer comes in time. */
export async function askSocket(
  socket: string,
  start: Pick<StartQuestion, 'container' | 'bundle' | 'image'>,
): Promise<GateReply> {
  const connection = connect({ path: socket });
  const late = setTimeout(() => connection.destroy(new Error('it did not answer in time')), patience);
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', resolve);
      connection.once('error', reject);
    });
    const question: StartQuestion = {
      form: 1,
      kind: 'start',
      verb: 'create',
      ...start,
      build: false,
      ledger: 'allow',
      annotations: {},
    };
    connection.write(`${JSON.stringify(question)}\n`);
    const first = await lines(connection, longestWords).next();
    if (first.done === true) throw new Error('it ended the connection');
    return GateReply.parse(JSON.parse(first.value));
  } finally {
    clearTimeout(late);
    connection.destroy();
  }
}

/** Calls the runtime that engines call, with a bundle that nothing can start from. */
export async function tryWrapper(program: string, canaryFolder: string): Promise<Trial> {
  try {
    const { code, said } = await callRuntime(program, canaryFolder, canaryContainer);
    if (code !== 0 && said.includes(canaryReason)) return { kind: 'refused' };
    return { kind: 'passed', message: `${program} handed a start on to the runtime that the ledger refuses.` };
  } catch (error) {
    return { kind: 'untried', message: `${program} could not be called: ${messageOf(error)}.` };
  }
}

/** Calls a runtime for a container of the canary's folder, of which nothing can start. Rejects where it cannot be called. */
export function callRuntime(
  program: string,
  canaryFolder: string,
  container: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const bundle = bundleOf(canaryFolder, container);
  const words = ['--root', `${canaryFolder}/runtime`, 'create', '--bundle', bundle, container];
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patience,
      killSignal: 'SIGKILL',
    });
    let said = '';
    const hear = (chunk: Buffer): void => {
      if (said.length < longestWords) said += chunk.toString();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (_, signal) => {
      // What it started may hold its output for as long as it is stuck.
      if (signal !== null) for (const output of [child.stdout, child.stderr]) output.destroy();
    });
    child.once('close', (code, signal) => {
      if (signal === null) resolve({ code, said });
      else reject(new Error(`it was ended by ${signal}`));
    });
  });
}
