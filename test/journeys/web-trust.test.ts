import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call } from '#http/index.ts';
import { listPolicies } from '#policy/contract.ts';
import { getProvenance, getTrust } from '#provenance/contract.ts';
import type { SubjectId } from '#base/index.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { type Cosign, cosignWithKey } from '../make/cosign.ts';
import { dockerArchive, ociImage } from '../make/image.ts';
import { apkInstalled, osRelease } from '../make/packages.ts';
import { pushImage, startRegistry, type TestRegistry } from '../make/registry.ts';
import { file, makeTar } from '../make/tar.ts';
import { blemishesOf } from './blemishes.ts';
import { atRest, type Browser, keepPicture, openBrowser, sideways, until, violationsOf } from './browser.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { layOutDatabase } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
const packages = apkInstalled([{ name: 'musl', version: '1.2.5-r99', origin: 'musl' }]);
const layer = makeTar([osRelease('alpine', '3.20.3'), packages]);
const ours = ociImage([layer], { steps: ['ADD alpine-minirootfs.tar.gz /'] });
const laundered = [layer, makeTar([file('opt/miner', 'x')])];
let registry: TestRegistry;
let cosign: Cosign;
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  await layOutDatabase(state.folder);
  cosign = cosignWithKey();
  registry = await startRegistry();
  const manifest = await pushImage(ours, { name: name('2.0') });
  cosign.sign(`${registry.host}/team/tide-clock@${manifest}`);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const pipeline = await newToken(state.folder, 'pipeline', 'ci');
  await until(async () => (await call(getDatabase, {}, administrator)).state === 'ready');
  await publish(`registry:${name('2.0')}`, pipeline);
  const archive = join(state.folder, 'laundered.tar');
  writeFileSync(archive, dockerArchive(laundered, { names: [name('1.9')] }).bytes);
  await publish(`archive:${archive}`, pipeline);
  await until(async () => (await lastPolicy()).hits.pass === 2);
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  await registry?.end();
  cosign?.remove();
  state.remove();
});

test('the page Trust takes a registry, a key and a base, and tells them', async () => {
  await open('/trust');
  expect(await browser.page.locator('h1.verdict').innerText()).not.toMatch(/\d/);
  await fill('Trust a registry', { Name: 'Harbour', Repositories: `${registry.host}/team` });
  await fill('Trust a key', { Name: 'Release', 'Public key (PEM)': cosign.publicKey });
  await fill('Approve a base', { Name: 'Alpine', 'Image digest': ours.digest });
  await browser.page.getByRole('heading', { name: /^1 registry, 1 signing key and 1 approved base\b/ }).waitFor();
  const { keys } = await call(getTrust, {}, administrator);
  expect(keys).toMatchObject([{ id: 'release', kind: 'ecdsa-p256', savedBy: expect.any(String) }]);
  expect(await violationsOf(browser.page)).toEqual([]);
  expect(await sideways(browser.page)).toBe(0);
});

test('an image tells what is proven of where it comes from, and why', async () => {
  const subject = ours.digest as SubjectId;
  await until(async () => {
    const { provenance } = await call(getProvenance, { params: { subject } }, administrator);
    return [...provenance.signatures, ...provenance.bases, provenance.origin].every((one) => one.state === 'proven');
  });
  await open(`/images/${subject}`);
  const table = browser.page.getByRole('table', { name: 'Provenance' });
  expect(await table.innerText()).toMatch(
    new RegExp(`Origin\\s+Proven\\s+${registry.host}/team/tide-clock holds it\\.[\\s\\S]*Release signed the manifest`),
  );
  expect(await table.innerText()).toMatch(/Base: Alpine\s+Proven/);
  expect(await table.locator('[data-state="pass"] svg').count()).toBe(3);
  expect(await violationsOf(browser.page)).toEqual([]);
  await open(`/images/${dockerArchive(laundered, { names: [name('1.9')] }).digest}`);
  expect(
    await table
      .getByRole('row', { name: /^Origin/ })
      .locator('[data-state="fail"] svg')
      .count(),
  ).toBe(1);
});

