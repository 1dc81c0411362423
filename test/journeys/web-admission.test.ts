import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectCluster, type Decision, listAdmissionRules, listClusters, listDecisions } from '#admission/contract.ts';
import type { ImageDigest } from '#base/index.ts';
import { call } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { askAsApiServer, podOf } from './api-server.ts';
import { atRest, type Browser, openBrowser, rowsOf, until, violationsOf } from './browser.ts';
import { freePort } from './make-scan.ts';
import { expectReadable } from './readable.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
const digest = `sha256:${'7be1c04d'.repeat(8)}` as ImageDigest;
const minute = 60_000;
let webhookPort = 0;
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };
let quay: ReportingHost;
let pier: ReportingHost;
let container: string;

beforeAll(async () => {
  webhookPort = await freePort();
  const words = ['--no-local-scan', '--webhook-port', String(webhookPort)];
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder, words }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'admission', 'administrator') };
  const { secret } = await call(
    createJoinToken,
    { body: { name: 'quay', uses: 2, environments: ['dev', 'prod'] } },
    administrator,
  );
  const joining = { console: seawall.origin, token: secret };
  quay = await joinAsHost({ ...joining, name: 'quay-1', environment: 'prod' });
  pier = await joinAsHost({ ...joining, name: 'pier-7', environment: 'dev' });
  await pier.host();
  await quay.host();
  await quay.image({ id: digest, subject: digest as never, names: ['surge/gauge-ingest:3.8.2'] });
  container = await quay.container({
    name: 'gauge-ingest-2',
    image: { id: digest, name: 'surge/gauge-ingest:3.8.2' },
    subject: digest as never,
    command: ['/app/ingest'],
  });
  await quay.stored();
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await quay?.close();
  await pier?.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

/** A start that the wrapper refused, so many minutes ago. */
function decision(id: string, ago: number, more: Partial<Decision> = {}): Decision {
  return {
    id,
    time: new Date(Date.now() - ago * minute).toISOString(),
    gate: 'runtime-wrapper',
    ring: 2,
    principal: 'uid 1000 (mia)',
    action: 'create',
    subject: 'surge/gauge-ingest:3.8.2',
    environment: 'prod',
    digest,
    answer: 'deny',
    effect: 'block',
    cause: 'verdict',
    rule: { id: 'default', version: 1, name: 'Default' },
    evidence: [
      'CVE-2021-44228 in log4j-core 2.14.1 is rated Critical (10), the limit is Medium.',
      'CVE-2021-45046 in log4j-core 2.14.1 is rated Critical (9), the limit is Medium.',
    ],
    reason:
      'It breaks the policy "Production" in prod: CVE-2021-44228 in log4j-core 2.14.1 is rated Critical (10), the limit is Medium. Upgrade log4j-core from 2.14.1 to 2.17.1.',
    milliseconds: 3.4,
    ...more,
  };
}

async function reportDecisions(): Promise<void> {
  await quay.decision(decision('refused', 2));
  for (let ago = 5; ago < 1200; ago += 45)
    await quay.decision(
      decision(`start ${ago}`, ago, {
        answer: 'allow',
        effect: ago % 2 === 0 ? 'ignore' : 'alert',
        reason: 'It passes the policy "Production" in prod.',
        evidence: [],
        subject: `surge/tide-${ago}:1`,
        armed: { state: 'armed', milliseconds: 3 },
        ...(ago % 7 === 0 ? { held: 4200, milliseconds: 4210 } : {}),
      }),
    );
  await quay.stored();
}

describe('a console whose hosts have no gate', () => {
  test('says what will appear, and how a gate is installed', async () => {
    await open('/deployments');
    await browser.page.getByText('Decisions of gates appear here').waitFor();
    expect(await violationsOf(browser.page)).toEqual([]);
    await open('/deployments?view=gates');
    await browser.page.getByText('No gate reported').first().waitFor();
  });
});

