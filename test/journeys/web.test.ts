import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '#http/index.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { blemishesOf } from './blemishes.ts';
import { atRest, type Browser, follow, openBrowser, rowsOf, sideways, until, violationsOf } from './browser.ts';
import { expectReadable } from './readable.ts';
import { environmentOf, makeStateFolder, newLink, newToken, type RealConsole, startConsole } from './real-console.ts';
import { damagedImage, layOutFeeds, type SampleImage, soundImage, vulnerableImage } from './sample-estate.ts';
import { type Run, runSeawall } from './seawall.ts';

const widths = [1280, 390] as const;
const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
let token: string;
/** Addresses of every page, with what was published so far. */
const addresses: string[] = [
  '/',
  '/images',
  '/images?verdict=unscanned',
  '/vulnerabilities',
  '/hosts',
  '/feeds',
  '/access',
];

beforeAll(async () => {
  layOutFeeds(state.folder);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  token = await newToken(state.folder, 'pipeline', 'ci');
});
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function publish(image: SampleImage): Promise<Run> {
  const words = ['scan', `archive:${image.archive}`, '--format', 'json', '--console', seawall.origin, '--token', token];
  const run = await runSeawall(words, { env: environmentOf(state.folder) });
  expect(run.stderr).not.toContain('seawall:');
  return run;
}

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

async function bodyText(): Promise<string> {
  return await browser.page.evaluate<string>('document.body.innerText');
}

