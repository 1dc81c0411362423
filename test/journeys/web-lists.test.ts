import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { getHealth } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { arrived, atRest, type Browser, follow, openBrowser, rowsOf, until, violationsOf } from './browser.ts';
import { type HoldingHost, joinHoldingHost } from './holding-host.ts';
import { publishArchive } from './make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { layOutDatabase, vulnerableImage } from './sample-estate.ts';

/* How lists are found, narrowed and landed on: two hosts that report over the real link, a person in Chromium. */

const state = makeStateFolder();
const hosts: HoldingHost[] = [];
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };
let subject: SubjectId;

beforeAll(async () => {
  await layOutDatabase(state.folder);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'operations', 'administrator') };
  await until(async () => (await call(getDatabase, {}, administrator)).state === 'ready');
  const ci = await newToken(state.folder, 'pipeline', 'ci');
  const image = vulnerableImage(state.folder);
  const published = await publishArchive(image.archive, { baseUrl: seawall.origin, token: ci });
  const held = { ...published, names: [image.name] };
  ({ subject } = published);
  for (const [name, environment] of [
    ['quay-01', 'prod'],
    ['slip-01', 'test'],
    ['dock-01', 'dev'],
  ] as const) {
    const host = await joinHoldingHost({ console: administrator, name, environment });
    hosts.push(host);
    await host.hold({ images: [held], containers: [{ name: `gauge-at-${name}`, subject, image: image.name }] });
  }
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await Promise.all(hosts.map(async (host) => await host.close()));
  await seawall?.end('SIGTERM');
  state.remove();
});

/** As a link leads there: loading the program anew takes six times as much. */
async function open(address: string): Promise<void> {
  await follow(browser.page, address);
}

