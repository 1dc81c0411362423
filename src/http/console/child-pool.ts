import { AppError } from '#base/index.ts';
import { type CallerQueues, openCallerQueues, type Queued } from './caller-queues.ts';
import { type ChildBounds, startTaskChild, type TaskChild } from './task-child.ts';
import type { Task } from './task.ts';

export interface ChildPoolOptions extends ChildBounds {
  /** Children at once. */
  readonly size: number;
  /** Milliseconds that a task may compute; it may take four times as long. */
  readonly timeout: number;
  /** Milliseconds that a task may compute before it gives way, once, to callers that wait. */
  readonly turn: number;
  /** Tasks of one caller that may wait; one more is `busy`. */
  readonly queuePerCaller: number;
  /** Tasks of all callers that may wait; 256 unless said. */
  readonly queueTotal?: number;
}

/** Whose task it is, and until when it is wanted. */
export interface RunOptions {
  /** `user ID`, `token ID`, `agent ID`: who waits with others in one queue. */
  readonly caller: string;
  /** Fires when the client left: the task is ended then. */
  readonly signal?: AbortSignal;
  /** Milliseconds, in the place of the pool's. */
  readonly timeout?: number;
}

/** Child processes, kept ready, for what outsiders send: to parse it here could stop the whole console. */
export interface ChildPool {
  /**
   * Throws the task's own error; `AppError` `busy` when the caller has too many waiting, `too-costly` when the task took
   * too much time or memory; the signal's reason when it fires.
   */
  run<Input, Output>(task: Task<Input, Output>, input: Input, options: RunOptions): Promise<Output>;
  /** Ends all children; what they had under way fails. */
  close(): void;
}

interface Waiting extends Queued {
  readonly signal: AbortSignal | undefined;
  readonly work: (child: TaskChild) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** It had its turn and gave way; it begins anew. */
  gaveWay: boolean;
}

interface Running {
  readonly waiting: Waiting;
  readonly child: TaskChild;
}

const usualTotal = 256;
/** Milliseconds between two looks for somebody who waits for tasks that had their turn. */
const lookEvery = 100;

/**
 * One caller has at most all children but one, and callers take turns: whoever sends much waits for himself alone. Where
 * tasks that had their turn hold all children, the last of them gives way to a caller that waits and begins anew later;
 * those that gave way have all children but one. The first child is started at once, the others when they are needed;
 * each is used until it dies or grew large.
 */
export function openChildPool(options: ChildPoolOptions): ChildPool {
  const { size, timeout, turn, queuePerCaller, queueTotal = usualTotal } = options;
  const queues = openCallerQueues<Waiting>();
  const crew = openCrew(size);
  const children = openChildren(options);
  const look = setInterval(() => crew.makeRoom(queues, turn), lookEvery).unref();
  let closed = false;

  function pump(): void {
    const waiting = closed ? undefined : queues.take(crew.mayStart);
    if (waiting === undefined) return;
    void perform(waiting).then(pump);
    pump();
  }

  async function perform(waiting: Waiting): Promise<void> {
    const { signal, work, resolve, reject, gaveWay: before } = waiting;
    const child = children.take();
    crew.add({ waiting, child });
    const leave = (): void => {
      child.kill();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    await work(child).then(resolve, (error: unknown) => {
      if (waiting.gaveWay === before || signal?.aborted === true || closed) reject(error);
      else queues.putBack(waiting);
    });
    signal?.removeEventListener('abort', leave);
    children.giveBack(child);
    crew.remove(child);
  }

  function enqueue(waiting: Waiting): void {
    const { caller, signal, reject } = waiting;
    if (closed) return reject(new Error(closedWords));
    if (signal?.aborted === true) return reject(signal.reason);
    const mine = queues.count(caller);
    if (!crew.mayStart(waiting) && (mine >= queuePerCaller || queues.count() >= queueTotal))
      return reject(tooMany(mine));
    queues.add(waiting);
    signal?.addEventListener('abort', () => queues.remove(waiting) && reject(signal.reason), { once: true });
    pump();
  }

  return {
    run: (task, input, { caller, signal, timeout: own = timeout }) =>
      new Promise((resolve, reject) => {
        const work = (child: TaskChild): Promise<unknown> => child.run({ name: task.name, input }, own);
        enqueue({ caller, signal, work, resolve: resolve as Waiting['resolve'], reject, gaveWay: false });
      }),
    close: () => {
      closed = true;
      clearInterval(look);
      children.close();
      for (const { reject } of queues.clear()) reject(new Error(closedWords));
    },
  };
}

/** The tasks that run now. */
interface Crew {
  add(one: Running): void;
  remove(child: TaskChild): void;
  mayStart(waiting: Waiting): boolean;
  /** Where somebody waits for tasks that all had their turn, the last that did not give way before does. */
  makeRoom(queues: CallerQueues<Waiting>, turn: number): void;
}

function openCrew(size: number): Crew {
  const most = Math.max(1, size - 1);
  let running: readonly Running[] = [];
  const mayRun = (caller: string): boolean => running.filter(({ waiting }) => waiting.caller === caller).length < most;
  return {
    add: (one) => void (running = [...running, one]),
    remove: (child) => void (running = running.filter((one) => one.child !== child)),
    mayStart: ({ caller, gaveWay }) =>
      running.length < size &&
      mayRun(caller) &&
      (!gaveWay || running.filter(({ waiting }) => waiting.gaveWay).length < most),
    makeRoom: (queues, turn) => {
      if (running.length < size || !queues.has(({ caller, gaveWay }) => !gaveWay && mayRun(caller))) return;
      if (running.some(({ child }) => child.computed() < turn)) return;
      const last = running.findLast(({ waiting }) => !waiting.gaveWay);
      if (last === undefined) return;
      last.waiting.gaveWay = true;
      last.child.kill();
    },
  };
}

const closedWords = 'The child processes are ended.';

/** Children that do nothing now, and those that are out. */
interface Children {
  take(): TaskChild;
  giveBack(child: TaskChild): void;
  close(): void;
}

function openChildren(bounds: ChildBounds): Children {
  const idle: TaskChild[] = [startTaskChild(bounds)];
  const out = new Set<TaskChild>();
  let closed = false;
  return {
    take: () => {
      let child = idle.pop();
      while (child?.usable() === false) child = idle.pop();
      child ??= startTaskChild(bounds);
      out.add(child);
      return child;
    },
    giveBack: (child) => {
      out.delete(child);
      if (closed) child.kill();
      else if (child.usable()) idle.push(child);
      else if (idle.length === 0) idle.push(startTaskChild(bounds));
    },
    close: () => {
      closed = true;
      for (const child of [...idle.splice(0), ...out]) child.kill();
    },
  };
}

function tooMany(waiting: number): AppError {
  return new AppError('busy', `The console works on requests of this caller already; ${waiting} more are waiting.`);
}
