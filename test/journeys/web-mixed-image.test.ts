import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImageDigest, SubjectId } from '#base/index.ts';
import { listFindings } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { getProvenance, putApprovedBase } from '#provenance/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { mixedImage } from '../make/mixed-image.ts';
import { blemishesOf } from './blemishes.ts';
import { atRest, type Browser, keepPicture, openBrowser, rowsOf, sideways, until, violationsOf } from './browser.ts';
import { layOutDatabase } from './full-database.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

/* An image of a system and five languages, on a base that the console knows: what a developer sees of it. */

const state = makeStateFolder();
const { base, image, names } = mixedImage();
const subject = image.digest as SubjectId;
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  await layOutDatabase(state.folder, 'mixed', ['Debian:13', 'Maven', 'npm', 'PyPI', 'Go', 'NuGet']);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const pipeline = await newToken(state.folder, 'pipeline', 'ci');
  await until(async () => (await call(getDatabase, {}, administrator)).state === 'ready');
  await publish('base', pipeline);
  await publish('image', pipeline);
  const body = { name: names.base, from: { kind: 'image' as const, digest: base.digest as ImageDigest } };
  await call(putApprovedBase, { params: { id: 'node' }, body }, administrator);
  await until(async () => {
    const { provenance } = await call(getProvenance, { params: { subject } }, administrator);
    return provenance.bases.some(({ state: proof }) => proof === 'proven');
  });
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function publish(which: 'base' | 'image', token: string): Promise<void> {
  const archive = join(state.folder, `${which}.tar`);
  writeFileSync(archive, (which === 'base' ? base : image).bytes);
  const words = ['scan', `archive:${archive}`, '--console', seawall.origin, '--token', token, '--quiet'];
  await runSeawall(words, { env: environmentOf(state.folder) });
}

/** Texts of changes that do not fit: beside a box of code, or the command in it. */
const cutIn = `[...document.querySelectorAll('#change .change > div:first-child, #change .code .file')]
  .filter((part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1)
  .map((part) => part.innerText)`;

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

test('each finding stands with its layer, and whether that is of the base or own', async () => {
  const { page } = browser;
  await page.setViewportSize({ width: 1700, height: 1200 });
  const { findings, total } = await call(listFindings, { query: { subject, limit: 200 } }, administrator);
  expect(new Set(findings.map(({ finding }) => finding.type))).toEqual(
    new Set(['deb', 'npm', 'maven', 'pypi', 'golang', 'nuget']),
  );
  for (const part of ['base', 'own'] as const) {
    await open(`/images/${subject}?part=${part}`);
    const of = findings.filter(({ finding }) => finding.layer < 2 === (part === 'base'));
    await until(async () => (await rowsOf(page)) === of.length);
    const told = await page.locator('tr.row .c-layer').allInnerTexts();
    expect(told.length).toBeGreaterThan(0);
    expect(
      told.every((text) => new RegExp(`^(?:${part === 'base' ? '[12]' : '[34567]'})\\s+${part}$`).test(text)),
    ).toBe(true);
    expect(of.length).toBeLessThan(total);
  }
});

test('the number beside the base leads to its findings, and so does that of own layers', async () => {
  const { page } = browser;
  await open(`/images/${subject}`);
  const head = page.locator('section', { has: page.getByRole('heading', { name: 'Layers' }) }).locator('header');
  expect((await head.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
    /5 own layers with \d+ findings, on base \S+\/base\/node:13\.1 with \d+ findings\./,
  );
  for (const part of ['own', 'base'] as const) {
    const link = head.getByRole('link', { name: /findings/ }).nth(part === 'own' ? 0 : 1);
    const number = Number(/\d+/.exec(await link.innerText())?.[0]);
    await link.click();
    await page.waitForURL(new RegExp(`part=${part}`));
    await until(async () => (await rowsOf(page)) === number);
  }
});

test('what to change names one line for each package, and a newer base for what is inherited', async () => {
  const { page } = browser;
  await open(`/images/${subject}`);
  const change = page.locator('#change');
  await change.getByRole('heading', { name: 'Rebuild on a newer base' }).waitFor();
  for (const summary of await change.locator('summary').all()) await summary.click();
  const inherited = change.locator('li', { has: page.getByRole('heading', { name: 'Rebuild on a newer base' }) });
  const ofBase = [
    'apt-get update && apt-get install -y --no-remove --only-upgrade libexpat1',
    'apt-get update && apt-get install -y --no-remove --only-upgrade libssl3t64 openssl',
    'npm install -g npm@latest',
  ];
  expect((await inherited.locator('.code .file').allInnerTexts()).toSorted()).toEqual(ofBase);
  expect(
    (await change.locator('.code .file').allInnerTexts()).filter((one) => !ofBase.includes(one)).toSorted(),
  ).toEqual([
    expect.stringMatching(/^dotnet add package Newtonsoft\.Json --version 13/),
    expect.stringMatching(/^go get go@1\.25/),
    expect.stringMatching(/^go get golang\.org\/x\/net@v0/),
    expect.stringMatching(/^pip install 'Jinja2==/),
    expect.stringMatching(/^pip install 'requests==2/),
    expect.stringMatching(/^pnpm add lodash@4/),
    expect.stringMatching(/^pnpm add minimist@1/),
    'pom.xml or build.gradle, log4j-core',
  ]);
});

test('is readable, wide and narrow, light and dark', { timeout: 120_000 }, async () => {
  const { page } = browser;
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await open(`/images/${subject}`);
    for (const summary of await page.locator('#change summary').all()) await summary.click();
    expect(await page.evaluate<string[]>(cutIn)).toEqual([]);
    await keepPicture(page, `mixed-image-${width}-${colorScheme}`);
    expect(await violationsOf(page)).toEqual([]);
    expect(await blemishesOf(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
  }
});
