import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atRest, type Browser, openBrowser, violationsOf } from './browser.ts';
import { expectReadable } from './readable.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

/* A template that somebody writes: saved by the command line, changed on its page, reported, deleted and still read. */

const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  const token = await newToken(state.folder, 'automat', 'administrator');
  env = { SEAWALL_CONSOLE: seawall.origin, SEAWALL_TOKEN: token };
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

const text = `id: own-harbour
title: Rules of the harbour
summary: What we ask of containers
controls:
  - id: H-1
    title: Administrators are persons
    text: Each administrator is one person.
    sp80053: [AC-2]
    questions: [nist-800-190/4.3.1/administrators]
    checks: [CTR-001]
  - id: H-2
    title: Doors are locked
    text: The server room is locked.
    notAssessed: It is about doors. A visit would assess this.
`;

const compliance = async (...words: readonly string[]) => await runSeawall(['compliance', ...words], { env });

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

function fileWith(content: string): string {
  const file = join(state.folder, 'harbour.yaml');
  writeFileSync(file, content);
  return file;
}

describe('an own template', () => {
  test('is saved by the command line, which names what is wrong by its line', { timeout: 120_000 }, async () => {
    const wrong = await compliance('template', 'save', fileWith(text.replace('CTR-001', 'CTR-999')));
    expect([wrong.code, wrong.lastLine]).toEqual([2, expect.stringContaining('Correct the template')]);
    expect(wrong.stderr).toContain('harbour.yaml:10: controls[0].checks[0]: there is no check CTR-999');
    expect((await compliance('template', 'save', fileWith(text))).lastLine).toContain('Saved own-harbour');
    const { stdout } = await compliance('template', 'list');
    expect(stdout).toMatch(/^own-harbour {2}Rules of the harbour {2}version 1, saved \d{4}-\d\d-\d\d by /);
    expect((await compliance('template', 'show', 'own-harbour')).stdout).toBe(text);
  });

  test('stands in the Compliance Explorer, with what nothing assesses', async () => {
    const { page } = browser;
    await open('/compliance?template=own-harbour');
    expect(await page.locator('h1').innerText()).toMatch(/1 control is not assessed by Seawall/);
    await page.getByText('written here').first().waitFor();
    const outside = page.getByRole('row', { name: /H-2/ });
    expect(await outside.innerText()).toMatch(/It is about doors[\s\S]*Not assessed by Seawall/);
    expect(await outside.locator('[data-state="pass"]').count()).toBe(0);
    await open('/compliance/controls/own-harbour/H-1');
    expect(await page.locator('main').innerText()).toMatch(/Standing\s+written here[\s\S]*SP 800-53\s+AC-2/);
    await open('/compliance/controls/own-harbour/H-2');
    expect(await page.locator('h1').innerText()).toMatch(/Not assessed by Seawall\./);
    expect(await page.getByRole('heading', { name: 'Subjects' }).count()).toBe(0);
    expect(browser.complaints()).toEqual([]);
  });

  test('is changed on its page; what is wrong is said there, and nothing is lost', async () => {
    const { page } = browser;
    await open('/compliance/templates');
    await page.getByRole('button', { name: 'Edit Rules of the harbour' }).click();
    const field = page.getByLabel('Template as YAML or JSON');
    await field.fill(text.replace('CTR-001', 'CTR-999'));
    await page.getByRole('button', { name: 'Save template' }).click();
    await page.getByText('Line 10: controls[0].checks[0]: there is no check CTR-999').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('From a file').setInputFiles(fileWith(text.replace('CTR-001', 'CTR-002')));
    await page.getByRole('button', { name: 'Save template' }).click();
    await page
      .getByRole('row', { name: /own-harbour/ })
      .getByText('version 2')
      .waitFor();
    expect(await field.count()).toBe(0);
  });

  test('is reported as what it is, like those that nobody reviewed', { timeout: 240_000 }, async () => {
    const own = await compliance('report', '--template', 'own-harbour', '--format', 'html');
    expect(own.stdout).toContain('<strong>An own template:</strong>');
    expect(own.stdout).toContain('H-2 Doors are locked</td><td>It is about doors.');
    const pci = await compliance('report', '--template', 'pci-dss-4', '--format', 'oscal');
    expect(pci.stdout).toContain('A starting point, not reviewed');
    const hipaa = await compliance('report', '--template', 'hipaa', '--format', 'csv');
    expect(hipaa.stdout).toMatch(/\r\n164\.310\(b\),not-assessed,[^\r]*,starting-point\r\n/);
    const { page } = browser;
    await open('/compliance?template=pci-dss-4');
    await page.getByText('starting point, not reviewed').first().waitFor();
    await open('/compliance/controls/hipaa/164.308(a)(1)(ii)(A)');
    expect(await page.locator('main').innerText()).toMatch(/Standing\s+starting point, not reviewed/);
  });

  test('is asked of the console by commands that judge here', { timeout: 120_000 }, async () => {
    const known = await compliance('host', '--template', 'own-harbour', '--format', 'json');
    expect(JSON.parse(known.stdout)).toMatchObject({ template: 'own-harbour' });
    const unknown = await compliance('host', '--template', 'own-none');
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('The console has no template own-none.'),
    ]);
  });

  test('is deleted, and its history can still be read', { timeout: 120_000 }, async () => {
    const { page } = browser;
    await open('/compliance/templates');
    await page.getByRole('button', { name: 'Delete Rules of the harbour' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page
      .getByRole('row', { name: /own-harbour/ })
      .getByText('deleted')
      .waitFor();
    await open('/compliance?template=own-harbour');
    await page.getByText('This template was deleted on').waitFor();
    await page.getByRole('row', { name: /H-1/ }).waitFor();
    expect((await compliance('report', '--template', 'own-harbour', '--format', 'html')).stdout).toContain(
      'The template was deleted on',
    );
    expect((await compliance('template', 'show', 'own-harbour')).stdout).toContain('CTR-002');
    const twice = await compliance('template', 'delete', 'own-harbour');
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('There is no own template own-harbour.')]);
    expect(browser.complaints()).toEqual([expect.stringContaining('400 (Bad Request)')]);
  });
});

test.each([1280, 390])('pages of templates are readable at %i pixels', { timeout: 180_000 }, async (width) => {
  const { page } = browser;
  await page.setViewportSize({ width, height: 800 });
  for (const address of [
    '/compliance/templates',
    '/compliance?template=pci-dss-4',
    '/compliance/controls/pci-dss-4/9.2',
  ])
    await expectReadable(page, address);
  await page.setViewportSize({ width: 1280, height: 800 });
});
