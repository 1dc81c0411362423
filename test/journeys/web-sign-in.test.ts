import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest, type Browser, keepPicture, openBrowser, until, violationsOf } from './browser.ts';
import { makeStateFolder, newLink, type RealConsole, readLog, startConsole } from './real-console.ts';

const state = makeStateFolder();
const first = 'the harbour is full of fog';
const second = 'gulls over the breakwater';
let seawall: RealConsole;
let browser: Browser;

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function enter({ page }: Browser, password: string): Promise<void> {
  await page.goto(`${seawall.origin}/sign-in`);
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function openOwn({ page }: Browser): Promise<void> {
  await page.goto(`${seawall.origin}/access?tab=password`);
  await page.getByRole('heading', { name: 'My password' }).waitFor();
  await atRest(page);
}

describe('a password', () => {
  test('is measured while it is typed, and needs no old one after a link', async () => {
    const { page } = browser;
    await openOwn(browser);
    expect(await page.getByLabel('Old password').count()).toBe(0);
    const field = page.getByLabel('Password', { exact: true });
    const set = page.getByRole('button', { name: 'Set password' });
    await page.getByText('At least 12 characters').waitFor();
    await field.fill('too short');
    await page.getByText('fewer than 12 characters').waitFor();
    expect(await set.isDisabled()).toBe(true);
    await field.fill('seawall-admin-admin');
    await page.getByText('easy to guess').waitFor();
    expect(await set.isDisabled()).toBe(true);
    // Common ones are known to the console alone, which says so.
    await field.fill('password1234');
    await set.click();
    await page.getByRole('status').getByText('easy to guess').waitFor();
    expect(browser.complaints().join()).toContain('400');
    expect(await violationsOf(page)).toEqual([]);
    await field.fill(first);
    await set.click();
    await page.getByText('The password is set.').waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('is changed with the old one; other sessions end, this one goes on', async () => {
    const other = await openBrowser();
    try {
      await enter(other, first);
      await other.page.getByRole('button', { name: 'Sign out' }).waitFor();
      await openOwn(other);
      const { page } = other;
      const change = page.getByRole('button', { name: 'Change password' });
      await page.getByLabel('New password').fill(second);
      expect(await change.isDisabled()).toBe(true);
      await page.getByLabel('Old password').fill('it was not this');
      await change.click();
      await page.getByText('The old password is wrong.').waitFor();
      await page.getByLabel('Old password').fill(first);
      await change.click();
      await page.getByText('The password is set.').waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'My password' }).waitFor();
      await browser.page.goto(`${seawall.origin}/hosts`);
      await browser.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    } finally {
      await other.close();
    }
  });

  test('that is wrong too often says how long to wait, and a link leads in at once', async () => {
    const { page } = browser;
    const wait = page.getByText(/the next one is checked in \d+ s\./);
    await enter(browser, 'it was not this either');
    await page.getByText('Name or password are wrong.').waitFor();
    await until(async () => {
      await page.getByRole('button', { name: 'Sign in' }).click();
      return (await wait.count()) > 0;
    });
    await page.getByText('A sign-in link works at once.').waitFor();
    await browser.page.goto(await newLink(state.folder));
    await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
    browser.complaints();
  });
});

test('own sessions are listed, and ended one by one', async () => {
  const other = await openBrowser();
  try {
    await other.page.goto(await newLink(state.folder));
    await other.page.getByRole('button', { name: 'Sign out' }).waitFor();
    await openOwn(browser);
    const { page } = browser;
    const ends = page.getByRole('button', { name: 'End the session of admin' });
    const before = await ends.count();
    expect(before).toBeGreaterThan(0);
    expect(await violationsOf(page)).toEqual([]);
    await ends.first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await until(async () => (await ends.count()) === before - 1);
    await other.page.goto(`${seawall.origin}/hosts`);
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  } finally {
    await other.close();
  }
});

describe('plain HTTP', () => {
  test('is told of on no page that comes from this machine', async () => {
    const { page } = browser;
    for (const address of ['/', '/system']) {
      await page.goto(seawall.origin + address);
      await atRest(page);
      expect(await page.getByText('plain HTTP').count()).toBe(0);
    }
    expect(seawall.said() + readLog(state.folder)).not.toContain('plain HTTP');
  });

  test('is told of before anybody types a password, and inside', async () => {
    const named = makeStateFolder();
    const origin = 'http://seawall.example';
    const console = await startConsole({ state: named.folder, env: { SEAWALL_ORIGIN: origin } });
    const other = await openBrowser();
    try {
      // As if a name server knew it.
      await other.context.route(`${origin}/**`, async (route) => {
        const url = route.request().url().replace(origin, `http://127.0.0.1:${console.port}`);
        // What stays open cannot be handed on whole.
        if (route.request().headers()['accept'] === 'text/event-stream') return await route.abort();
        const headers = { ...(await route.request().allHeaders()), host: 'seawall.example' };
        await route.fulfill({ response: await route.fetch({ url, headers }) });
      });
      await other.page.goto(`${origin}/sign-in`);
      await other.page.getByText('This page came by plain HTTP.').waitFor();
      expect(await violationsOf(other.page)).toEqual([]);
      await keepPicture(other.page, 'plain HTTP at sign-in');
      const { hash } = new URL(console.link);
      await other.page.evaluate(`location.hash = '${hash}'`);
      await other.page.getByRole('button', { name: 'Sign out' }).waitFor();
      for (const address of ['/', '/system']) {
        await other.page.goto(origin + address);
        await atRest(other.page);
        expect(await other.page.getByText('This page came by plain HTTP.').count()).toBe(1);
      }
      await keepPicture(other.page, 'plain HTTP inside');
      expect(console.said()).toContain('Passwords and sessions cross the network as plain HTTP');
      expect(readLog(named.folder)).toContain('Passwords and sessions cross the network as plain HTTP');
    } finally {
      await other.close();
      await console.end('SIGTERM');
      named.remove();
    }
  });
});
