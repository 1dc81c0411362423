import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, cacheFolder, isAppError, messageOf } from '#base/index.ts';
import { buildPages } from './build-pages.ts';
import { openDemo, root } from './demo/open-demo.ts';
import type { Stage } from './demo/play.ts';

/** `npm run demo [-- --port N --keep]`: the demo, until Ctrl-C. It begins anew each time; `--keep` leaves its data behind. */

const usualPort = 8083;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const signal = endSignal();
try {
  await run();
} catch (error) {
  if (signal.aborted) process.exit(0);
  say(isAppError(error) ? `${error.next}\nseawall: ${error.message} [${error.code}]` : `seawall: ${messageOf(error)}`);
  process.exitCode = 2;
}
// A connection that is still open does not keep the terminal.
process.exit();

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, keep: { type: 'boolean', default: false } } });
  const pages = buildPages(root);
  const demo = await openDemo({
    port: await portFor(values.port),
    cache: join(cacheFolder(process.env, process.getuid?.() ?? -1), 'demo'),
    data: values.keep ? 'kept' : 'removed',
    say,
    sayStep,
    signal,
  });
  try {
    if (!(await pages)) {
      process.exitCode = 2;
      return;
    }
    await sayLink(demo, values.keep);
    await untilAborted(signal);
  } finally {
    say('Stopping …');
    await demo.close();
    if (values.keep) say(`The data stay in ${demo.folder}.`);
  }
}

async function sayLink(
  { console, origin, folder }: Awaited<ReturnType<typeof openDemo>>,
  keep: boolean,
): Promise<void> {
  const { secret } = await console.access.createSignInLink();
  say(`
The demo is ready after ${(performance.now() / 1000).toFixed(1)} s (${(cpuSeconds()).toFixed(1)} s of CPU in this process).
All of it was recorded in the lab: no host of yours is watched. Its feeds are
as old as their dates say, and its policies do not judge that.

Sign in with this link, once and within 15 minutes:

  ${origin}/sign-in#${secret}

Ctrl-C ends it${keep ? '' : ' and removes its data'}. A new link:
SEAWALL_STATE=${folder} bin/seawall console --sign-in-link
`);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

/** One line on a terminal, none elsewhere. */
function sayStep({ number, of, title }: Parameters<Stage['say']>[0]): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${number}/${of} ${title}${number === of ? '\n' : ''}`);
}

function endSignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  return ending.signal;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** The one that was asked for; else the usual one, or any free one where that is taken. */
async function portFor(wanted: string | undefined): Promise<number> {
  if (wanted === undefined) return (await ifFree(usualPort)) ?? (await ifFree(0)) ?? usualPort;
  const port = Number(wanted);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new AppError('usage', `--port ${wanted} is no port number.`);
}

function ifFree(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
