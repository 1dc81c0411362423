import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { AppError, cacheFolder, messageOf } from '#base/index.ts';
import { listImages, listVulnerabilities } from '#explorer/contract.ts';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { listIncidents, listModels, listSensors } from '#runtime/contract.ts';
import { follow, openBrowser, until } from '../test/journeys/browser.ts';
import { freePort } from '../test/make/free-port.ts';
import { buildPages } from './build-pages.ts';
import { type Demo, openDemo } from './demo/open-demo.ts';

/**
 * `npm run screenshots [-- FOLDER]`: starts the demo and takes pictures of the pages that tell most, light and dark, at
 * 1280 and 390 pixels. All of them go to the folder (`dist/screenshots`), in the light theme at 1280 to `docs/pictures` too.
 */

const root = join(import.meta.dirname, '..');
const pictures = join(root, 'docs/pictures');
const themes = ['light', 'dark'] as const;
const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;
/** Of the documentation: each at most so many bytes, all together at most so many. */
const most = { each: 120_000, together: 500_000 } as const;

interface Shot {
  readonly name: string;
  readonly address: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

if (!(await buildPages(root))) process.exit(2);
try {
  await run(resolve(process.argv[2] ?? join(root, 'dist/screenshots')));
} catch (error) {
  say(`screenshots: ${messageOf(error)}`);
  process.exitCode = 2;
}
process.exit();

async function run(folder: string): Promise<void> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const demo = await openDemo({
    port: await freePort(),
    cache: join(cacheFolder(process.env, process.getuid?.() ?? -1), 'demo'),
    data: 'removed',
    say,
    sayStep: () => undefined,
    signal: ending.signal,
  });
  try {
    mkdirSync(folder, { recursive: true });
    const shots = await shotsOf(demo);
    await takeAll(demo, shots, folder);
    keepForDocs(shots, folder);
  } finally {
    await demo.close();
  }
}

/** Pages by what the demo holds: its worst image, what was stopped last, a model that took over from the version before. */
async function shotsOf(demo: Demo): Promise<readonly Shot[]> {
  const { secret: token } = await demo.console.access.createToken({ name: 'screenshots', role: 'administrator' });
  const ask = <E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>> = {}): Promise<ReplyOf<E>> =>
    call(endpoint, input, { baseUrl: demo.origin, token });
  // What hosts report of protection comes in shortly after the demo is open.
  await until(async () => (await ask(listSensors)).sensors.some(({ protection }) => protection === 'unprotected'));
  const prod = { environment: 'prod' } as const;
  const { vulnerabilities } = await ask(listVulnerabilities, { query: { ...prod, limit: 1 } });
  const { images } = await ask(listImages, { query: { search: 'surge/portal:5.4' } });
  const { incidents } = await ask(listIncidents, { query: prod });
  const { models } = await ask(listModels, { query: prod });
  const stopped = incidents.find(({ outcome }) => outcome !== 'observed');
  const inherited = models.find(({ inheritedFrom }) => inheritedFrom !== undefined);
  return [
    { name: 'overview', address: '/' },
    { name: 'explorer', address: `/vulnerabilities?environment=prod&vulnerability=${there(vulnerabilities[0]?.id)}` },
    { name: 'image', address: `/images/${there(images[0]?.subject)}` },
    { name: 'incident', address: `/incidents/${there(stopped?.id)}` },
    { name: 'hosts', address: '/hosts' },
    { name: 'exceptions', address: '/exceptions' },
    { name: 'model', address: `/runtime/${there(inherited?.id)}` },
  ];
}

function there(id: string | number | undefined): string {
  if (id === undefined) throw new AppError('internal', 'The demo lacks what one of the pictures shows.');
  return encodeURIComponent(id);
}

async function takeAll(demo: Demo, shots: readonly Shot[], folder: string): Promise<void> {
  const { page, close } = await openBrowser();
  try {
    const { secret } = await demo.console.access.createSignInLink();
    await page.goto(`${demo.origin}/sign-in#${secret}`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    // Parts that come with a page, such as its charts, are there the next time.
    for (const { address } of shots) await follow(page, address);
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        for (const { name, address } of shots) {
          await follow(page, address);
          await take(page, join(folder, `${name}-${theme}-${size.width}.webp`));
        }
      }
    }
  } finally {
    await close();
  }
}

async function take(page: Page, path: string): Promise<void> {
  // A page that was followed to has the focus, and its ring.
  await page.evaluate('document.activeElement?.blur()');
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 75 });
  await session.detach();
  writeFileSync(path, Buffer.from(data, 'base64'));
  say(`${path} (${Math.round(statSync(path).size / 1000)} kB)`);
}

/** Those of README.md and the how-tos, in the light theme on a desk. */
function keepForDocs(shots: readonly Shot[], folder: string): void {
  const taken = shots.map(({ name }) => ({ name, path: join(folder, `${name}-light-1280.webp`) }));
  const bytes = taken.map(({ path }) => statSync(path).size);
  if (bytes.some((one) => one > most.each) || bytes.reduce((sum, one) => sum + one, 0) > most.together)
    throw new AppError('internal', `The pictures are too large for the documentation: ${bytes.join(', ')} bytes.`);
  if (existsSync(pictures)) rmSync(pictures, { recursive: true });
  mkdirSync(pictures);
  for (const { name, path } of taken) copyFileSync(path, join(pictures, `${name}.webp`));
}
