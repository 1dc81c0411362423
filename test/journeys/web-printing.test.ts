import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { atRest, type Browser, openBrowser, rowsOf, until } from './browser.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';

const state = makeStateFolder();
/** More than one page of rows. */
const many = 130;
let seawall: RealConsole;
let browser: Browser;
let host: ReportingHost;

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  const administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'estate', 'administrator') };
  const body = { name: 'rack 3', uses: 1, environments: ['dev'] };
  const token = (await call(createJoinToken, { body }, administrator)).secret;
  host = await joinAsHost({ console: seawall.origin, token, name: 'quay-7', environment: 'dev' });
  await host.host();
  for (let number = 0; number < many; number += 1)
    await host.container({ name: `printed-${number}`, image: { id: 'x', name: 'x:1' } });
  await host.stored();
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
});
afterAll(async () => {
  await host?.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

describe('a printed page', () => {
  test('has every row of its table, not only those in view', async () => {
    const { page } = browser;
    await page.goto(`${seawall.origin}/containers?host=quay-7`);
    await atRest(page);
    const rows = page.locator('tr.row', { hasText: 'printed-' });
    await until(async () => (await rowsOf(page)) === many);
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(many);
    // What a browser prints is what is there when it is asked to.
    await page.evaluate(`window.print = () => {
      window.printed = [...document.querySelectorAll('tr.row')].filter((row) => row.innerText.includes('printed-')).length;
      window.dispatchEvent(new Event('afterprint'));
    }`);
    await page.keyboard.press('Control+P');
    await until(async () => (await page.evaluate('window.printed')) === many);
    await until(async () => (await rows.count()) < many);
  });
});