describe('decisions', () => {
  test('come onto the open page, and one opens with what it rests on', async () => {
    const { page } = browser;
    await open('/deployments');
    await reportDecisions();
    const row = page.locator('tr.row', { hasText: 'Refused' });
    await row.waitFor();
    await row.click();
    const detail = page.getByLabel('Decision', { exact: true });
    await detail.getByText('CVE-2021-45046 in log4j-core').waitFor();
    await detail.getByText('Upgrade log4j-core from 2.14.1 to 2.17.1.').waitFor();
    expect(page.url()).toContain('decision=refused');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('are found by what the address says', async () => {
    const { page } = browser;
    await open('/deployments?answer=deny');
    await page.locator('tr.row', { hasText: 'Refused' }).waitFor();
    expect(await page.locator('tr.row').count()).toBe(1);
    await open('/deployments?search=tide-140');
    await page.getByText('surge/tide-140:1').waitFor();
    expect(await page.locator('tr.row').count()).toBe(1);
  });

  test('are printed by the command line, one object a line', async () => {
    const words = ['--console', seawall.origin, '--token', administrator.token];
    const reported = await runSeawall(['decisions', '--answer', 'deny', '--format', 'json', ...words]);
    const lines = reported.stdout.trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(
      expect.arrayContaining(['time', 'ring', 'principal', 'subject', 'environment', 'digest', 'rule', 'evidence']),
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ answer: 'deny', ring: 2, milliseconds: 3.4, host: 'quay-1' });
    expect((await runSeawall(['decisions', '--since', '1h', ...words])).stdout).toMatch(
      /refused {2}runtime-wrapper {2}quay-1/,
    );
    expect((await runSeawall(['decisions', '--gate', 'door', ...words])).code).toBe(2);
  });
});

describe('gates', () => {
  test('say what is wrong with them, what runs past them, and what root let start', async () => {
    const { page } = browser;
    await open('/deployments?view=gates');
    await quay.gate({
      wrapper: 'installed',
      authorization: 'on',
      engine: { version: '26.1.5', safe: false, cases: ['B7 oversized body', 'B9 plugin disabled'] },
      ledger: {
        sequence: 12,
        issuedAt: new Date(Date.now() - 3 * minute).toISOString(),
        expiresAt: new Date(Date.now() + 1400 * minute).toISOString(),
        entries: 214,
      },
      canary: { at: new Date().toISOString(), passed: true, message: 'The trial image was not refused.' },
      problems: ['The unit seawall-authz.socket is not enabled: run `systemctl enable --now seawall-authz.socket`.'],
    });
    await quay.rogues({
      rogues: [
        {
          container,
          name: 'gauge-ingest-2',
          image: 'surge/gauge-ingest:3.8.2',
          digest,
          since: new Date(Date.now() - 400 * minute).toISOString(),
          cause: 'verdict',
          reason: 'It breaks the policy "Production" in prod since CVE-2026-9999 became known.',
          outcome: 'reported',
        },
      ],
    });
    await quay.breakGlass({
      id: 'glass-1',
      digest,
      at: new Date().toISOString(),
      until: new Date(Date.now() + 110 * minute).toISOString(),
      reason: 'The tide gauge must run tonight.',
      user: 'root (mia)',
    });
    await quay.stored();
    await page.getByText('Gate let its trial through').waitFor();
    const rogues = page.getByRole('link', { name: '1 rogue container' });
    expect(await rogues.getAttribute('href')).toContain('view=gates');
    await page.getByText('The tide gauge must run tonight.').waitFor();
    await page.getByText('26.1.5; known bypasses: B7 oversized body').waitFor();
  });

  test('show each block line with what its rings answered, the worst first', async () => {
    const { page } = browser;
    await open('/deployments?view=gates');
    const last = new Date(Date.now() - 5 * minute).toISOString();
    const rule = { id: 'prod', version: 3, name: 'Production' };
    const line = {
      rule,
      ring: 1,
      state: 'refused',
      tried: 24,
      refused: 24,
      untried: 0,
      last,
      lastRefused: last,
    } as const;
    await quay.trials({
      host: 'quay-1',
      at: new Date().toISOString(),
      every: 3600,
      lines: [
        { ...line, check: 'CTR-001' },
        { ...line, check: 'CTR-001', ring: 2 },
        {
          rule,
          check: 'CTR-022',
          ring: 1,
          state: 'untried',
          tried: 0,
          refused: 0,
          untried: 24,
          reason: 'It takes two.',
        },
        { ...line, check: 'CTR-045', ring: 2, state: 'passed', refused: 23, reason: 'It let a start through.' },
      ],
    });
    await quay.stored();
    const gate = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'quay-1' }) });
    await gate.getByText('1 let through, 1 of 4 not tried, refused 71 of 72 tries in 24 hours').waitFor();
    await gate.getByText('Block lines of quay-1').click();
    const lines = gate.getByRole('list', { name: 'Block lines of quay-1' }).getByRole('listitem');
    await until(async () => (await lines.count()) === 3);
    const words = (await lines.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(words[0]).toMatch(
      /^Let through CTR-045 of the rule Production refused 23 of 24 tries, last .*, ring 2: It let a/,
    );
    expect(words[1]).toMatch(
      /^Not tried CTR-022 of the rule Production no try in 24 hours was answered, ring 1: It takes/,
    );
    expect(words[2]).toMatch(/^Refused CTR-001 of the rule Production refused 24 of 24 tries, last .*, rings 1 and 2$/);
    expect(await violationsOf(page)).toEqual([]);
    await expectReadable(page, '/deployments?view=gates');
    await quay.trials({
      host: 'quay-1',
      at: new Date().toISOString(),
      every: 3600,
      lines: [{ ...line, check: 'CTR-001' }],
    });
    await quay.stored();
    await until(async () => (await lines.count()) === 1);
  });

  test('stand for clusters too: when they asked last, what they were answered, and an end to it', async () => {
    const { page } = browser;
    await call(connectCluster, { params: { name: 'surge-2' }, body: {} }, administrator);
    const cluster = await call(
      connectCluster,
      { params: { name: 'surge-1' }, body: { environment: 'prod' } },
      administrator,
    );
    await open('/deployments?view=gates');
    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
    await row('surge-2').getByText('Never: apply its manifest').waitFor();
    for (const image of ['shop/till:1', 'shop/till:2'])
      await askAsApiServer({ ...cluster, port: webhookPort }, podOf(image));
    await row('surge-1').getByText('2: 0 allowed, 2 alerted, 0 refused').waitFor();
    expect(await row('surge-1').innerText()).toMatch(/surge-1 prod[\s\S]*by admission[\s\S]*just now/);
    await row('surge-1').getByRole('link', { name: '2', exact: true }).click();
    await page.waitForURL(/gate=kubernetes-webhook&search=kubernetes:surge-1\/&since=day$/);
    await atRest(page);
    await until(async () => (await rowsOf(page)) === 2);
    await open('/deployments?view=gates');
    await page.getByRole('button', { name: 'Disconnect surge-2' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await row('surge-2').waitFor({ state: 'detached' });
    const { clusters } = await call(listClusters, {}, administrator);
    expect(clusters.map(({ name }) => name)).toEqual(['surge-1']);
  });

  test('open an incident for a trial that passed, and for a start that nobody watched', async () => {
    const armed = { state: 'late', milliseconds: 100 } as const;
    const late = decision('late', 1, { answer: 'allow', effect: 'ignore', evidence: [], container, armed });
    await quay.decision(late);
    await quay.stored();
    await until(async () => (await call(listIncidents, {}, administrator)).total === 2);
    const { incidents } = await call(listIncidents, {}, administrator);
    expect(incidents.map(({ title, severity }) => [title, severity])).toEqual(
      expect.arrayContaining([
        ['gate: The gate allowed a start that it had to refuse.', 'critical'],
        [expect.stringContaining('It started unwatched: sensor not ready within 100 ms'), 'medium'],
      ]),
    );
  });
});

