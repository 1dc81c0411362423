import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AppError, type ErrorCode, errorCatalogue, isAppError, messageOf, processorBounds } from '#base/index.ts';
import type { TaskReply, TaskRequest } from './task.ts';

/** What a child may use up. */
export interface ChildBounds {
  /** The module that calls `serveTasks`. */
  readonly entry: URL;
  /** V8's heap, in MiB (`--max-old-space-size`). */
  readonly heapMegabytes: number;
  /** Resident memory in MiB, buffers included; looked at each 50 ms while a task runs. */
  readonly memoryMegabytes: number;
  /** Told when a task is ended by its bounds. */
  readonly overLimit?: () => void;
}

/** A child process that does one task at a time. */
export interface TaskChild {
  /**
   * Rejects with the task's own error; with `AppError` `too-costly` when it is ended by time or memory or dies. After
   * that the child is of no use.
   */
  run(request: TaskRequest, milliseconds: number): Promise<unknown>;
  /** Milliseconds that the task under way has computed; 0 where there is no `/proc`. */
  computed(): number;
  /** Whether it can do another task. */
  usable(): boolean;
  kill(): void;
}

/** Milliseconds between two looks at what a child uses up. */
const lookEvery = 50;
/** A task may take so many times longer on a busy machine than it computes. */
const patience = 4;
/** Milliseconds until a child has to be ready; much more than it needs on a busy machine. */
const startLimit = 30_000;
/** Seconds of processor time in a child's life, which the kernel holds even when the console is gone (setrlimit(2)). */
const processorSeconds = 900;
/** Milliseconds of work after which a child is replaced, far from the bound above. */
const workingLife = 300_000;
/** One that keeps more than this share of the memory it may use, and much more than at its start, is replaced too. */
const keptShare = 1 / 3;
const keptGrowth = 1.25;

/** Starts a child, with an empty environment: it holds no secret and opens nothing. */
export function startTaskChild(bounds: ChildBounds): TaskChild {
  const [command = '', ...words] = [...processorBounds(processorSeconds), process.execPath, ...wordsOf(bounds)];
  const child = spawn(command, words, {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  child.unref();
  child.channel?.unref();
  const ended = endOf(child);
  const ready = readyOf(child, ended);
  let worked = 0;
  let atStart = 0;
  void ready.then(() => (atStart = residentMegabytes(child.pid))).catch(() => undefined);
  let computedBefore = 0;
  let over: Error | undefined;
  void ended.then((error) => (over ??= error));
  const kill = (why: Error): void => {
    over ??= why;
    child.kill('SIGKILL');
  };
  return {
    run: async (request, milliseconds) => {
      await ready;
      const began = performance.now();
      computedBefore = processorMilliseconds(child.pid);
      const stopWatch = watch(child, { ...bounds, milliseconds, kill });
      try {
        const reply = await ask(child, request, ended);
        if (reply instanceof Error && isAppError(over) && over.code === 'too-costly') bounds.overLimit?.();
        return outputOf(reply, over);
      } finally {
        stopWatch();
        worked += performance.now() - began;
        const mayKeep = Math.max(bounds.memoryMegabytes * keptShare, atStart * keptGrowth);
        if (worked > workingLife || residentMegabytes(child.pid) > mayKeep) kill(new Error('Worn.'));
      }
    },
    computed: () => Math.max(0, processorMilliseconds(child.pid) - computedBefore),
    usable: () => over === undefined,
    kill: () => kill(new Error('The child process was ended.')),
  };
}

function wordsOf({ entry, heapMegabytes }: ChildBounds): readonly string[] {
  return [`--max-old-space-size=${heapMegabytes}`, '--max-semi-space-size=8', entry.pathname];
}

/** Resolves, never rejects, with what to tell a task that was under way. */
function endOf(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(new Error(`A child process could not be started: ${messageOf(error)}`)));
    child.once('exit', () => resolve(tooCostly('The request took more memory than one may take.')));
  });
}

function readyOf(child: ChildProcess, ended: Promise<Error>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), startLimit).unref();
    child.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error('A child process ended before it was ready.'));
    });
  });
}

/** The child's answer, or why there is none. */
function ask(child: ChildProcess, request: TaskRequest, ended: Promise<Error>): Promise<TaskReply | Error> {
  return new Promise((resolve) => {
    const hear = (reply: TaskReply): void => resolve(reply);
    child.once('message', hear);
    void ended.then((error) => {
      child.off('message', hear);
      resolve(error);
    });
    child.send(request, (error) => {
      if (error !== null) child.kill('SIGKILL');
    });
  });
}

function outputOf(reply: TaskReply | Error, over: Error | undefined): unknown {
  if (reply instanceof Error) throw over ?? reply;
  switch (reply.kind) {
    case 'done':
      return reply.output;
    case 'failed':
      throw failureOf(reply);
    case 'ready':
      throw new Error('A child process said twice that it is ready.');
  }
}

function failureOf({ message, code, next }: Extract<TaskReply, { readonly kind: 'failed' }>): Error {
  if (code === undefined || !Object.hasOwn(errorCatalogue, code)) return new Error(message);
  return new AppError(code as ErrorCode, message, next === undefined ? {} : { next });
}

interface Watched {
  readonly milliseconds: number;
  readonly memoryMegabytes: number;
  readonly kill: (why: Error) => void;
}

function watch(child: ChildProcess, { milliseconds, memoryMegabytes, kill }: Watched): () => void {
  const late = `The request took more than ${milliseconds / 1000} s.`;
  const timer = setTimeout(() => kill(tooCostly(late)), milliseconds * patience);
  const before = processorMilliseconds(child.pid);
  const look = setInterval(() => {
    if (processorMilliseconds(child.pid) - before > milliseconds) return kill(tooCostly(late));
    if (residentMegabytes(child.pid) <= memoryMegabytes) return;
    kill(tooCostly(`The request took more than ${memoryMegabytes} MiB of memory.`));
  }, lookEvery);
  return () => {
    clearTimeout(timer);
    clearInterval(look);
  };
}

/** Time that a process computed (proc(5), in hundredths of a second); 0 when it is gone, and where there is no `/proc`. */
function processorMilliseconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** Resident memory of a process (proc(5)); 0 when it is gone, and where there is no `/proc`. */
function residentMegabytes(pid: number | undefined): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function tooCostly(message: string): AppError {
  return new AppError('too-costly', message);
}