/** As its address does in an empty window. */
async function load(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

type Element = ReturnType<Browser['page']['getByRole']>;

async function isFocused(element: Element): Promise<boolean> {
  return await element.evaluate((one) => one === one.ownerDocument.activeElement);
}

describe('the search over everything', () => {
  async function search(words: string): Promise<void> {
    await browser.page.keyboard.press('Control+k');
    await until(async () => await isFocused(browser.page.getByRole('combobox', { name: /^Search/ })));
    await browser.page.keyboard.type(words);
  }

  test('is left by Escape to what had the focus', async () => {
    const { page } = browser;
    await open('/images');
    const columns = page.getByRole('button', { name: 'Columns' });
    await columns.focus();
    await search('gauge');
    await page.getByRole('option').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await until(async () => await isFocused(columns));
  });

  test('opens nothing that was found for an earlier text', async () => {
    const { page } = browser;
    await open('/');
    await search('gauge');
    await page.getByRole('option', { selected: true }).waitFor();
    await page.keyboard.type(' nothing is called so');
    expect(await page.getByRole('option', { selected: true }).count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await page.keyboard.press('Escape');
  });

  test.each([
    ['gauge-ingest', 'Images', /^\/images\/sha256:[0-9a-f]{64}$/],
    ['CVE-2021-44228', 'Vulnerabilities', /vulnerability=CVE-2021-44228/],
    ['gauge-at-slip', 'Containers', /^\/containers\?.*container=/],
    ['quay-01', 'Hosts', /^\/hosts\?search=quay-01$/],
    ['Default', 'Rules', /^\/(rules\/|(admission|runtime)-rules\?rule=)/],
    ['admin', 'Users', /^\/access\?tab=users/],
  ])('finds %s among %s by arrow keys and opens it by Enter', async (words, kind, address) => {
    const { page } = browser;
    await open('/');
    await search(words);
    const wanted = page
      .getByRole('group', { name: new RegExp(`^${kind}, \\d+$`) })
      .getByRole('option')
      .first();
    await wanted.waitFor();
    for (let step = 0; (await wanted.getAttribute('aria-selected')) !== 'true'; step += 1) {
      expect(step, 'arrow keys come to every result').toBeLessThan(60);
      await page.keyboard.press('ArrowDown');
    }
    expect(await page.getByRole('option', { selected: true }).count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => address.test(url.pathname + url.search));
    await page.getByRole('dialog', { name: 'Search' }).waitFor({ state: 'detached' });
  });

  test('finds users only for who may manage them', async () => {
    const { page } = browser;
    await page.route('**/api/v1/session', async (route) => {
      const reply = await route.fetch();
      const me = (await reply.json()) as { readonly permissions: readonly string[] };
      await route.fulfill({ json: { ...me, permissions: me.permissions.filter((one) => one !== 'administer') } });
    });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await load('/');
    await search('admin');
    await page.getByRole('group', { name: /^Checks, \d+$/ }).waitFor();
    expect(await page.getByRole('dialog').getByRole('group').count()).toBe(1);
    expect(asked).not.toContain('/api/v1/users');
    await page.unrouteAll();
    await load('/');
  });
});

describe('a number', () => {
  /** Waits until the list of the page is in the upper half of the window, or at the end of the page, and has the focus. */
  async function landed(): Promise<void> {
    await until(
      async () =>
        await browser.page.evaluate<boolean>(`(() => {
          const list = document.querySelector('main [data-list]');
          if (list === null || document.querySelector('[aria-busy="true"]') !== null) return false;
          const { top } = list.getBoundingClientRect();
          const atEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2;
          return list.contains(document.activeElement) && top >= 0 && (atEnd || top <= window.innerHeight / 2);
        })()`),
    );
  }

  test.each([
    ['of a severity on the overview', '/', 'main a[href*="severity="]'],
    ['of a severity in a row', '/images', 'main tr.row a[href*="severity="]'],
    ['of newly found vulnerabilities', '/', 'main a[href*="since=day"][href^="/vulnerabilities"]'],
    ['of containers in a card', '/', 'main a[href*="state=up"]'],
  ])('%s opens its list at its top, with the focus', async (_, address, link) => {
    await open(address);
    await browser.page.locator(link).first().click();
    await browser.page.waitForURL((url) => url.search !== '');
    await landed();
  });

  test('leads on a tab to the same page and leaves the focus there', async () => {
    await open(`/images/${subject}`);
    const tab = browser.page.getByRole('navigation', { name: 'Lists of this image' }).getByRole('link').nth(1);
    await tab.click();
    await atRest(browser.page);
    expect(await isFocused(tab)).toBe(true);
  });
});

describe('a filtered list', () => {
  test.each([
    ['/hosts?search=quay', 1, 3],
    ['/agents?search=slip', 1, 3],
    ['/containers?search=gauge-at-quay', 1, 3],
    ['/vulnerabilities?search=CVE-2021-44228', 1, undefined],
  ])('%s says how many of how many it shows', async (address, shown, all) => {
    const { page } = browser;
    await open(address);
    await follow(page, address.split('?')[0] ?? '');
    const total = await rowsOf(page);
    if (all !== undefined) expect(total).toBe(all);
    await follow(page, address);
    const status = page.locator('main .shown-rows');
    await until(async () => /^\d+ of \d+/.test(await status.innerText()));
    expect((await status.innerText()).match(/\d+/g)?.map(Number)).toEqual([shown, total]);
    expect(await rowsOf(page)).toBe(shown);
  });

  test('of what was newly found has as many rows as the overview says', async () => {
    const { page } = browser;
    await open('/');
    const link = page.locator('main a[href*="since=day"][href^="/vulnerabilities"]');
    const counted = async () => Number.parseInt((await link.innerText()).replaceAll(',', ''), 10);
    await until(async () => (await counted()) > 0);
    const number = await counted();
    await link.click();
    await page.waitForURL(/since=day/);
    await arrived(page);
    expect(await rowsOf(page)).toBe(number);
  });
});

test.each(['/vulnerabilities', '/images', '/containers'])(
  'at 1280 pixels %s gives the column with the meaning the most room and cuts no CVE',
  async (address) => {
    await open(address);
    const { heading, widest, cut } = await browser.page.evaluate<{
      heading: number;
      widest: number;
      cut: string[];
    }>(`(() => {
      const row = document.querySelector('main tr.row');
      const width = (one) => one.getBoundingClientRect().width;
      const ids = [...document.querySelectorAll('main tr.row th .row-id > a')];
      return {
        heading: width(row.querySelector('th')),
        widest: Math.max(...[...row.querySelectorAll('td')].map(width)),
        cut: ids.filter((id) => /^CVE-/.test(id.innerText) && id.scrollWidth > id.clientWidth).map((id) => id.innerText),
      };
    })()`);
    expect(cut).toEqual([]);
    expect(heading).toBeGreaterThan(widest);
  },
);

test('a bad value is answered with what is expected, and no word of the language', async () => {
  const { page } = browser;
  for (const query of ['limit=abc', 'limit=0', 'sort=age', 'environment=A%20b']) {
    const { error } = (await (await page.request.get(`${seawall.origin}/api/v1/vulnerabilities?${query}`)).json()) as {
      readonly error: { readonly code: string; readonly message: string };
    };
    expect(error.code, query).toBe('bad-request');
    expect(error.message, query).toContain(`query.${query.split('=')[0]}:`);
    expect(error.message, query).not.toMatch(/NaN|received|Invalid|pattern|\^/);
  }
  await load('/vulnerabilities?page=abc');
  expect(await rowsOf(page)).toBeGreaterThan(0);
});

test('System says version and health as measured, what is unknown first', async () => {
  const { page } = browser;
  const health = await call(getHealth, {}, administrator);
  await open('/system');
  await until(async () => (await page.locator('.health li').count()) === 6);
  const states = await page
    .locator('.health li')
    .evaluateAll((parts) => parts.map((part) => part.getAttribute('data-state')));
  const order = ['unknown', 'fail', 'partly', 'pass'];
  expect(states.toSorted((one, other) => order.indexOf(one ?? '') - order.indexOf(other ?? ''))).toEqual(states);
  // No sensor reports here, so that part is never well.
  expect(states[0]).toBe('unknown');
  const facts = await page.locator('main dl.facts').innerText();
  expect(facts).toContain(health.version);
  expect(health.hosts).toEqual({ all: 3, away: 0 });
  expect(await violationsOf(page)).toEqual([]);

  await page.route('**/api/v1/health', async (route) => await route.abort());
  await page.reload();
  await page.locator('.health li[data-state="unknown"]').nth(2).waitFor();
  expect(await page.locator('.health li[data-state="pass"]').count()).toBeLessThan(3);
  await page.unrouteAll();
  browser.complaints();
});
