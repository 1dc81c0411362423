import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf } from '#base/index.ts';
import { limits } from '../../limits.ts';
import type { IndexEnd, IndexJob } from './make-index.ts';

/** Makes an index in a process of its own. Never rejects. */
export type MakeIndex = (job: IndexJob) => Promise<IndexEnd>;

const longestMs = 300_000;

export const makeIndexInChild: MakeIndex = (job) => {
  const words = [`--max-old-space-size=${limits.indexMegabytes.value}`, fileURLToPath(indexWorkerEntry())];
  const child = spawn(process.execPath, words, {
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => void child.kill('SIGKILL'), longestMs);
    const finish = (end: IndexEnd): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(end);
    };
    const fail = (message: string): void => finish({ kind: 'failed', message });
    child.once('message', (end) => finish(end as IndexEnd));
    child.once('error', (error) => fail(messageOf(error)));
    child.once('exit', (code, signal) => fail(`The process that makes it ended: ${signal ?? code}.`));
    child.send(job, (error) => error !== null && fail(messageOf(error)));
  });
};

/** Entry beside this module: bundled beside the program, else the source. */
function indexWorkerEntry(): URL {
  const places = ['./index-worker.js', '../index-worker.js'].map((place) => new URL(place, import.meta.url));
  return places.find((place) => existsSync(place)) ?? new URL('./index-worker.ts', import.meta.url);
}
