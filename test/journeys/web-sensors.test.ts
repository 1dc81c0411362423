import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { publishScan } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { blemishesOf } from './blemishes.ts';
import { atRest, type Browser, keepPicture, openBrowser, rowsOf, sideways, until, violationsOf } from './browser.ts';
import { scanArchive, writeAlpine } from './make-scan.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { layOutDatabase, type SampleImage, vulnerableImage } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

/* What protects hosts, and what their images can run, on the pages: four hosts over the real link, two images. */

const state = makeStateFolder();
const noRoot = 'The sensor needs root. Start the agent as root.';
const hosts = new Map<string, ReportingHost>();
let seawall: RealConsole;
let browser: Browser;
let hashed: SubjectId;
let older: SubjectId;

beforeAll(async () => {
  await layOutDatabase(state.folder);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  const token = await newToken(state.folder, 'pipeline', 'ci');
  const gauge = vulnerableImage(state.folder, 'surge/gauge:1');
  hashed = await publish(gauge, token);
  older = await publishUnhashed(token);
  const operations = { baseUrl: seawall.origin, token: await newToken(state.folder, 'estate', 'administrator') };
  const { secret } = await call(
    createJoinToken,
    { body: { name: 'rack', uses: 9, environments: ['dev', 'test', 'prod'] } },
    operations,
  );
  const quay = await joined('quay-1', { environment: 'prod', secret });
  const lab = await joined('lab-1', { environment: 'dev', secret });
  const old = await joined('rack-1', { environment: 'test', secret });
  await joined('rack-2', { environment: 'test', secret });
  await quay.sensor({ lost: 12 });
  await lab.sensor({ state: 'missing', reason: noRoot, mechanisms: [] });
  await old.sensor({ kernel: '5.15.0', mechanisms: [{ name: 'listening ports recorded', active: true }] });
  const own = await scanArchive(gauge.archive);
  for (const host of [quay, lab]) {
    await host.image({ id: hashed, subject: hashed, names: ['surge/gauge:1'] });
    await host.scan(own);
  }
  for (const host of hosts.values()) await host.stored();
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  for (const host of hosts.values()) await host.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function joined(
  name: string,
  { environment, secret }: { readonly environment: string; readonly secret: string },
): Promise<ReportingHost> {
  const host = await joinAsHost({ console: seawall.origin, token: secret, name, environment });
  hosts.set(name, host);
  await host.host();
  return host;
}

async function publish({ archive }: SampleImage, token: string): Promise<SubjectId> {
  const words = ['scan', `archive:${archive}`, '--format', 'json', '--console', seawall.origin, '--token', token];
  const run = await runSeawall(words, { env: environmentOf(state.folder) });
  return (JSON.parse(run.stdout) as { readonly image: { readonly digest: SubjectId } }).image.digest;
}

/** A scan of a scanner that does not hash. */
async function publishUnhashed(token: string): Promise<SubjectId> {
  const archive = writeAlpine(state.folder, '3.3.2-r0', 'surge/older:1');
  const scan = await scanArchive(archive, { executables: 'left-out' });
  await call(publishScan, { body: scan as never }, { baseUrl: seawall.origin, token });
  if (scan.subject.kind !== 'image') throw new Error(scan.subject.kind);
  return scan.subject.digest as string as SubjectId;
}

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

describe('what protects hosts', () => {
  test('is told for each, with the reason where nobody knows, and changes on the open page', async () => {
    const { page } = browser;
    await open('/hosts');
    await page.evaluate('window.sameDocument = true');
    const runtime = (host: string) => page.getByRole('row', { name: host }).locator('.c-runtime');
    expect(await runtime('quay-1').innerText()).toMatch(/^Prevents\s+on quay-1\s+programs, code files\s+lost 12/);
    expect(await runtime('rack-1').innerText()).toMatch(/^Watches[\s\S]*can stop nothing/);
    expect(await runtime('lab-1').innerText()).toContain(noRoot);
    expect(await runtime('rack-2').innerText()).toMatch(/^Not known[\s\S]*has told of no sensor/);
    for (const host of ['lab-1', 'rack-2']) {
      expect(await runtime(host).locator('[data-state="unknown"]').count(), host).toBeGreaterThan(0);
      expect(await runtime(host).locator('[data-state="pass"]').count(), host).toBe(0);
    }
    await hosts.get('lab-1')?.sensor({});
    await runtime('lab-1').getByText('Prevents').waitFor();
    await hosts.get('lab-1')?.sensor({ state: 'missing', reason: noRoot, mechanisms: [] });
    await runtime('lab-1').getByText('No sensor').waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  test('is opened with every mechanism, active or not with its reason, and what was lost', async () => {
    const { page } = browser;
    await page.getByRole('link', { name: 'Prevents on quay-1' }).click();
    const detail = page.getByRole('dialog');
    await detail.getByText('Stops programs and code files that a rule forbids.').waitFor();
    expect(new URL(page.url()).searchParams.get('host')).toBe('quay-1');
    const lines = await detail.locator('.mechanisms li').allInnerTexts();
    expect(lines).toHaveLength(7);
    expect(lines.filter((line) => line.startsWith('active'))).toHaveLength(6);
    expect(lines[2]).toMatch(/^not active\s+programs refused by BPF LSM\s+bpf is not among lsm= of the kernel/);
    expect((await detail.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /Kernel 6\.12\.48\+deb13-amd64 .*Lost 12 Held back none/,
    );
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.has('host')).toBe(false);
  });

  test('is counted on the overview where nobody knows, and the number leads to those hosts', async () => {
    const { page } = browser;
    for (const [environment, number] of [
      ['', 2],
      ['?environment=dev', 1],
      ['?environment=prod', 0],
    ] as const) {
      await open(`/${environment}`);
      await page.getByRole('link', { name: new RegExp(`^${number} hosts? without a working sensor$`) }).click();
      await page.waitForURL(/hosts\?.*state=unprotected/);
      await atRest(page);
      expect(await rowsOf(page), environment).toBe(number);
    }
    await page.getByText('A sensor works on every host').waitFor();
  });
});

describe('executables of an image', () => {
  test('are listed with package, layer and hashes, and searched by any of them', async () => {
    const { page } = browser;
    await open(`/images/${hashed}`);
    const tab = page.getByRole('link', { name: /^Executables/ });
    await tab.click();
    await page.waitForURL(/tab=executables/);
    await atRest(page);
    const all = await rowsOf(page);
    expect(all).toBe(3);
    expect(await tab.innerText()).toMatch(/^Executables\s*3$/);
    const row = page.locator('tr.row', { hasText: 'log4j-core-2.14.1.jar' });
    expect(await row.innerText()).toMatch(
      /log4j-core\s+Java\s+[0-9a-f]{8}…[0-9a-f]{4}[\s\S]+[0-9a-f]{8}…[0-9a-f]{4}\s+\d+ B\s+3$/,
    );
    const sums = await row.locator('.c-sum .hash').evaluateAll((all) => all.map((one) => one.getAttribute('title')));
    expect(sums.map((sum) => sum?.length)).toEqual([64, 32]);
    await row.getByRole('button', { name: /^Copy MD5 of/ }).waitFor();
    for (const text of [sums[0]?.slice(0, 20), sums[1], 'log4j']) {
      await page.getByRole('searchbox', { name: /hash/ }).fill(String(text));
      await until(async () => (await rowsOf(page)) === 1);
      await row.waitFor();
      await page.getByRole('searchbox', { name: /hash/ }).fill('');
      await until(async () => (await rowsOf(page)) === all);
    }
  });

  test('are unknown where the scan did not hash them, with the way out', async () => {
    const { page } = browser;
    await open(`/images/${older}?tab=executables`);
    const notice = page.locator('.notice', { hasText: 'executables of this image are not known' });
    await notice.getByText('bin/seawall scan surge/older:1').waitFor();
    expect(await notice.locator('.hatch').count()).toBe(1);
    expect(await page.getByRole('link', { name: /^Executables/ }).innerText()).toBe('Executables');
  });
});

describe('each of these pages', () => {
  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('is readable in the %s theme at %i pixels', { timeout: 120_000 }, async (colorScheme, width) => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const addresses = [
      '/',
      '/hosts',
      '/hosts?state=unprotected',
      '/hosts?host=quay-1',
      '/hosts?host=rack-2',
      `/images/${hashed}?tab=executables`,
      `/images/${older}?tab=executables`,
    ];
    for (const address of addresses) {
      await open(address);
      await keepPicture(page, `${address} ${colorScheme} ${width}`);
      expect.soft(await sideways(page), address).toBeLessThanOrEqual(0);
      expect.soft(await blemishesOf(page), address).toEqual([]);
      expect.soft(await violationsOf(page), address).toEqual([]);
    }
    expect(browser.complaints()).toEqual([]);
  });
});
