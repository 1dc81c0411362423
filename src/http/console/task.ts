import { writeFileSync } from 'node:fs';
import { endWithParent, isAppError, messageOf } from '#base/index.ts';

/**
 * Work that runs in a child process: a pure function over values that structured cloning takes (plain objects, arrays,
 * `Map`, `Date`, `Buffer`). The pool calls it by its name; the child's entry lists it.
 */
export interface Task<Input, Output> {
  /** Unique among the tasks of one entry. */
  readonly name: string;
  readonly run: (input: Input) => Output | Promise<Output>;
}

export function task<Input, Output>(name: string, run: Task<Input, Output>['run']): Task<Input, Output> {
  return { name, run };
}

/** What the pool sends. */
export interface TaskRequest {
  readonly name: string;
  readonly input: unknown;
}

/** What a child sends: once that it is ready, then one answer to each request. */
export type TaskReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string; readonly next?: string };

/** Serves these tasks to the process that started this one, one after the other, until it goes. */
export function serveTasks(tasks: readonly Task<never, unknown>[]): void {
  offerToKernel();
  process.on('disconnect', () => process.exit());
  endWithParent();
  process.on('message', (request: TaskRequest) => void answer(tasks, request).then(send));
  send({ kind: 'ready' });
}

async function answer(tasks: readonly Task<never, unknown>[], { name, input }: TaskRequest): Promise<TaskReply> {
  try {
    const found = tasks.find((one) => one.name === name);
    if (found === undefined) throw new Error(`This child process knows no task "${name}".`);
    return { kind: 'done', output: await found.run(input as never) };
  } catch (error) {
    const { code, next } = isAppError(error) ? error : {};
    return {
      kind: 'failed',
      message: messageOf(error),
      ...(code === undefined ? {} : { code }),
      ...(next === undefined ? {} : { next }),
    };
  }
}

function send(reply: TaskReply): void {
  process.send?.(reply, (error: Error | null) => {
    if (error !== null) process.exit(1);
  });
}

/** Where memory runs out, the kernel ends this process before the console (proc(5), oom_score_adj). */
function offerToKernel(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux, or not allowed: only the order of ends is lost.
  }
}
