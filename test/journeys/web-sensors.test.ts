import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { publishScan } from '#catalog/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { type ArmedFact, putRuntimeRule } from '#runtime/contract.ts';
import { testStatement } from '#runtime/testing.ts';
import { atRest, type Browser, openBrowser, rowsOf, until } from './browser.ts';
import { publishArchive, scanArchive, writeAlpine } from './make-scan.ts';
import { expectReadable } from './readable.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { layOutDatabase, vulnerableImage } from './sample-estate.ts';

/* How hosts and containers are protected, and what their images can run, on the pages: five hosts over the real link, two images. */

const state = makeStateFolder();
const noRoot = 'The sensor needs root. Start the agent as root.';
const hosts = new Map<string, ReportingHost>();
let seawall: RealConsole;
let browser: Browser;
let hashed: SubjectId;
let older: SubjectId;
let operations: CallOptions;
let secret: string;
let partly: string;
let proven: string;

beforeAll(async () => {
  await layOutDatabase(state.folder);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  const token = await newToken(state.folder, 'pipeline', 'ci');
  const gauge = vulnerableImage(state.folder, 'surge/gauge:1');
  const published = await publishArchive(gauge.archive, { baseUrl: seawall.origin, token });
  hashed = published.subject;
  older = await publishUnhashed(token);
  operations = { baseUrl: seawall.origin, token: await newToken(state.folder, 'estate', 'administrator') };
  const rack = { name: 'rack', uses: 9, environments: ['dev', 'test', 'prod'] };
  ({ secret } = await call(createJoinToken, { body: rack }, operations));
  const quay = await joined('quay-1', 'prod');
  const lab = await joined('lab-1', 'dev');
  const old = await joined('rack-1', 'test');
  await joined('rack-2', 'test');
  await quay.sensor({ lost: 12 });
  await lab.sensor({ state: 'missing', reason: noRoot, mechanisms: [] });
  await old.sensor({ kernel: '5.15.0', mechanisms: [{ name: 'listening ports recorded', active: true }] });
  for (const host of [quay, lab]) {
    await host.image({ id: hashed, subject: hashed, names: ['surge/gauge:1'] });
    await host.scan(published.scan);
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

async function joined(name: string, environment: string): Promise<ReportingHost> {
  const host = await joinAsHost({ console: seawall.origin, token: secret, name, environment });
  hosts.set(name, host);
  await host.host();
  return host;
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
    expect((await page.locator('h1.verdict').innerText()).replaceAll(/\s+/g, ' ')).toMatch(/^\D*\b2 of 4 hosts\b/);
    expect(await runtime('quay-1').innerText()).toMatch(/^Nothing runs\s+on quay-1\s[\s\S]*\blost 12\b/);
    expect(await runtime('rack-1').innerText()).toMatch(/^Nothing runs\s[\s\S]*\bnothing\b/);
    expect(await runtime('lab-1').innerText()).toContain(noRoot);
    expect(await runtime('rack-2').innerText()).toMatch(/^Unknown\s[\s\S]*--no-runtime/);
    for (const host of ['lab-1', 'rack-2']) {
      expect(await runtime(host).locator('[data-state="unknown"]').count(), host).toBeGreaterThan(0);
      expect(await runtime(host).locator('[data-state="pass"]').count(), host).toBe(0);
    }
    await hosts.get('lab-1')?.sensor({});
    await runtime('lab-1').getByText('Nothing runs').waitFor();
    await hosts.get('lab-1')?.sensor({ state: 'missing', reason: noRoot, mechanisms: [] });
    await runtime('lab-1').getByText('No sensor').waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  test('is opened with every mechanism, active or not with its reason, and what was lost', async () => {
    const { page } = browser;
    await page.getByRole('link', { name: 'Nothing runs on quay-1' }).click();
    const detail = page.getByRole('dialog');
    await detail
      .getByText(/\bprograms and code files\./)
      .first()
      .waitFor();
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
      await page.getByRole('link', { name: new RegExp(`^${number} hosts? .*\\bprotected$`) }).click();
      await page.waitForURL(/hosts\?.*state=unprotected/);
      await atRest(page);
      expect(await rowsOf(page), environment).toBe(number);
    }
    await page.locator('section.blank').waitFor();
  });
});

describe('how containers are protected', () => {
  const prevents = { drift: 'prevent', code: 'prevent', process: 'alert', preventFrom: 'active' } as const;
  const text = { name: 'Prevent', state: 'on', ...prevents, execSessions: 'record', neverLearn: [] } as const;
  const reason = 'fanotify cannot watch its root file system: Invalid cross-device link.';
  let armed: (container: string, more?: Partial<ArmedFact>) => Promise<void>;
  let unreported: string;

  beforeAll(async () => {
    const { rule } = await call(
      putRuntimeRule,
      { params: { id: 'prevent' }, body: { rule: { ...text, neverLearn: [] }, basedOn: 0 } },
      operations,
    );
    const pier = await joined('pier-1', 'prod');
    await pier.sensor({});
    const image = { id: hashed, name: 'surge/gauge:1' };
    const [web, api, db] = [
      await pier.container({ name: 'web', image, subject: hashed }),
      await pier.container({ name: 'api', image, subject: hashed }),
      await pier.container({ name: 'db', image, subject: hashed }),
    ];
    armed = async (container, more = {}) => {
      const policy = { kind: 'asked', rule: { id: rule.id, version: rule.version } } as const;
      const mechanisms = ['exec-refused', 'exec-killed', 'code-opened', 'mappings-killed'];
      await pier.armed({ container, policy, mechanisms, since: '2026-11-28T01:00:00Z', ...more });
      await pier.stored();
    };
    await armed(web);
    await armed(api, { mechanisms: ['exec-killed'], problem: { kind: 'not-marked', reason } });
    [partly, unreported, proven] = [api, db, web];
    const file = { path: '/usr/bin/gauge', standing: 'image', mappings: 1, processes: 1 } as const;
    const whole = { package: 'pkg:deb/debian/gauge@3.9-1', layer: 2, sha256: 'b'.repeat(64) };
    const now = { at: new Date().toISOString(), host: 'pier-1', container: web, image: hashed as never };
    await pier.code(testStatement({ ...now, files: [{ ...file, ...whole }] }));
    await pier.stored();
  });

  test('is told in the list, unknown apart, with the reason and each mechanism in the detail', async () => {
    const { page } = browser;
    await open('/containers?host=pier-1');
    const state = (name: string) => page.getByRole('row', { name }).locator('.c-state');
    const lacking = /^2 running containers [^.]*\. 1 unknown, 1 [^.]*\. 3 containers\b/;
    const head = async () => (await page.locator('h1.verdict').innerText()).replaceAll(/\s+/g, ' ').trim();
    await until(async () => lacking.test(await head()));
    expect(await state('web').innerText()).toMatch(/^Running\s+Protected$/);
    expect(await state('api').innerText()).toMatch(/^Running\s+Partly protected$/);
    expect(await state('db').innerText()).toMatch(/^Running\s+Protection unknown$/);
    expect(await state('db').locator('[data-state="unknown"]').count()).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'api', exact: true }).click();
    const detail = page.getByRole('dialog');
    await detail.getByText(reason).first().waitFor();
    expect(
      (await detail.locator('.mechanisms li').allInnerTexts()).map((line) => line.replaceAll(/\s+/g, ' ')),
    ).toEqual([
      'armed programs killed before their first instruction',
      'not stopped code files',
      'not stopped mapped code',
    ]);
    await detail.getByRole('link', { name: 'Prevent' }).waitFor();
  });

  test('is on the overview before anything else, and the number leads to exactly those', async () => {
    const { page } = browser;
    await open('/?environment=prod');
    const head = page.locator('h1.verdict');
    expect((await head.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /2 running containers( in prod)? [^.]*\. 1 unknown, 1 /,
    );
    await head.getByRole('link', { name: '2 running containers' }).click();
    await page.waitForURL(/containers\?.*protection=not-protected/);
    await atRest(page);
    expect(await rowsOf(page)).toBe(2);
    await open('/?environment=prod');
    await page.getByRole('link', { name: '1 running containers of unknown protection' }).click();
    await page.waitForURL(/containers\?.*protection=unknown/);
    await atRest(page);
    expect(await rowsOf(page)).toBe(1);
  });

  test('is what the rules page and the host say, and changes on the open page', async () => {
    const { page } = browser;
    await open('/hosts');
    const runtime = page.getByRole('row', { name: 'pier-1' }).locator('.c-runtime');
    expect(await runtime.innerText()).toMatch(/^Unknown\s[\s\S]*\b1 running container\b/);
    await open('/runtime-rules');
    const head = page.locator('h1.verdict');
    expect((await head.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /^2 of 3 running containers [^.]*\. 1 unknown, 1 /,
    );
    await armed(unreported);
    await page.getByRole('heading', { name: /^1 of 3 running containers\b/ }).waitFor();
    await armed(partly);
    await page.getByRole('heading', { name: /^3 running containers\b/ }).waitFor();
    expect(await head.locator('[data-state="pass"]').count()).toBe(1);
    await open('/hosts');
    expect(await runtime.innerText()).toMatch(/^Prevents/);
    await armed(partly, { mechanisms: ['exec-killed'], problem: { kind: 'not-marked', reason } });
    await runtime.getByText('Partly protected').waitFor();
  });
});

describe('an incident', () => {
  test('is on the overview before what is not protected, which is said beside it', async () => {
    const { page } = browser;
    await hosts.get('pier-1')?.detection({
      id: 'one',
      time: new Date(Date.now() - 60_000).toISOString(),
      detector: 'drift',
      dimension: 'process',
      severity: 'high',
      class: 'forbidden',
      notice: false,
      effect: 'alert',
      outcome: 'observed',
      container: { id: proven, name: 'web', image: 'surge/gauge:1' },
      entrypoint: ['serve'],
      session: 'entry',
      process: { path: '/tmp/x', argv: ['/tmp/x', '-d'], uid: 0 },
      ancestors: [{ path: '/usr/bin/gauge' }],
      expected: 'gauge starts /bin/sh.',
      seen: '/tmp/x -d, started by gauge',
      message: 'gauge started /tmp/x, which is not in its image.',
      remedy: 'Start it anew.',
      count: 1,
    });
    await hosts.get('pier-1')?.stored();
    await open('/?environment=prod');
    const head = page.locator('h1.verdict');
    await head.getByText('gauge started /tmp/x').waitFor();
    expect((await head.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /^\d incidents? in prod [^.]*\. .*\b1 running container\b/,
    );
    await head.getByRole('link', { name: /^\d incident/ }).click();
    await page.waitForURL(/incidents\?.*state=open/);
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
  test.each([1280, 390])('is readable in both themes at %i pixels', { timeout: 240_000 }, async (width) => {
    const { page } = browser;
    await page.setViewportSize({ width, height: 800 });
    const addresses = [
      '/',
      '/hosts',
      '/hosts?state=unprotected',
      '/hosts?host=quay-1',
      '/hosts?host=rack-2',
      '/containers?protection=not-protected&state=up',
      `/containers?container=${partly}`,
      `/containers?container=${proven}`,
      '/containers',
      '/runtime-rules',
      '/incidents',
      `/images/${hashed}?tab=executables`,
      `/images/${older}?tab=executables`,
    ];
    for (const address of addresses) {
      await expectReadable(page, address);
    }
    expect(browser.complaints()).toEqual([]);
  });
});

// Last: it is told once the container has been without protection for a minute, in which the pages above are looked at.
describe('a container that stays without protection', () => {
  test('is an incident that says why, and what to do', { timeout: 180_000 }, async () => {
    const { page } = browser;
    await page.setViewportSize({ width: 1280, height: 800 });
    await open('/incidents?environment=prod');
    const row = page.getByRole('link', { name: /\bnot protected as the rule Prevent asks/i });
    await row.waitFor({ timeout: 150_000 });
    const { pathname } = new URL((await row.getAttribute('href')) ?? '', seawall.origin);
    await open(pathname);
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    const headings = await page.locator('main').getByRole('heading', { level: 2 }).allInnerTexts();
    expect(headings).not.toEqual(expect.arrayContaining([expect.stringMatching(/^Process tree|^If this was meant/)]));
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      await expectReadable(page, pathname);
    }
    expect(browser.complaints()).toEqual([]);
  });
});