describe('signing in', () => {
  test('without a session every address leads to the sign-in page, which leads back', async () => {
    const { page } = browser;
    await page.goto(`${seawall.origin}/images?verdict=fail`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    expect(await violationsOf(page)).toEqual([]);
    const elsewhere = new URL(page.url());
    elsewhere.hash = new URL(await newLink(state.folder)).hash;
    await page.goto(elsewhere.href);
    await page.waitForURL(`${seawall.origin}/images?verdict=fail`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    browser.complaints();
  });

  test('the printed link signs in, leaves nothing in the address bar, and works once', async () => {
    const { page } = browser;
    await page.goto(seawall.link);
    await page.waitForURL(`${seawall.origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(page.url()).toBe(`${seawall.origin}/`);
    await page.goBack();
    expect(page.url()).not.toContain(new URL(seawall.link).hash.slice(1));
    expect(browser.complaints()).toEqual([]);

    const other = await openBrowser();
    try {
      await other.page.goto(seawall.link);
      await other.page.getByRole('alert').waitFor();
      expect(await other.page.evaluate('document.body.innerText')).toContain('bin/seawall console --sign-in-link');
      expect(other.page.url()).not.toContain('#');
    } finally {
      await other.close();
    }
  });
});

describe('a console that has seen nothing', () => {
  test.each(['/', '/images', '/vulnerabilities'])('%s says what will appear and by which command', async (address) => {
    await open(address);
    const text = await bodyText();
    expect(text).toMatch(/appears? here/);
    expect(text).toContain(`bin/seawall scan IMAGE --console ${seawall.origin} --token TOKEN`);
    expect(await browser.page.locator('[data-state="pass"]').count(), 'nothing is shown as passing').toBe(0);
  });
});

describe('images arrive', () => {
  beforeAll(async () => {
    const reader = { baseUrl: seawall.origin, token: await newToken(state.folder, 'dashboard', 'developer') };
    for (;;) {
      if ((await call(getDatabase, {}, reader)).state === 'ready') return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  test('a scan of the command line is on the open page at once, without a reload', async () => {
    const { page } = browser;
    await open('/images');
    await page.evaluate('window.sameDocument = true');
    const image = vulnerableImage(state.folder);
    const shown = page
      .locator('tr', { hasText: 'gauge-ingest:3.9' })
      .getByText('Fail', { exact: true })
      .waitFor()
      .then(() => performance.now());
    const run = await publish(image);
    const answered = performance.now();
    expect(run.code).toBe(1);
    const late = (await shown) - answered;
    process.stdout.write(`page-after-command ours=${Math.round(late)}ms limit=1000ms\n`);
    expect(late).toBeLessThan(5000);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    addresses.push(addressOf(run), `${addressOf(run)}?tab=packages`, `${addressOf(run)}?tab=scans`);
  });

  test('sound and damaged ones follow: passing and not to be judged are told apart', async () => {
    const sound = await publish(soundImage(state.folder));
    const damaged = await publish(damagedImage(state.folder));
    expect([sound.code, damaged.code]).toEqual([0, 3]);
    addresses.push(addressOf(sound), addressOf(damaged));
    const rows = browser.page.locator('tr.row');
    await rows.filter({ hasText: 'tide-clock' }).getByText('Pass', { exact: true }).waitFor();
    const second = rows.filter({ hasText: 'wave-model' });
    await second.getByText('Cannot judge', { exact: true }).waitFor();
    expect(await second.innerText()).toContain('incomplete');
  });
});

describe('the page of an image', () => {
  const vulnerable = (): string => addresses.at(7) ?? '';

  test('tells verdict, change, layers and who says so', async () => {
    await open(vulnerable());
    await browser.page.getByText(/^\d+ more upgrades?$/).click();
    const text = await bodyText();
    expect(text).toMatch(/Fails: \d+ violations?\./);
    await browser.page.getByRole('heading', { name: 'What to change' }).waitFor();
    expect(text).toContain('org.apache.logging.log4j:log4j-core:2.14.1');
    expect(text).toContain('npm ls lodash');
    expect(text).toContain('COPY lib/ /opt/surge/lib/');
    expect(await browser.page.locator('table[aria-label="Layers, newest first"] tbody tr').count()).toBe(3);
    expect(browser.complaints()).toEqual([]);
  });

  test('keeps filters in the address, so that a link shows the same', async () => {
    const { page } = browser;
    await open(vulnerable());
    const all = await rowsOf(page);
    await page.getByRole('searchbox', { name: 'Search CVE or package' }).fill('log4j');
    await page.waitForURL(/[?&]search=log4j/);
    await atRest(page);
    const found = await rowsOf(page);
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(all);
    await page.reload();
    await atRest(page);
    expect(await rowsOf(page)).toBe(found);
    await page.getByRole('searchbox').fill('no such package');
    await page.locator('section.blank').waitFor();
    expect(await rowsOf(page)).toBe(0);
  });

  test('opens and closes the detail of a finding by keyboard alone', async () => {
    const { page } = browser;
    await open(vulnerable());
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    const detail = page.getByRole('dialog');
    await detail.getByText('Why matched').waitFor();
    const id = await detail.getByRole('heading', { level: 2 }).innerText();
    expect(new URL(page.url()).searchParams.get('finding')).toContain(id);
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('finding=');
  });

  test('shows what nobody could see hatched, with its code, and never as passing or empty', async () => {
    const damaged = addresses.at(-1) ?? '';
    await open(damaged);
    const { page } = browser;
    const text = await bodyText();
    expect(await page.locator('h1.verdict [data-state="unknown"]').count()).toBe(1);
    expect(text).toContain('truncated-archive');
    expect(await page.locator('section.blank').count()).toBe(1);
    expect(await page.locator('.notice .hatch').count()).toBe(1);
    expect(await page.locator('main [data-state="pass"]').count()).toBe(0);
  });
});

describe('the Vulnerability Explorer', () => {
  test('is walked by keyboard: J and K step through the rank, the detail follows', async () => {
    const { page } = browser;
    await open('/vulnerabilities');
    const detail = page.locator('aside.detail h2');
    const second = page.locator('tr.row').nth(1).locator('th a');
    const wanted = await second.innerText();
    await page.keyboard.press('j');
    await until(async () => (await detail.innerText()) === wanted);
    expect(new URL(page.url()).searchParams.get('vulnerability')).toBe(wanted);
    expect(await page.locator('tr[aria-selected="true"] th a').innerText()).toBe(wanted);
    await page.keyboard.press('k');
    await until(async () => (await detail.innerText()) !== wanted);
    expect(await detail.innerText()).toBe(await page.locator('tr.row').first().locator('th a').innerText());
  });

  test('says in each row which parts the risk is made of', async () => {
    const label = await browser.page.locator('tr.row .bar').first().getAttribute('aria-label');
    expect(label).toMatch(/^Risk \d+ of 100: EPSS \d/);
  });
});

describe('every page', () => {
  test('counts what its lists hold: each number leads to as many rows', { timeout: 180_000 }, async () => {
    const { page } = browser;
    const numbers = new Map<string, number>();
    for (const address of ['/', '/images', '/vulnerabilities', addresses.at(7) ?? '']) {
      await open(address);
      for (const [href, number] of await countingLinks()) {
        expect.soft(numbers.get(href) ?? number, `${href} on ${address}`).toBe(number);
        numbers.set(href, number);
      }
    }
    expect(numbers.size).toBeGreaterThan(25);
    for (const [href, number] of numbers) {
      await follow(page, href);
      expect.soft(await rowsOf(page), href).toBe(number);
    }
    expect(browser.complaints()).toEqual([]);
  });

  test.each(widths)('is readable in both themes at %i pixels', { timeout: 240_000 }, async (width) => {
    const { page } = browser;
    await page.setViewportSize({ width, height: 800 });
    for (const address of addresses) {
      await expectReadable(page, address);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(browser.complaints()).toEqual([]);
  });

  test('is really looked at: a picture without words and a wide box are noticed', async () => {
    const { page } = browser;
    await open('/feeds');
    await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend',
      '<img src="/mark.svg"><div style="width:3000px">wide</div>')`);
    expect(await sideways(page)).toBeGreaterThan(0);
    expect((await violationsOf(page)).join()).toContain('image-alt');
    await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend',
      '<div class="field"><input type="number" value="1234567890123"></div><section><button class="icon-btn" aria-label="Gone">' +
      '<svg></svg></button></section><table><thead><tr><th style="font-family: JetBrains Mono">Hash</th></tr></thead></table>')`);
    expect(await blemishesOf(page)).toEqual([
      'cut: 1234567890123',
      'heading of a machine: Hash',
      'alone on its line: Gone',
    ]);
    await page.evaluate(
      `document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="http://127.0.0.2:1/x.png">')`,
    );
    await until(async () => browser.complaints().some((one) => one.includes('Content Security Policy')));
  });

  test('switches its theme and keeps the choice', async () => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme: 'light' });
    await open('/images');
    const before = await groundOf();
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    const after = await groundOf();
    expect(after).not.toBe(before);
    await open('/feeds');
    expect(await groundOf()).toBe(after);
  });

  /** Links of the page whose words hold how many rows they lead to. */
  async function countingLinks(): Promise<readonly (readonly [href: string, number: number])[]> {
    return await browser.page.evaluate<[string, number][]>(`
      [...document.querySelectorAll('a[href^="/"]')].flatMap((link) => {
        const text = link.innerText.replaceAll(/\\s+/g, ' ').trim();
        const address = new URL(link.href);
        const other = link.closest('dl.kv') !== null || (link.closest('tr.row') !== null && address.hash === '#where');
        const numbers = /^([\\d,]+)(?: [A-Za-z]|$)|^[A-Za-z ]+?([\\d,]+)$/.exec(text);
        if (other || numbers === null || /layer/i.test(link.ariaLabel ?? text) || address.pathname === '/feeds') return [];
        return [[address.pathname + address.search, Number((numbers[1] ?? numbers[2]).replaceAll(',', ''))]];
      })`);
  }

  async function groundOf(): Promise<string> {
    return await browser.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  }
});

