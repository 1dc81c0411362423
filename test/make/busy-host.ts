import { spawn } from 'node:child_process';

/** Processes that take all the processor time that they get. */
export const busyLoops = 8;

/** Runs `work` beside busy loops. */
export async function onABusyHost<Value>(work: () => Promise<Value>): Promise<Value> {
  const loops = Array.from({ length: busyLoops }, () =>
    spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  try {
    return await work();
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}
