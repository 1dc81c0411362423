import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { importResult } from '#explorer/contract.ts';
import { call, type CallInput, type CallOptions } from '#http/index.ts';
import { arrived, atRest, type Browser, openBrowser, violationsOf } from './browser.ts';
import { type HoldingHost, joinHoldingHost } from './holding-host.ts';
import { scanAlpine } from './make-scan.ts';
import { expectReadable } from './readable.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';

/* Results of OpenSCAP on the pages: apart from what Seawall found itself, in their own words. */

const fixture = (name: string): string =>
  readFileSync(new URL(`../../src/explorer/evidence/openscap/fixtures/${name}`, import.meta.url), 'utf8');
const daysAgo = (days: number, text: string): string => {
  const time = `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`;
  return text.replace(/start-time="[^"]*"/, `start-time="${time}"`).replace(/end-time="[^"]*"/, `end-time="${time}"`);
};

const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
let administrator: CallOptions & { readonly token: string };
let host: HoldingHost;
/** The image that the host holds. */
let subject: SubjectId;

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
  host = await joinHoldingHost({ console: administrator, name: 'quay-1', environment: 'prod' });
  const scan = await scanAlpine(state.folder, '3.3.2-r0', 'surge/weir:1');
  if (scan.subject.kind !== 'image') throw new Error('It is no image.');
  subject = scan.subject.digest as string as SubjectId;
  await host.hold({ images: [{ subject, names: ['surge/weir:1'], scan }], containers: [] });
}, 240_000);
afterAll(async () => {
  await host?.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

const importing = async (target: CallInput<typeof importResult>['body']['target'], text: string): Promise<string> => {
  const body = { target, name: 'results.xml', content: Buffer.from(text).toString('base64') };
  return (await call(importResult, { body }, administrator)).result.id;
};

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

describe('imported results', () => {
  let ofHost: string;

  test('say how to import one, where there is none', async () => {
    await open('/compliance/imported');
    await browser.page.getByText('Nobody has imported a result yet').waitFor();
    await browser.page.getByText('seawall compliance import results.xml --host NAME').waitFor();
    expect(await violationsOf(browser.page)).toEqual([]);
  });

  test('are listed with their own words, nothing of them green, and a stale one hatched', async () => {
    const { page } = browser;
    ofHost = await importing({ kind: 'host', name: 'quay-1' }, daysAgo(2, fixture('quay-1-results.xml')));
    const ofImage = fixture('image-results.xml').replaceAll(
      /podman-image:\/\/[0-9a-f]{64}/g,
      `podman-image://${subject.slice(7)}`,
    );
    await importing({ kind: 'image', digest: subject }, daysAgo(40, ofImage));
    await open('/compliance/imported');
    const rows = page.getByRole('table', { name: 'Imported results' }).locator('tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().innerText()).toMatch(
      /Quay & pier[\s\S]*Harbour baseline 1\.4[\s\S]*host quay-1[\s\S]*1 fail, 1 error/,
    );
    expect(await rows.nth(1).innerText()).toMatch(/image surge\/weir:1[\s\S]*Stale/);
    expect(await rows.nth(1).getAttribute('class')).toContain('hatch-row');
    expect(await page.locator('main [data-state="pass"]').count()).toBe(0);
    expect(await page.locator('h1').innerText()).toMatch(/2 results of OpenSCAP were imported, 1 of them stale/);
  });

  test('are on the page of their host and of their image', async () => {
    const { page } = browser;
    for (const address of ['/hosts?host=quay-1', `/images/${subject}?tab=compliance`]) {
      await open(address);
      const section = page.getByRole('region', { name: 'Imported results' });
      await section.getByRole('link', { name: 'Quay & pier' }).waitFor();
      expect(await section.innerText()).toContain('no control counts it');
    }
  });

  test('open with every rule, save their file byte for byte, and are removed', async () => {
    const { page } = browser;
    await open('/compliance/imported');
    await page.getByRole('link', { name: 'Quay & pier' }).first().click();
    await arrived(page);
    const rows = page.getByRole('table', { name: 'Rules' }).locator('tbody tr');
    expect(await rows.count()).toBe(10);
    expect(await rows.first().innerText()).toMatch(/A banner of the harbour[\s\S]*fail[\s\S]*high[\s\S]*CCE-80000-2/);
    const waits = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the file' }).click();
    const saved = readFileSync(await (await waits).path(), 'utf8');
    expect(saved.replaceAll(/(?:start|end)-time="[^"]*"/g, '')).toBe(
      fixture('quay-1-results.xml').replaceAll(/(?:start|end)-time="[^"]*"/g, ''),
    );
    expect(await violationsOf(page)).toEqual([]);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await expectReadable(page, '/compliance/imported');
      await expectReadable(page, `/compliance/imported/${ofHost}`);
    }
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.waitForURL('**/compliance/imported');
    await page.locator('h1').getByText('1 result of OpenSCAP was imported').waitFor();
    expect(browser.complaints()).toEqual([]);
  });
});