test('rules of signatures and bases offer what is trusted and say what they do', { timeout: 120_000 }, async () => {
  const { page } = browser;
  const { policy } = await lastPolicy();
  await open(`/rules/${policy.id}`);
  for (const kind of ['Signature', 'Approved base']) await addRule(kind);
  const signature = page.locator('.rule-card', { hasText: 'Signing keys' });
  const base = page.locator('.rule-card', { hasText: 'Approved bases' });
  expect(await signature.innerText()).toContain('Choose a key.');
  expect(await base.innerText()).toContain('Choose a base.');
  await eachWay('rules of provenance');
  await signature.getByLabel('Release').check();
  await base.getByLabel('Alpine').check();
  expect(await signature.innerText()).toMatch(/^.*\bBlock\b.*\brelease\b/m);
  expect(await base.innerText()).toMatch(/^.*\bBlock\b.*\balpine\b/m);
  await page.getByText(/^1 verdict /).waitFor();
  await eachWay('rules of provenance, chosen');
  await page.getByRole('button', { name: 'Discard changes' }).click();
});

test('every one of these pages is readable, wide and narrow, light and dark', { timeout: 120_000 }, async () => {
  const { page } = browser;
  const absent = `/images/sha256:${'0'.repeat(64)}`;
  for (const address of ['/trust', `/images/${ours.digest}`, `/images/${ours.digest}?tab=scans`, absent]) {
    await open(address);
    await page.evaluate(`document.querySelectorAll('main details').forEach((folded) => (folded.open = true))`);
    await eachWay(address);
  }
});

test('a rule lets only what the registry holds pass, whatever an image is called', async () => {
  const { policy } = await lastPolicy();
  await open(`/rules/${policy.id}`);
  await addRule('Trusted source');
  await browser.page.getByLabel(/^From/).fill(`${registry.host}/team`);
  await browser.page.getByText(/^1 verdict /).waitFor();
  const save = browser.page.getByRole('button', { name: 'Save as version 2' });
  await save.and(browser.page.locator(':enabled')).click();
  await until(async () => (await lastPolicy()).policy.version === 2);
  await until(async () => (await lastPolicy()).hits.fail === 1);
  expect((await lastPolicy()).hits).toMatchObject({ pass: 1, fail: 1, cannotJudge: 0 });
  await open(`/images/${dockerArchive(laundered, { names: [name('1.9')] }).digest}`);
  expect(await browser.page.locator('h1.verdict [data-state="fail"]').count()).toBe(1);
  expect(await text()).toMatch(/registry: \S+\/team\/tide-clock /);
});

test('a registry that is trusted no longer proves nothing', async () => {
  await open('/trust');
  await browser.page.getByRole('button', { name: 'Remove Harbour' }).click();
  await browser.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await browser.page.getByRole('heading', { name: /^0 registries, 1 signing key and 1 approved base\b/ }).waitFor();
  await until(async () => (await lastPolicy()).hits.fail === 2);
});

function name(tag: string): string {
  return `${registry.host}/team/tide-clock:${tag}`;
}

async function addRule(kind: string): Promise<void> {
  await browser.page.getByRole('button', { name: 'Add a rule' }).click();
  await browser.page.getByRole('menuitem', { name: kind }).click();
}

/** Looks at the page as it stands, without opening it again. */
async function eachWay(what: string): Promise<void> {
  const { page } = browser;
  for (const width of [390, 1280]) {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      await keepPicture(page, `${what} ${colorScheme} ${width}`);
      expect.soft(await sideways(page), `${what} ${width}`).toBe(0);
      expect.soft(await blemishesOf(page), `${what} ${width}`).toEqual([]);
      expect.soft(await violationsOf(page), `${what} ${width} ${colorScheme}`).toEqual([]);
    }
  }
}

async function publish(target: string, token: string): Promise<void> {
  const words = ['scan', target, '--format', 'json', '--console', seawall.origin, '--token', token];
  const run = await runSeawall(words, { env: environmentOf(state.folder) });
  expect(run.stderr).not.toContain('seawall:');
}

async function lastPolicy() {
  const last = (await call(listPolicies, {}, administrator)).policies.at(-1);
  if (last === undefined) throw new Error('There is no policy.');
  return last;
}

/** Unfolds a form, fills it and sends it. */
async function fill(act: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const form = browser.page.locator('details', { has: browser.page.locator('summary', { hasText: act }) });
  await form.locator('summary').click();
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(value);
  await form.getByRole('button', { name: act }).click();
  await until(async () => (await form.getByLabel('Name', { exact: true }).inputValue()) === '');
}

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

async function text(): Promise<string> {
  return await browser.page.evaluate<string>('document.body.innerText');
}
