import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { documentText, keyFingerprint } from '#compliance/index.ts';
import { getTemplateEvidence } from '#explorer/contract.ts';
import { verifyEvidenceFile } from '#explorer/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { call } from '#http/index.ts';
import { containerOfInspect } from '#inventory/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { aroundFor, recorded } from '../../src/inventory/settings/container/testing.ts';
import { arrived, atRest, type Browser, follow, openBrowser, until, violationsOf } from './browser.ts';
import { expectReadable } from './readable.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';

/* From the worst control to the file that fails, and all that an auditor asks on the way. */

const state = makeStateFolder();
/** What everybody may write on both hosts, and must not. */
const looseFile = '/etc/docker/daemon.json';
const recording = new URL('../../src/compliance/checks/host/fixtures/debian-13-plain.json', import.meta.url);
/** Three subjects fail it, and fewer any other. */
const worst = '4.5.5';
const params = { template: 'nist-800-190' };
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };
const hosts: ReportingHost[] = [];

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
  await open('/compliance');
  // Of hosts and images nothing is known, however the console itself stands.
  expect(await browser.page.locator('h1 [data-state="pass"]').count()).toBe(0);
  expect(await browser.page.locator('h1').innerText()).toMatch(/not met|incomplete/);
  const body = { name: 'rack 3', uses: 5, environments: ['prod'] };
  const { secret } = await call(createJoinToken, { body }, administrator);
  for (const name of ['quay-1', 'quay-2']) {
    const host = await joinAsHost({ console: seawall.origin, token: secret, name, environment: 'prod' });
    hosts.push(host);
    await host.host();
    await reportHost(host);
    if (name === 'quay-1') await reportContainer(host);
    await host.stored();
  }
  await until(async () => (await controlOf(worst)).subjects.fail === 3);
  // What the page kept of the empty console is out of date, and on a busy machine the news of it comes seconds later.
  await browser.page.reload();
  await atRest(browser.page);
}, 240_000);
afterAll(async () => {
  await Promise.all(hosts.map(async (host) => await host.close()));
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

/** A plain Debian with Docker, on which everybody may write the settings of the engine. */
async function reportHost(host: ReportingHost): Promise<void> {
  const plain = JSON.parse(readFileSync(recording, 'utf8')) as Record<string, object>;
  const parents = [{ path: '/', uid: 0, gid: 0, mode: 0o755 }];
  const loose = { path: looseFile, uid: 0, gid: 0, mode: 0o666, kind: 'file', parents };
  const fields = { ...plain, engineConfig: { kind: 'known', value: [loose], at: looseFile } };
  const text = documentText(fields as never);
  await host.compliance({ subject: { kind: 'host', id: 'self', name: 'self' }, documents: [{ kind: 'host', text }] });
}

/** A container that has the socket of its engine. */
async function reportContainer(host: ReportingHost): Promise<void> {
  const around = aroundFor({ containers: { plain: { hostNamespaces: [], mounts: [] } } });
  const socket = { Type: 'bind', Source: '/run/docker.sock', Destination: '/s', Mode: '', RW: true, Propagation: '' };
  const plain = recorded('inspect-plain') as { readonly HostConfig: object };
  const binds = { ...plain.HostConfig, Binds: ['/run/docker.sock:/s'] };
  const fields = await containerOfInspect({ ...plain, Mounts: [socket], HostConfig: binds }, around);
  const image = { name: 'surge/weir:1', id: `sha256:${'1'.repeat(64)}` };
  const id = await host.container({ name: 'weir', image, subject: image.id as SubjectId });
  await host.compliance({
    subject: { kind: 'container', id, name: 'weir' },
    documents: [{ kind: 'inspect', text: documentText(fields as never) }],
  });
}

type Control = ReplyOf<typeof getTemplateEvidence>['controls'][number];

async function controls(): Promise<readonly Control[]> {
  return (await call(getTemplateEvidence, { params }, administrator)).controls;
}

async function controlOf(id: string): Promise<Control> {
  const found = (await controls()).find((control) => control.id === id);
  if (found === undefined) throw new Error(`There is no control ${id}.`);
  return found;
}

/** As a link leads there: loading the program anew takes six times as much. */
async function open(address: string): Promise<void> {
  await follow(browser.page, address);
}

describe('the controls of a template', () => {
  test('stand with the worst first, and each number of the sentence leads to as many of them', async () => {
    const { page } = browser;
    await open('/compliance');
    const all = await controls();
    expect(await page.locator('main tbody tr').count()).toBe(all.length);
    expect(await page.locator('main tbody tr').first().innerText()).toContain('Not met');
    const links = page.locator('h1 a');
    const numbers = (await links.allInnerTexts()).map(Number);
    expect(numbers.reduce((sum, one) => sum + one, 0)).toBe(all.length);
    for (const [index, number] of numbers.entries()) {
      await open('/compliance');
      await links.nth(index).click();
      await arrived(page);
      expect(await page.locator('main tbody tr').count()).toBe(number);
    }
    expect(await page.locator('h1').innerText()).toMatch(/^\d+ controls? (is|are) not met/);
  });

  test('have nothing green that is not met and wholly assessed', async () => {
    const { page } = browser;
    await open('/compliance?order=template');
    const all = await controls();
    const green = all.filter(({ state: one, coverage }) => one === 'met' && coverage === 1).length;
    expect(await page.locator('main tbody .c-standing [data-state="pass"] svg').count()).toBe(green);
    const covered = all.filter(({ coverage, unanswered }) => coverage === 1 && unanswered === 0).length;
    expect(await page.locator('[data-covered="yes"]').count()).toBe(covered);
    expect(await page.locator('main tbody tr').first().innerText()).toMatch(/^4\.1\.1/);
    // Of the days before this console was started nothing is known.
    expect(await page.locator('tbody tr').first().locator('[data-day="gap"]').count()).toBe(29);
  });

  test('say why they have no strip where no days are kept', async () => {
    const { page } = browser;
    const part = 'environment=prod&application=weir';
    for (const address of [`/compliance?${part}`, `/compliance/controls/nist-800-190/${worst}?${part}`]) {
      await open(address);
      await page.getByText('Days are kept of each environment and of each application').waitFor();
      expect(await page.locator('main .days-strip').count()).toBe(0);
    }
  });

  test('are saved as they are shown', async () => {
    const { page } = browser;
    await open('/compliance?state=not-met');
    const waits = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Export \d+ rows as CSV/ }).click();
    const lines = readFileSync(await (await waits).path(), 'utf8')
      .trim()
      .split('\r\n');
    const notMet = (await controls()).filter((one) => one.state === 'not-met');
    expect(lines[0]).toMatch(/^Control,State,Rate,Coverage,Title,Reason,Subjects: fail/);
    expect(lines.length - 1).toBe(notMet.length);
  });

  test('of a template that nobody reviewed, or that this release lacks, say so', async () => {
    const { page } = browser;
    await open('/compliance?template=iso-1');
    await page.getByRole('alert').waitFor();
    browser.complaints();
  });

  test('are counted on the overview for each environment, and each number leads to them', async () => {
    const { page } = browser;
    await open('/');
    const line = page.getByRole('list', { name: 'Controls of NIST SP 800-190' }).getByRole('listitem');
    await line.getByText('not met').waitFor();
    const number = Number(/(\d+) not met/.exec(await line.innerText())?.[1]);
    await line
      .getByRole('link', { name: String(number), exact: true })
      .first()
      .click();
    await page.waitForURL(/environment=prod&state=not-met|state=not-met&environment=prod/);
    await arrived(page);
    expect(await page.locator('main tbody tr').count()).toBe(number);
  });
});

