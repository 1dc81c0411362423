/**
 * `npm run demo` on a machine that has nothing but its packages: from the command until the sign-in page answers. Pages and
 * vulnerability database are built, PostgreSQL is started, three weeks are played. The peer is what a new user waits at most.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../test/journeys/make-scan.ts';
import { repository } from '../test/journeys/seawall.ts';

const limitSeconds = 30;
const cache = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
for (const name of ['web', 'demo']) rmSync(join(repository, 'dist', name), { recursive: true, force: true });
const began = performance.now();
const demo = spawn('npm', ['run', '--silent', 'demo', '--', '--port', String(await freePort())], {
  cwd: repository,
  stdio: ['ignore', 'ignore', 'pipe'],
  env: { ...process.env, XDG_CACHE_HOME: cache },
  detached: true,
});
const ended = new Promise<void>((resolve) => demo.once('exit', () => resolve()));
try {
  const page = await signInPage();
  const seconds = (performance.now() - began) / 1000;
  if (!page.includes('<div id="root"')) throw new Error(`the page of the demo is ${page.slice(0, 200)}`);
  const ratio = seconds / limitSeconds;
  console.log(`demo ours=${seconds.toFixed(1)}s peer=${limitSeconds}s ratio=${ratio.toFixed(2)}`);
  if (ratio > 1) process.exitCode = 1;
} finally {
  if (demo.pid !== undefined && demo.exitCode === null) process.kill(-demo.pid, 'SIGINT');
  await ended;
  rmSync(cache, { recursive: true, force: true });
}

/** Waits for the link and opens it. */
async function signInPage(): Promise<string> {
  for await (const line of createInterface(demo.stderr)) {
    process.stderr.write(`${line}\n`);
    const link = /http:\S+(?=\/sign-in#)/.exec(line)?.[0];
    if (link !== undefined) return await (await fetch(`${link}/sign-in`)).text();
  }
  throw new Error('the demo ended before it was ready');
}