describe('admission rules', () => {
  test('a new rule is saved after what it would do was shown, and the rule reaches ledgers', async () => {
    const { page } = browser;
    await open('/admission-rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    const form = page.getByLabel('New rule');
    await form.getByLabel('Name', { exact: true }).fill('Guard prod');
    await form.getByLabel('Unknown images').selectOption('block');
    await form.getByText('Replay over the images on hosts now').waitFor();
    await form.getByText('running container would not start again', { exact: false }).waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Guard prod', exact: true }).waitFor();
    const { rules } = await call(listAdmissionRules, {}, administrator);
    expect(rules.map(({ rule }) => rule.name)).toEqual(['Guard prod', 'Default']);
    expect(rules[0]?.rule).toMatchObject({ unknown: 'block' });
  });
});

describe('every one of these pages', () => {
  test.each([1280, 390])('is readable in both themes at %i pixels', { timeout: 240_000 }, async (width) => {
    const { page } = browser;
    expect((await call(listDecisions, { query: { limit: 1 } }, administrator)).total).toBeGreaterThan(20);
    await page.setViewportSize({ width, height: 844 });
    const pages = [
      '/deployments',
      '/deployments?decision=refused',
      '/deployments?view=gates',
      '/admission-rules',
      '/admission-rules?rule=new',
      '/admission-rules?rule=default',
    ];
    for (const address of pages) {
      await expectReadable(page, address);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
  });
});
