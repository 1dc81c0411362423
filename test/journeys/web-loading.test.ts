import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest, type Browser, openBrowser, until } from './browser.ts';
import { makeStateFolder, type RealConsole, startConsole } from './real-console.ts';

const pages = join(import.meta.dirname, '../../dist/web');

/** What Vite says of a built file. */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** Bytes of JavaScript and CSS after gzip that the shell needs with its first page. It may only fall. */
const shellBudget = 150_000;

test('the shell and its first page stay within their budget', () => {
  const manifest = JSON.parse(readFileSync(join(pages, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined || files.has(chunk.file)) return;
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const one of chunk.imports ?? []) add(one);
  };
  add('index.html');
  add('src/pages/explorer/overview-page.tsx');
  const bytes = [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(pages, file)), { level: 9 }).length,
    0,
  );
  process.stdout.write(`shell-gzip bytes=${bytes} limit=${shellBudget}\n`);
  expect(files.size).toBeGreaterThan(10);
  expect(bytes).toBeLessThan(shellBudget);
});

describe('on a line of 60 kB a second', () => {
  const state = makeStateFolder();
  let running: RealConsole;
  let browser: Browser;

  beforeAll(async () => {
    running = await startConsole({ state: state.folder });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await running.end('SIGTERM');
    state.remove();
  });

  test('the frame is painted long before the program is there, and nothing comes uncompressed', async () => {
    const { page, context } = browser;
    const line = await context.newCDPSession(page);
    await line.send('Network.enable');
    await line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 50,
      downloadThroughput: 60_000,
      uploadThroughput: 60_000,
    });
    await page.goto(`${running.origin}/`, { waitUntil: 'load' });
    // `load` comes before the program is fetched.
    await page.locator('form, main h1').first().waitFor();
    const seen = await page.evaluate<{ paint: number; script: number; sheet: number; plain: string[] }>(`(() => {
      const files = performance.getEntriesByType('resource');
      const endOf = (pattern) => Math.max(...files.filter(({ name }) => pattern.test(name)).map((one) => one.responseEnd));
      return {
        paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
        script: endOf(/assets.(index|shell|libraries)-.*js$/),
        sheet: endOf(/assets.(index|shell|libraries)-.*css$/),
        plain: files.filter((one) => /[.](js|css)$/.test(one.name) && one.decodedBodySize > 2048
          && one.encodedBodySize >= one.decodedBodySize).map(({ name }) => name),
      };
    })()`);
    process.stdout.write(`first-paint ours=${Math.round(seen.paint)}ms script=${Math.round(seen.script)}ms\n`);
    expect(seen.plain).toEqual([]);
    expect(seen.paint).toBeLessThan(seen.script / 2);
    expect(seen.paint).toBeLessThan(3000);
  });

  test('a page that cannot be fetched says what to do, and is there once the console is back', async () => {
    const { page } = browser;
    const line = await browser.context.newCDPSession(page);
    await line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await page.goto(running.link);
    // Signing in ends with a step of its own to the first page.
    await page.waitForURL(`${running.origin}/`);
    await atRest(page);
    await page.route('**/assets/hosts-page-*', (route) => route.abort());
    await page.route('**/before-paint.js', (route) => route.abort());
    await page.evaluate(`history.pushState(null, '', '/hosts')`);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.locator('code').innerText()).toBe('console-unreachable');
    expect(await alert.innerText()).not.toContain('preload');
    await page.unrouteAll();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await alert.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/hosts');
  });

  test.each(['/images/nothing', '/images/sha256:zz', '/incidents/x', '/runtime/x', '/rules/%2e', '/nowhere'])(
    'the bad address %s shows no regular expression',
    async (path) => {
      const { page } = browser;
      await page.goto(running.origin + path);
      await page.locator('h1').first().waitFor();
      await until(async () => (await page.locator('[aria-busy="true"]').count()) === 0);
      expect(await page.locator('body').innerText()).not.toMatch(/pattern|\\d|\[0-9a-f\]|\^/);
    },
  );
});
