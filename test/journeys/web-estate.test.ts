import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { blemishesOf, widestCountsOverlap } from './blemishes.ts';
import {
  atRest,
  type Browser,
  follow,
  keepPicture,
  openBrowser,
  rowsOf,
  sideways,
  until,
  violationsOf,
} from './browser.ts';
import { scanArchive } from './make-scan.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { layOutDatabase, type SampleImage, soundImage, vulnerableImage } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
const surge = { labels: { 'com.docker.compose.project': 'surge' } };
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };
let joinSecret: string;
const hosts: ReportingHost[] = [];

beforeAll(async () => {
  await layOutDatabase(state.folder);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = {
    baseUrl: seawall.origin,
    token: await newToken(state.folder, 'estate', 'administrator'),
  };
  const body = { name: 'rack 3', uses: 20, environments: ['unassigned', 'dev', 'test', 'prod'] };
  joinSecret = (await call(createJoinToken, { body }, administrator)).secret;
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
});
afterAll(async () => {
  for (const host of hosts) await host.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

async function joined(name: string, environment: string): Promise<ReportingHost> {
  const host = await joinAsHost({ console: seawall.origin, token: joinSecret, name, environment });
  hosts.push(host);
  await host.host();
  return host;
}

/** Scans an image into the console and answers its digest, and what a host that holds it sends of it. */
async function publish(
  image: SampleImage,
  token: string,
): Promise<{ readonly subject: SubjectId; readonly scan: ScanPublication }> {
  const words = ['scan', `archive:${image.archive}`, '--format', 'json', '--console', seawall.origin, '--token', token];
  const run = await runSeawall(words, { env: environmentOf(state.folder) });
  const { digest } = (JSON.parse(run.stdout) as { readonly image: { readonly digest: SubjectId } }).image;
  return { subject: digest, scan: await scanArchive(image.archive) };
}

describe('a console that nothing reports to', () => {
  test.each([
    ['/applications', 'Applications appear here'],
    ['/containers', 'Containers appear here'],
  ])('%s says what will appear', async (address, words) => {
    await open(address);
    await browser.page.getByText(words).waitFor();
    expect(await browser.page.locator('main [data-state="pass"]').count()).toBe(0);
  });
});

describe('hosts', () => {
  test('are added by a command that is shown once, and appear by themselves', async () => {
    const { page } = browser;
    await open('/hosts');
    await page.evaluate('window.sameDocument = true');
    await page.getByRole('button', { name: 'Add a host' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('quay');
    await dialog.getByLabel('Allowed environments').fill('prod, test');
    await dialog.getByLabel('Hosts').fill('quay-*');
    await dialog.getByRole('button', { name: 'Create join token' }).click();
    // This console listens on loopback: a command for another host could not work.
    await dialog.getByRole('heading', { name: 'No other host can reach this console' }).waitFor();
    const token = await dialog.locator('.secret .command code').innerText();
    expect(token).toMatch(/^seawall-join_\S+$/);
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    expect(await page.evaluate('document.body.innerText')).not.toContain('seawall-join_');

    const host = await joinAsHost({ console: seawall.origin, token, name: 'quay-1', environment: 'prod' });
    hosts.push(host);
    await host.host({ progress: { done: 3, total: 9, current: 'surge/large:1' } });
    const row = page.getByRole('row', { name: /quay-1/ });
    await row.getByText('scanning 4 of 9').waitFor();
    expect(await row.innerText()).toMatch(/prod\s+by its agent\s+Live/);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  test('a wrong environment is refused before anything is made', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Add a host' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('x');
    await dialog.getByLabel('Allowed environments').fill('Prod!');
    await dialog.getByRole('button', { name: 'Create join token' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/\benvironment\b/)
      .waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });
});

describe('containers and applications', () => {
  let vulnerable: SubjectId;

  beforeAll(async () => {
    const reader = { baseUrl: seawall.origin, token: await newToken(state.folder, 'dashboard', 'developer') };
    for (;;) {
      if ((await call(getDatabase, {}, reader)).state === 'ready') break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const pipeline = await newToken(state.folder, 'pipeline', 'ci');
    const published = await publish(vulnerableImage(state.folder, 'surge/gauge:1'), pipeline);
    vulnerable = published.subject;
    const sound = await publish(soundImage(state.folder, 'surge/gauge:2'), pipeline);
    const [prod] = hosts;
    const dev = await joined('lab-1', 'dev');
    for (const [host, { subject: id, scan }, name] of [
      [prod, published, 'surge/gauge:1'],
      [dev, sound, 'surge/gauge:2'],
    ] as const) {
      await host?.image({ id, subject: id, names: [name] });
      await host?.scan(scan);
      await host?.container({ name: 'surge-gauge-1', image: { id, name }, subject: id, ...surge });
      await host?.stored();
    }
  });

  test('a container that starts is on the open page at once, with what makes it dangerous', async () => {
    const { page } = browser;
    await open('/containers');
    await page.evaluate('window.sameDocument = true');
    await hosts[0]?.container({
      name: 'surge-door',
      image: { id: vulnerable, name: 'surge/gauge:1' },
      subject: vulnerable,
      ...surge,
      user: '',
      privileged: true,
      ports: [{ container: 80, protocol: 'tcp', host: { address: '0.0.0.0', port: 8080 } }],
      mounts: [{ kind: 'bind', source: '/var/run/docker.sock', target: '/s', writable: true }],
    });
    const row = page.locator('tr.row', { hasText: 'surge-door' });
    await row.getByText('privileged').waitFor();
    expect(await row.innerText()).toMatch(/engine socket[\s\S]*root/);
    await row.getByRole('link', { name: 'surge-door' }).click();
    const detail = page.getByRole('dialog');
    await detail.getByText(/ \/var\/run\/docker\.sock\b.*\broot\b/).waitFor();
    expect(await detail.innerText()).toMatch(/8080\b.*\b80\b/);
    expect(new URL(page.url()).searchParams.get('container')).toMatch(/^[0-9a-f]{64}$/);
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  test('filters stand in the address, with the environment of all pages', async () => {
    await open('/containers?environment=prod&application=surge&state=up');
    expect(await rowsOf(browser.page)).toBe(2);
    await open('/containers?environment=dev');
    expect(await rowsOf(browser.page)).toBe(1);
    await open('/containers?state=ended');
    await browser.page.locator('section.blank').waitFor();
    expect(await rowsOf(browser.page)).toBe(0);
  });

  test('an application says which version is where, and where it is another', async () => {
    const { page } = browser;
    await open('/applications');
    await page.locator('tr.row .counts.cols').first().waitFor();
    expect(await widestCountsOverlap(page)).toBe(0);
    await page.locator('tr.row', { hasText: 'surge' }).getByRole('link', { name: 'surge', exact: true }).click();
    await page.getByRole('heading', { name: /surge fails in prod\./ }).waitFor();
    await page.getByRole('heading', { name: 'What is where' }).waitFor();
    const cells = page.locator('table.versions tbody td');
    await until(async () => (await cells.count()) === 2);
    expect(await cells.nth(0).innerText()).toMatch(/^1\s[\s\S]*Fail[\s\S]*runs in 2 containers/);
    expect(await cells.nth(1).innerText()).toMatch(/other than prod\s+2\s[\s\S]*Pass[\s\S]*runs in 1 container/);
    await page.getByText(/^All \d+ vulnerabilities$/).waitFor();
    expect(browser.complaints()).toEqual([]);
  });
});

describe('agents', () => {
  test('one that falls silent is shown with since when, and its data as stale', { timeout: 90_000 }, async () => {
    const { page } = browser;
    const away = await joined('quay-9', 'prod');
    await away.container({ name: 'lost', image: { id: 'x', name: 'x:1' } });
    await away.stored();
    await away.close();
    await open('/hosts');
    const row = page.getByRole('row', { name: /quay-9/ });
    await row.getByText('Silent').waitFor({ timeout: 60_000 });
    expect(await row.getAttribute('class')).toContain('hatch-row');
    // It is hatched at its edge alone: no text stands in it.
    const [edge, text] = await page.evaluate<[number, number]>(`(() => {
      const row = document.querySelector('tr.hatch-row');
      const range = document.createRange();
      range.selectNodeContents(row.querySelector('th .l1'));
      const left = row.getBoundingClientRect().left;
      return [parseFloat(getComputedStyle(row).backgroundSize), range.getBoundingClientRect().left - left];
    })()`);
    expect(edge).toBeGreaterThan(0);
    expect(text).toBeGreaterThan(edge);
    const coverage = page.getByRole('table', { name: 'Coverage of hosts' });
    await open('/hosts?state=coverage');
    await coverage.waitFor();
    // Of a host whose agent is away nothing is known, so it comes first.
    const first = coverage.locator('tbody tr').first();
    expect(await first.innerText()).toContain('quay-9');
    expect(await first.locator('[data-state="unknown"]').count()).toBeGreaterThanOrEqual(4);
    expect(await coverage.locator('.state[data-state="pass"]').count()).toBeLessThan(4 * hosts.length);
    await open('/containers?host=quay-9');
    await page.locator('tr.row', { hasText: 'lost' }).getByText('stale').waitFor();
  });

  test('are revoked once asked, by the name of the host', async () => {
    const { page } = browser;
    await open('/agents');
    await page.getByRole('button', { name: 'Revoke the agent of quay-9' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Revoke the agent of quay-9?' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await until(async () => (await page.getByRole('row', { name: /quay-9/ }).count()) === 0);
    await open('/agents?tab=former');
    await page
      .getByRole('row', { name: /quay-9/ })
      .getByText('Revoked')
      .waitFor();
    await open('/agents?tab=tokens');
    await page.getByRole('row', { name: /rack 3/ }).waitFor();
  });
});

describe('access', () => {
  test('a user comes in by the link that was shown once, sets a password, and sees what his role may', async () => {
    const { page } = browser;
    await open('/access');
    await page.getByLabel('Name').fill('mira');
    await page.getByRole('button', { name: 'Create user' }).click();
    const link = await page.locator('.secret .command code').innerText();
    const other = await openBrowser();
    try {
      await other.page.goto(link);
      await other.page.getByRole('heading', { name: 'My password' }).waitFor();
      await other.page.getByLabel('Password', { exact: true }).fill('a long enough password');
      await other.page.getByRole('button', { name: 'Set password' }).click();
      await other.page.getByText('The password is set.').waitFor();
      expect(await other.page.getByRole('link', { name: 'Audit trail' }).count()).toBe(0);
      expect(await other.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
      await other.page.goto(`${seawall.origin}/hosts`);
      await atRest(other.page);
      expect(await other.page.getByRole('button', { name: 'Add a host' }).count()).toBe(0);
      // Which role is his and what it may, in words; ids of permissions are for who gives them.
      const ids = 'table.roles th[scope="row"] code';
      await other.page.goto(`${seawall.origin}/access?tab=roles`);
      await other.page.locator('table.roles th .mark').waitFor();
      expect(await other.page.locator(ids).count()).toBe(0);
      await open('/access?tab=roles');
      await page.locator(ids).first().waitFor();

      await open('/access?tab=sessions');
      await page.getByRole('button', { name: 'End the session of mira' }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
      await until(async () => (await page.getByRole('row', { name: /mira/ }).count()) === 0);
      await other.page.goto(`${seawall.origin}/hosts`);
      await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    } finally {
      await other.close();
    }
  });

  test('a token is made with what it speaks for, and its secret is gone with the page', async () => {
    const { page } = browser;
    await open('/access?tab=tokens');
    await page.getByLabel('Name').fill('jenkins');
    await page.getByLabel('Repositories').fill('shop/*, surge/*');
    await page.getByRole('button', { name: 'Create token' }).click();
    const secret = await page.locator('.secret .command code').innerText();
    const row = page.getByRole('row', { name: /jenkins/ });
    await row.getByText('shop/*, surge/*').waitFor();
    await page.reload();
    await atRest(page);
    expect(await page.evaluate('document.body.innerText')).not.toContain(secret);
    await row.getByRole('button', { name: 'Revoke jenkins' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await until(async () => (await row.count()) === 0);
  });
});

describe('the audit trail', () => {
  test('tells what was done above, finds it, and verifies', async () => {
    const { page } = browser;
    await open('/audit');
    await page.getByRole('button', { name: 'Verify the trail' }).click();
    await page.getByRole('heading', { name: /^Intact: \d+ entries follow/ }).waitFor();
    await page.getByRole('searchbox').fill('jenkins');
    await page.waitForURL(/search=jenkins/);
    await until(async () => (await rowsOf(page)) === 2);
    expect(await page.locator('table tbody').innerText()).toMatch(/Token revoked[\s\S]*Token made/);
  });

  test('retention is set once it is changed, and kept', async () => {
    const { page } = browser;
    await open('/system');
    await page.getByRole('button', { name: 'Save', disabled: true }).waitFor();
    await page.getByLabel(/^Scans and verdicts/).fill('200');
    await page.getByText('does not come back').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved').waitFor();
    await page.reload();
    await until(async () => (await page.getByLabel(/^Scans and verdicts/).inputValue()) === '200');
  });
});

describe('every one of these pages', () => {
  const addresses = [
    '/applications',
    '/applications/surge',
    '/hosts',
    '/hosts?state=coverage',
    '/images?kind=hosts',
    '/containers',
    '/agents',
    '/agents?tab=tokens',
    '/access',
    '/access?tab=tokens',
    '/access?tab=sessions',
    '/access?tab=roles',
    '/access?tab=password',
    '/audit',
    '/system',
  ];

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('is readable in the %s theme at %i pixels', { timeout: 120_000 }, async (colorScheme, width) => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    for (const address of addresses) {
      await follow(page, address);
      await keepPicture(page, `${address} ${colorScheme} ${width}`);
      expect.soft(await sideways(page), address).toBeLessThanOrEqual(0);
      expect.soft(await blemishesOf(page), address).toEqual([]);
      expect.soft(await violationsOf(page), address).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(browser.complaints()).toEqual([]);
  });

  test('counts what its lists hold: each number leads to as many rows', { timeout: 120_000 }, async () => {
    const { page } = browser;
    const numbers = new Map<string, number>();
    for (const address of ['/hosts', '/applications', '/applications/surge']) {
      await open(address);
      const found = await page.evaluate<[string, number][]>(`
        [...document.querySelectorAll('main a[href^="/"]')].flatMap((link) => {
          const number = /^[\\d,]+(?![\\d.])/.exec(link.innerText.trim())?.[0];
          if (number === undefined || new URL(link.href).hash !== '' || link.closest('.version .l1')) return [];
          return [[link.getAttribute('href'), Number(number.replaceAll(',', ''))]];
        })`);
      for (const [href, number] of found) numbers.set(href, number);
    }
    expect(numbers.size).toBeGreaterThan(8);
    for (const [href, number] of numbers) {
      await follow(page, href);
      expect.soft(await rowsOf(page), href).toBe(number);
    }
  });
});
