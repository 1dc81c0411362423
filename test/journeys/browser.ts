import { existsSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type BrowserContext, chromium, type Browser as Chromium, type Page } from 'playwright-core';
import { chromium as installedChromium } from '../needs.ts';

/** A person's browser: real Chromium with cookies, storage and cache of its own. */
export interface Browser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of since the last call: errors of scripts, of the console, of the content security policy. */
  complaints(): readonly string[];
  close(): Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What `npm run build` makes; without it a console serves no page. */
const pages = join(import.meta.dirname, '../../dist/web/index.html');

/** One program for all people of a test file: a start takes seconds. It ends with the last of them. */
let running: Promise<Chromium> | undefined;
let people = 0;

export async function openBrowser(): Promise<Browser> {
  people += 1;
  running ??= launch();
  const context = await (await running).newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const heard: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text());
  });
  context.on('weberror', (error) => heard.push(String(error.error())));
  const page = await context.newPage();
  return {
    page,
    context,
    complaints: () => heard.splice(0),
    close: async () => {
      await context.close();
      people -= 1;
      if (people > 0) return;
      const last = await running;
      running = undefined;
      await last?.close();
    },
  };
}

async function launch(): Promise<Chromium> {
  if (!existsSync(pages)) throw new Error('The pages are not built: npm run build.');
  const executablePath = installedChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium; name one with CHROMIUM.');
  return await chromium.launch({ executablePath, args: flags });
}

/** Waits until nothing on the page is on its way. */
export async function atRest(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await until(async () => (await page.locator('[aria-busy="true"], .skeleton').count()) === 0);
}

/**
 * Goes from an open page of Seawall to another as its links do, without loading the program anew, and waits until nothing
 * is on its way.
 */
export async function follow(page: Page, address: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(address)})`);
  await arrived(page);
}

/** After a step to another address: waits until its page has taken the place of the one before, and nothing is on its way. */
export async function arrived(page: Page): Promise<void> {
  await page.evaluate(`new Promise((there) => {
    const look = () => {
      const { status, location, resolvedLocation } = __TSR_ROUTER__.state;
      if (status === 'idle' && resolvedLocation?.href === location.href) there();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`);
  await atRest(page);
}

/** Asks again until it holds; the test's own limit ends what never does. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Keeps a picture of the whole page where `SEAWALL_SCREENSHOTS` names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SEAWALL_SCREENSHOTS'];
  if (folder === undefined) return;
  const path = join(folder, `${name.replaceAll(/\W+/g, '_')}.png`);
  await page.screenshot({ path, fullPage: true });
}

/** Pixels that the page is wider than its window. */
export async function sideways(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/**
 * What axe-core finds wrong with the page as it is shown, one line each with the element. `rules`: only these, the rest
 * having been asked of the same page.
 */
export async function violationsOf(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  if (await page.evaluate<boolean>('window.axe === undefined')) await page.evaluate(axe.source);
  await motionless(page);
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  return await page.evaluate<string[]>(`
    axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`);
}

/** Waits until nothing fades or moves any more, but for what goes on for ever: half-faded text has no contrast of its own. */
async function motionless(page: Page): Promise<void> {
  await page.evaluate(`new Promise((rest) => {
    let quiet = 0;
    const look = () => {
      const moving = document.getAnimations().some((one) =>
        one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
      quiet = moving ? 0 : quiet + 1;
      if (quiet < 3) requestAnimationFrame(look);
      else rest();
    };
    look();
  })`);
}

/** Rows of the list that a page shows, whatever part of it is drawn; 0 where it says that nothing is listed. */
export async function rowsOf(page: Page): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const table = document.querySelector('main table[aria-rowcount]');
    if (table !== null) return Number(table.getAttribute('aria-rowcount')) - 1;
    const rows = [...document.querySelectorAll('main table.as-cards tbody tr')];
    return rows.filter((row) => row.closest('section[aria-labelledby="provenance"]') === null).length;
  })()`);
}