describe('an auditor', () => {
  test('gets in three clicks from the worst control to the file that fails, its remedy and its evidence', async () => {
    const { page } = browser;
    await open('/compliance');
    await page.locator('main tbody th a').first().click();
    await arrived(page);
    expect(await page.locator('h1').innerText()).toMatch(/^Not met: \d+ of \d+ subjects pass\./);
    await page.locator('#subjects tr.row th a').first().click();
    const pane = page.getByRole('dialog');
    const answer = pane.locator('.answers > li', { hasText: '/run/docker.sock' }).first();
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(/CTR-020[\s\S]*Seen: [\s\S]*docker\.sock[\s\S]*docker run: /);
    await answer.locator('summary', { hasText: 'Evidence' }).click();
    await answer.getByText('SHA-256').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
  });

  test('is told of a host which file it is', async () => {
    const { page } = browser;
    await open(`/compliance/controls/nist-800-190/${worst}?host=quay-2`);
    await page.locator('#subjects tr.row th a').first().click();
    const answer = page.getByRole('dialog').locator('.answers > li', { hasText: looseFile });
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(/FIL-018[\s\S]*Seen: \/etc\/docker\/daemon\.json 0666[\s\S]*Host: /);
  });

  test('follows each number of the sentence about a control to a list with as many subjects', async () => {
    const { page } = browser;
    const address = `/compliance/controls/nist-800-190/${worst}`;
    await open(address);
    const links = page.locator('h1 a');
    const numbers = (await links.allInnerTexts()).map((text) => Number.parseInt(text, 10));
    expect(numbers.length).toBeGreaterThan(1);
    for (const [index, number] of numbers.entries()) {
      await open(address);
      await links.nth(index).click();
      await arrived(page);
      await until(async () => Number.parseInt(await page.locator('#subjects .shown-rows').innerText(), 10) === number);
    }
  });

  test('sees of each question who answers it, and what would', async () => {
    const { page } = browser;
    await open(`/compliance/controls/nist-800-190/${worst}`);
    const questions = page.getByRole('table', { name: 'Questions' }).locator('tbody tr');
    expect(await questions.first().innerText()).toContain('Fails');
    await questions.first().locator('a', { hasText: /^\d+/ }).first().click();
    await arrived(page);
    expect(new URL(page.url()).searchParams.get('question')).not.toBeNull();
  });

  test('opens and closes evidence by keyboard alone', async () => {
    const { page } = browser;
    await open(`/compliance/controls/nist-800-190/${worst}`);
    await page.locator('#subjects tr.row th a').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await arrived(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('finds the checks where an old address had them', async () => {
    const { page } = browser;
    await page.goto(`${seawall.origin}/compliance?check=IMG-025&status=fail`);
    await atRest(page);
    expect(new URL(page.url()).pathname).toBe('/compliance/checks');
    await page.getByRole('dialog').waitFor();
  });
});

describe('what an auditor takes away', () => {
  /** Clicks, and gives what the browser saves. */
  async function saved(click: () => Promise<void>): Promise<{ readonly name: string; readonly content: Buffer }> {
    const waits = browser.page.waitForEvent('download');
    await click();
    const file = await waits;
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
  }
  const fingerprintsOf = (keys: readonly string[]): readonly string[] => keys.map(keyFingerprint);

  test('is the package of what the page shows, which verifies', async () => {
    const { page } = browser;
    for (const address of ['/compliance?environment=prod', `/compliance/controls/nist-800-190/${worst}`]) {
      await open(address);
      const { name, content } = await saved(
        async () => await page.getByRole('button', { name: 'Evidence package' }).click(),
      );
      expect(name).toMatch(/^nist-800-190-(prod-)?\d{4}-\d{2}-\d{2}\.zip$/);
      const { keys } = JSON.parse(Buffer.from(unzipSync(content)['manifest.sig'] ?? '').toString());
      expect(verifyEvidenceFile(content, fingerprintsOf(keys))).toMatchObject({ state: 'verified' });
      const middle = content.length >> 1;
      content[middle] = (content[middle] ?? 0) ^ 1;
      expect(verifyEvidenceFile(content, fingerprintsOf(keys))).toMatchObject({ state: 'not-verified' });
    }
  });

  test('is refused in words beside the button', async () => {
    const { page } = browser;
    await open('/compliance');
    const error = { code: 'too-costly', message: 'The package would be larger than 50 MiB.', next: 'Ask for less.' };
    const path = /\/package\?/;
    await page.route(path, async (route) => await route.fulfill({ status: 422, json: { error } }));
    await page.getByRole('button', { name: 'Evidence package' }).click();
    await page.getByRole('alert').getByText('larger than 50 MiB').waitFor();
    await page.unroute(path);
    browser.complaints();
  });

  test('is one answer alone', async () => {
    const { page } = browser;
    await open(`/compliance/controls/nist-800-190/${worst}?host=quay-2`);
    await page.locator('#subjects tr.row th a').first().click();
    const button = page.getByRole('dialog').getByRole('button', { name: 'Export this answer: FIL-018' });
    const { name, content } = await saved(async () => await button.click());
    expect(name).toBe(`nist-800-190-${worst}-FIL-018.json`);
    const { keys } = JSON.parse(content.toString());
    expect(verifyEvidenceFile(content, fingerprintsOf(keys))).toMatchObject({
      state: 'verified',
      verified: { about: expect.stringContaining('FIL-018: fail') },
    });
  });
});

describe('what a person confirms', () => {
  test('is added by a document with its end, and revoked', async () => {
    const { page } = browser;
    await open('/compliance/controls/nist-800-190/4.1.4');
    await page.getByRole('link', { name: 'A person, by a document' }).first().click();
    await page.waitForURL('**/compliance/attestations');
    await arrived(page);
    await page.getByText('Nobody has confirmed anything yet').waitFor();
    await page.getByLabel('What is confirmed').selectOption('secret-store');
    await page.getByLabel('Document').fill('Operations handbook 4.2');
    await page.getByLabel('Author').fill('Mara');
    await page.getByRole('button', { name: 'Add attestation' }).click();
    const row = page.getByRole('table', { name: 'Attestations' }).locator('tbody tr');
    await row.getByText('Holds').waitFor();
    expect(await row.innerText()).toMatch(/Secret store in use[\s\S]*Operations handbook 4\.2[\s\S]*Mara/);
    await row.getByRole('button', { name: 'Revoke Secret store in use' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});

describe('another day', () => {
  const before = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);

  test('is chosen by its date, stays in the address, and says that nothing was known then', async () => {
    const { page } = browser;
    await open('/compliance');
    await page.getByLabel('As of').fill(before);
    await page.waitForURL((url) => url.searchParams.get('at') === before);
    await page.getByText('As of the end of').waitFor();
    await page.getByLabel('By what was known').selectOption('then');
    await page.waitForURL((url) => url.searchParams.get('known') === 'then');
    await arrived(page);
    expect(await page.locator('main tbody [data-state="pass"], main [data-day="met"]').count()).toBe(0);
    // Of the console alone it is known that it was to be asked. A number leads to the list of that day.
    const number = page.locator('main tbody .subject-bar a').first();
    expect(await number.innerText()).toMatch(/^1/);
    await number.click();
    await arrived(page);
    expect(new URL(page.url()).searchParams.get('at')).toBe(before);
    await until(async () => Number.parseInt(await page.locator('#subjects .shown-rows').innerText(), 10) === 1);
    await page.locator('#subjects tr.row th a').first().click();
    const pane = page.getByRole('dialog');
    await pane.getByText('The evidence package of this day').waitFor();
    expect(await pane.getByRole('button', { name: /^Export this answer/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('at')).toBe(before);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await arrived(page);
    expect(new URL(page.url()).searchParams.get('at')).toBeNull();
  });

  test('is compared with today: controls that stand otherwise, then the answers', async () => {
    const { page } = browser;
    await open(`/compliance/changes?from=${before}`);
    expect(await page.locator('h1').innerText()).toMatch(/stands? worse\.[\s\S]*began or ceased to apply/);
    const moved = page.getByRole('table', { name: 'Controls that changed' });
    await moved
      .getByRole('row', { name: /4\.5\.5/ })
      .getByText('Not met')
      .waitFor();
    await moved.getByRole('link', { name: /4\.5\.5/ }).click();
    await page.waitForURL(/controls\/nist-800-190\/4\.5\.5/);
  });
});

describe('every page of evidence', () => {
  test.each([1280, 390])('is readable at %i pixels', { timeout: 180_000 }, async (width) => {
    const { page } = browser;
    await open('/compliance');
    await page.setViewportSize({ width, height: 800 });
    for (const address of [
      '/compliance',
      '/compliance?template=cis-docker',
      '/compliance/controls/nist-800-190/4.5.5',
      '/compliance/controls/nist-800-190/4.5.5?state=fail&subject=host|quay-2|self',
      '/compliance/controls/nist-800-190/4.6?at=2026-11-02',
      '/compliance/controls/nist-800-190/4.1.5?at=2026-11-02&subject=console|-|console',
      '/compliance/attestations',
      '/compliance/changes',
    ])
      await expectReadable(page, address);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(browser.complaints()).toEqual([]);
  });
});