describe('a console that goes away', () => {
  test('is told on the open page, which comes back by itself with what happened since', async () => {
    const { page } = browser;
    await open('/images');
    await page.evaluate('window.sameDocument = true');
    await seawall.end('SIGKILL');
    await page.getByText('Connection lost, trying again').waitFor();
    await page.getByRole('link', { name: 'Access', exact: true }).click();
    await page.getByRole('alert').getByText('console-unreachable').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goBack();

    seawall = await startConsole({ state: state.folder, port: seawall.port });
    await page.getByText('Live', { exact: true }).waitFor();
    await publish(soundImage(state.folder, 'surge/tide-clock:2.1'));
    await page.locator('tr', { hasText: 'tide-clock:2.1' }).getByText('Pass', { exact: true }).waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    browser.complaints();
  });
});

describe('signing out', () => {
  test('ends the session, also for who kept its cookie', async () => {
    const { page, context } = browser;
    await open('/images');
    const kept = await context.cookies();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await context.addCookies(kept);
    const reply = await context.request.get(`${seawall.origin}/api/v1/images`);
    expect([reply.status(), (await reply.json()).error.code]).toEqual([401, 'not-signed-in']);
  });
});

/** Path of the page that the command names. */
function addressOf(run: Run): string {
  const { image } = JSON.parse(run.stdout) as { readonly image: { readonly digest: string } };
  return `/images/${image.digest}`;
}
