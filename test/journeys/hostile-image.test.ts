import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanPublication } from '#catalog/contract.ts';
import { getImage, listFindings, listImages, listPackages } from '#explorer/contract.ts';
import { type CallOptions, call } from '#http/index.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { openBrowser, sideways, until } from './browser.ts';
import { controls, hostilePublication, hostileTexts } from './hostile.ts';
import { scanAlpine } from './make-scan.ts';
import { type RawReply, type RawRequest, send } from './raw-request.ts';
import { makeStateFolder, newLink, newToken, type RealConsole, readLog, startConsole } from './real-console.ts';
import { layOutDatabase } from './sample-estate.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let publisher: CallOptions;
let reader: CallOptions;
let sound: ScanPublication;

beforeAll(async () => {
  await layOutDatabase(state.folder);
  seawall = await startConsole({ state: state.folder });
  publisher = { baseUrl: seawall.origin, token: await newToken(state.folder, 'pipeline', 'ci') };
  reader = { baseUrl: seawall.origin, token: await newToken(state.folder, 'dashboard', 'developer') };
  sound = await scanAlpine(state.folder, '3.3.0-r0');
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
});

const as = ({ token = '' }: CallOptions): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });
/** NUL is no text that a store could be asked for. */
const statusOf = (sent: string): number => (sent.includes('\0') ? 400 : 200);
const ask = async (request: RawRequest): Promise<RawReply> => await send(seawall.port, request);

describe('an image whose every text is hostile', () => {
  let subject: ScanPublication['subject'];

  test('is stored, judged and listed; no reading of it fails', async () => {
    const hostile = hostilePublication(sound, 200);
    ({ subject } = hostile);
    const reply = await ask({ path: '/api/v1/scans', headers: as(publisher), body: hostile });
    expect(reply.text.slice(0, 500)).toContain('"scan":');
    const { scan, subject: id } = JSON.parse(reply.text);
    await until(
      async () => (await call(getScanVerdict, { params: { scan }, query: { wait: 5 } }, publisher)).state === 'judged',
    );
    await until(async () => (await call(listImages, { query: {} }, reader)).images[0]?.verdict !== undefined);
    const image = await call(getImage, { params: { subject: id } }, reader);
    expect(image).toMatchObject({ verdict: { kind: 'cannot-judge' }, row: { packages: 200 } });
    expect(image.faults.map((fault) => fault.path)).toContain('a\u0000b');
    expect(
      (await call(listPackages, { params: { subject: id }, query: { limit: 500 } }, reader)).packages,
    ).toHaveLength(200);
    for (const text of [...hostileTexts, ...controls]) {
      const sent = text.toWellFormed().slice(0, 256);
      for (const query of [{ search: sent }, { vulnerability: sent }, { package: sent }]) {
        const path = `${listFindings.path}?${new URLSearchParams(query as Record<string, string>)}`;
        expect(await ask({ path, headers: as(reader) }), JSON.stringify(query)).toMatchObject({
          status: statusOf(sent),
        });
      }
      const path = `${listPackages.path.replace(':subject', id)}?${new URLSearchParams({ search: sent })}`;
      expect(await ask({ path, headers: as(reader) })).toMatchObject({ status: statusOf(sent) });
    }
    expect(
      readLog(state.folder)
        .split('\n')
        .filter((line) => line.includes('"level":50')),
    ).toEqual([]);
  });

  test('is text on every page, and runs nothing', async () => {
    const browser = await openBrowser();
    try {
      const { page } = browser;
      await page.goto(await newLink(state.folder));
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      const own = `/images/${subject.kind === 'image' ? subject.digest : ''}`;
      for (const address of ['/', '/images', own, `${own}?tab=packages`, `${own}?tab=scans`, '/vulnerabilities']) {
        await page.goto(seawall.origin + address);
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        await until(async () => (await page.locator('[aria-busy="true"]').count()) === 0);
        if (address !== '/vulnerabilities')
          expect(await page.evaluate('document.body.innerText'), address).toContain(
            '<img src=x onerror="window.harmed=1">',
          );
        expect(await page.evaluate('window.harmed'), address).toBeUndefined();
        expect(await page.locator('a[href^="javascript:"]').count(), address).toBe(0);
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          expect.soft(await sideways(page), `${address} at ${width}`).toBeLessThanOrEqual(0);
        }
      }
      expect(browser.complaints()).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
