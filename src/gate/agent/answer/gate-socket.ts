import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { AppError, type Log, messageOf, oneLine } from '#base/index.ts';
import { CreatedNotice, StartQuestion } from '../schema.ts';
import { lines } from './lines.ts';
import type { GateArming } from '../options.ts';
import type { StartAnswer } from './starts.ts';

export interface GateSocketOptions {
  /** Path of the socket; its folder is for root alone. */
  readonly path: string;
  /** The signal fires when the wrapper went away. */
  readonly answer: (question: StartQuestion, signal: AbortSignal) => Promise<StartAnswer>;
  /** How containers that start are armed; missing: no sensor watches, and no start waits for one. */
  readonly arming?: Omit<GateArming, 'expect'> & {
    /** A container was let start and is about to be made. */
    expect(container: string): Promise<void>;
  };
  /** Told of each start that was let through and made, with how it was armed. */
  readonly created: (id: string, armed: Armed) => void;
  readonly log: Log;
  /** Milliseconds within which a question must come. */
  readonly patience?: number;
  /** Milliseconds for which a start waits to be armed where its rule prevents something. */
  readonly armingPatience?: number;
}

/** How a container stood when the runtime had made it; milliseconds that its start waited for that. */
export interface Armed {
  readonly armed: boolean;
  readonly milliseconds: number;
  /** It is not armed because the sensor is away. */
  readonly startsAgain?: boolean;
}

export interface GateSocket {
  close(): Promise<void>;
}

/** Starts that are asked about at once; a host that starts more has others wait, as its runtime would. */
const mostConnections = 2000;
/** Bytes of one line: annotations of a pod. */
const longestLine = 1024 * 1024;
/** Characters of a reason: the wrapper takes answers of at most 64 KiB. */
const longestReason = 2000;
/** Milliseconds for which a start waits for the sensor where its rule only alerts, and where it prevents. */
const longestArming = { alerting: 100, preventing: 5000 };
/** Milliseconds after which a conversation is over, whatever the hold. */
const longestTalk = 180_000;

/**
 * Answers the runtime wrapper, one conversation for each start: a question, its answer, then that the container is made
 * and whether it is armed; a JSON object in each line. What has not that form ends the conversation, unanswered, and the
 * wrapper does what the ledger's head says of an agent that is away. Throws `AppError` `state-unwritable`.
 */
export async function openGateSocket(options: GateSocketOptions): Promise<GateSocket> {
  const { path } = options;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    void converse(socket, options).finally(() => socket.destroy());
  });
  server.maxConnections = mostConnections;
  await listen(server, path);
  return {
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(path, { force: true });
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
    chmodSync(path, 0o600);
  } catch (cause) {
    throw new AppError('state-unwritable', `The gate cannot listen at ${path}: ${messageOf(cause)}.`, { cause });
  }
}

async function converse(socket: Socket, options: GateSocketOptions): Promise<void> {
  const { log, patience = 5000 } = options;
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  const late = setTimeout(() => socket.destroy(), patience);
  const over = setTimeout(() => socket.destroy(), longestTalk);
  try {
    const heard = lines(socket, longestLine);
    const first = await heard.next();
    clearTimeout(late);
    if (first.done === true) return;
    const asked = performance.now();
    const question = StartQuestion.parse(JSON.parse(first.value));
    const { answer, cause, reason, id, seccomp } = await options.answer(question, gone.signal);
    if (answer === 'allow' && isOfContainer(question)) await options.arming?.expect(question.container);
    const mustArm = answer === 'allow' && isToBeArmed(options, question);
    const more = { ...(seccomp !== undefined && { seccomp }), ...(mustArm && { mustArm }) };
    await say(socket, { answer, cause, reason: oneLine(reason, longestReason), id, ...more });
    if (answer === 'deny') return;
    const second = await heard.next();
    if (second.done === true) return;
    CreatedNotice.parse(JSON.parse(second.value));
    const { refusal, ...armed } = await arming(options, { question, since: asked }, gone.signal);
    options.created(id, armed);
    await say(socket, { ...armed, ...(refusal !== undefined && { refusal }) });
  } catch (error) {
    log.warn({ error: messageOf(error).slice(0, 500) }, 'A question at the gate was not understood.');
  } finally {
    clearTimeout(late);
    clearTimeout(over);
  }
}

/** Whether the start must not go on before its container is armed. */
function isToBeArmed({ arming }: GateSocketOptions, question: StartQuestion): boolean {
  return isOfContainer(question) && arming?.prevents(question.container) === true;
}

/** Whether one of the engine's containers starts: a step of a build and a plugin are none, and what is execed runs already. */
function isOfContainer({ build, plugin, exec }: StartQuestion): boolean {
  return !build && plugin === undefined && exec === undefined;
}

/** Where the rule only alerts, the start goes on when the time is over, and that it was late is told; where it prevents, it is refused. */
async function arming(
  options: GateSocketOptions,
  { question, since }: { readonly question: StartQuestion; readonly since: number },
  gone: AbortSignal,
): Promise<Armed & { readonly refusal?: string }> {
  const { container } = question;
  const { arming: gate, armingPatience = longestArming.preventing } = options;
  if (gate === undefined) return { armed: false, milliseconds: 0 };
  const began = performance.now();
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(),
    isToBeArmed(options, question) ? armingPatience : longestArming.alerting,
  );
  const found = await gate.wait(container, since, AbortSignal.any([gone, late.signal]));
  clearTimeout(timer);
  const milliseconds = Math.round((performance.now() - began) * 100) / 100;
  if (found.kind === 'armed') return { armed: true, milliseconds };
  const { startsAgain, reason } = found;
  // Asked again: the engine may have described it meanwhile, and the rule of now decides.
  const refusal = isToBeArmed(options, question) ? { refusal: refusalOf(reason, milliseconds) } : {};
  return { armed: false, milliseconds, startsAgain, ...refusal };
}

function refusalOf(why: string, milliseconds: number): string {
  const waited = (milliseconds / 1000).toFixed(1);
  return `Its runtime rule prevents, and the sensor had not armed it within ${waited} s: ${why} See on the page Hosts whether the sensor works, and start it again.`;
}

function say(socket: Socket, what: object): Promise<void> {
  return new Promise((resolve) => socket.write(`${JSON.stringify(what)}\n`, () => resolve()));
}
