import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUser } from '#access/contract.ts';
import type { SubjectId } from '#base/index.ts';
import {
  type ComplianceFact,
  listCheckExceptions,
  listComplianceRules,
  listCustomChecks,
  listFindingsByCheck,
  listOperatorLists,
} from '#compliance/contract.ts';
import { documentText } from '#compliance/index.ts';
import { call } from '#http/index.ts';
import { containerOfInspect } from '#inventory/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { aroundFor, recorded } from '../../src/inventory/settings/container/testing.ts';
import { blemishesOf } from './blemishes.ts';
import {
  arrived,
  atRest,
  type Browser,
  follow,
  keepPicture,
  openBrowser,
  sideways,
  until,
  violationsOf,
} from './browser.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
let administrator: { readonly baseUrl: string; readonly token: string };
let host: ReportingHost;

beforeAll(async () => {
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const body = { name: 'rack 3', uses: 5, environments: ['prod'] };
  const { secret } = await call(createJoinToken, { body }, administrator);
  await browser.page.goto(seawall.link);
  await browser.page.getByRole('button', { name: 'Sign out' }).waitFor();
  await open('/compliance/checks');
  await browser.page.getByText('Checks appear here').waitFor();
  expect(await browser.page.locator('main [data-state="pass"]').count()).toBe(0);
  host = await joinAsHost({ console: seawall.origin, token: secret, name: 'quay-1', environment: 'prod' });
  await host.host();
  await host.unscanned('surge/ferry:1', 'Its layers cannot be read.');
  for (const [name, document] of [
    ['pump', 'privileged'],
    ['pump-2', 'privileged'],
    ['gauge', 'plain'],
    ['gate', 'hardened'],
  ] as const)
    await host.compliance(await containerFact(name, document));
  await host.stored();
  await until(async () => (await failing('CTR-001')) === 2);
}, 120_000);
afterAll(async () => {
  await host?.close();
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

/** As a real engine describes such a container. */
async function containerFact(name: string, document: string): Promise<ComplianceFact> {
  const around = aroundFor({ containers: { plain: { hostNamespaces: [], mounts: [] } } });
  const fields = await containerOfInspect(recorded(`inspect-${document}`), around);
  const image = { name: `surge/${name}:1`, id: `sha256:${'1'.repeat(64)}` };
  const id = await host.container({ name, image, subject: image.id as SubjectId });
  return {
    subject: { kind: 'container', id, name },
    documents: [{ kind: 'inspect', text: documentText(fields as never) }],
  };
}

async function failing(check: string): Promise<number | undefined> {
  const { checks } = await call(listFindingsByCheck, {}, administrator);
  return checks.find((one) => one.check === check)?.subjects.fail;
}

async function open(address: string): Promise<void> {
  await browser.page.goto(seawall.origin + address);
  await atRest(browser.page);
}

/** As another person, who signs in for it. */
async function approve(exception: string, note: string): Promise<void> {
  const { secret } = await call(createUser, { body: { name: 'deputy', role: 'operator' } }, administrator);
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const send = async (request: `${'POST' | 'PUT'} ${string}`, body: object, cookie = '') =>
    await fetch(`${seawall.origin}/api/v1/${request.split(' ')[1]}`, {
      method: request.split(' ')[0] ?? '',
      headers: { ...headers, cookie },
      body: JSON.stringify(body),
    });
  const session = await send('POST session', { by: 'link', secret });
  const cookie = session.headers.get('set-cookie')?.split(';')[0];
  const decision = { decision: 'approve', note };
  const reply = await send(`PUT compliance-exceptions/${exception}/decision`, decision, cookie);
  expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('approved')]);
}

const row = (name: RegExp) => browser.page.getByRole('row', { name });

describe('the checks', () => {
  test('stand with what fails first; a number leads to as many subjects, with what was seen and its evidence', async () => {
    const { page } = browser;
    await open('/compliance/checks?severity=critical');
    expect(await page.locator('h1').innerText()).toMatch(/checks fail somewhere.*Unknown: \d+ not assessed/s);
    await row(/CTR-001/)
      .getByRole('link', { name: /^2\s+Fails: CTR-001/ })
      .click();
    const pane = page.getByRole('dialog');
    const subjects = pane.locator('.answers > li');
    await subjects.first().waitFor();
    expect(await subjects.count()).toBe(2);
    expect(await pane.innerText()).toMatch(/docker run[\s\S]*Prisma Cloud 55[\s\S]*pump\s+on quay-1/);
    await subjects.first().locator('summary').first().click();
    await subjects.first().getByText('The whole document').click();
    await subjects.first().locator('pre').getByText('"privileged"').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?severity=critical');
  });

  test('are found by a number of other products', async () => {
    const { page } = browser;
    await open('/compliance/checks');
    for (const [number, ours] of [
      ['597', 'CTR-072'],
      ['51', undefined],
      ['cis 5.5', 'CTR-001'],
    ] as const) {
      await page.getByRole('searchbox').fill(number);
      await page.waitForURL((url) => url.searchParams.get('search')?.replaceAll('"', '') === number);
      await until(async () => /^\d+ of/.test(await page.locator('.shown-rows').innerText()));
      const found = await page.locator('main tbody tr').allInnerTexts();
      expect(found.length, number).toBeGreaterThan(0);
      expect(found.length, number).toBeLessThan(12);
      if (ours !== undefined)
        expect(
          found.some((text) => text.includes(ours)),
          number,
        ).toBe(true);
    }
  });

  test('are excepted where somebody asks and another agrees, for what was seen, until it ends', async () => {
    const { page } = browser;
    await open('/compliance/checks?check=CTR-001&status=fail');
    const pane = page.getByRole('dialog');
    await pane.locator('.answers > li summary').first().click();
    await pane.getByRole('button', { name: /Request an exception/ }).click();
    const form = pane.getByLabel('Exception of CTR-001');
    await form.getByLabel('Explanation').fill('It moves the weir.');
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'compliance exception asked');
    await form.getByRole('button', { name: 'Request', exact: true }).click();
    await pane.getByText('Requested.').waitFor();
    const { exceptions } = await call(listCheckExceptions, {}, administrator);
    const one = { check: 'CTR-001', name: expect.stringMatching(/^pump(-2)?$/), state: 'requested' };
    expect(exceptions).toMatchObject([one]);
    const params = { id: exceptions[0]?.id ?? '' };
    await approve(params.id, 'Until the new pump.');
    await page.goto(`${seawall.origin}/compliance/checks?view=exceptions&open=${params.id}`);
    const detail = page.getByRole('dialog');
    await detail.getByText('Until the new pump.').waitFor();
    expect(await detail.innerText()).toMatch(/Approved[\s\S]*Applies to 1 subject/);
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'compliance exception');
    await detail.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('button', { name: 'Cancel exception' }).click();
    await detail.getByText('Does not apply.').waitFor();
  });

  test('are found from everywhere', async () => {
    const { page } = browser;
    await open('/');
    await page.getByText('with a failure that a rule alerts on').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('597');
    await page.getByRole('option', { name: /CTR-072/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/check=CTR-072/);
  });
});

describe('compliance rules', () => {
  test('show what they would do before they are saved, and do it then', async () => {
    const { page } = browser;
    await open('/compliance-rules?rule=new');
    const form = page.getByLabel('New rule');
    await form.getByLabel('Name', { exact: true }).fill('Nothing privileged');
    await form.getByLabel('Name by').selectOption('check');
    await form.getByLabel('Check', { exact: true }).selectOption('CTR-001');
    await form.getByLabel('When one fails').selectOption('block');
    await form.getByLabel('Containers that run and fail a block line').selectOption('stop');
    await form.getByText('It would stop 2 running containers').waitFor();
    expect(await form.innerText()).toMatch(/would block 2[\s\S]*pump on quay-1: alert, now block/);
    await form.getByRole('button', { name: 'Add a line' }).click();
    await form.getByRole('button', { name: 'Move line 2, critical up' }).click();
    await form.getByRole('button', { name: 'Remove line 1, critical' }).click();
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'compliance rule');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    const { rules } = await call(listComplianceRules, {}, administrator);
    expect(rules.map(({ rule, blocked }) => [rule.name, blocked])).toEqual([
      ['Nothing privileged', 2],
      ['Default', 0],
    ]);
    expect(rules[0]?.rule).toMatchObject({
      lines: [{ checks: { by: 'check', id: 'CTR-001' }, effect: 'block' }],
      running: 'stop',
    });
    await page.getByText('Blocks CTR-001.').waitFor();
  });

  test('compare with lists: what is seen now is proposed, holds when it is saved, and judges again', async () => {
    const { page } = browser;
    await open('/compliance-rules');
    await page.getByRole('link', { name: 'Lists' }).click();
    await page.getByRole('link', { name: 'Ports that may be published', exact: true }).click();
    const form = page.getByLabel('List Ports that may be published');
    await form.getByRole('button', { name: 'Take what is seen now' }).click();
    await form.getByRole('button', { name: 'Add all of them' }).click();
    const taken = await form.getByLabel('Entries, one on each line').inputValue();
    expect(taken).toMatch(/^\d+\/(tcp|udp)/);
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'compliance list');
    await form.getByRole('button', { name: /^Save \d/ }).click();
    await form.waitFor({ state: 'detached' });
    const { lists } = await call(listOperatorLists, {}, administrator);
    expect(lists.find(({ id }) => id === 'approved-ports')?.saved?.entries).toEqual(taken.split('\n'));
    await until(async () => {
      const { checks } = await call(listFindingsByCheck, {}, administrator);
      const ports = checks.find(({ check }) => check === 'CTR-027')?.subjects;
      return ports !== undefined && ports['not-assessed'] === 0 && ports.fail === 0 && ports.pass > 0;
    });
  });
});

describe('checks of one’s own', () => {
  test('are written, tried before they are saved, and named by a rule', async () => {
    const { page } = browser;
    await open('/compliance-rules');
    await page.getByRole('link', { name: 'Own checks' }).click();
    await page.getByText('No own checks yet').waitFor();
    await page.getByRole('button', { name: 'New check' }).click();
    const form = page.getByLabel('New check');
    await form.getByLabel('Title').fill('No container may do everything');
    await form.getByLabel('Expression').fill('!priviledged');
    await form.getByText('There is no priviledged here').waitFor();
    expect(await form.locator('.pointed').textContent()).toBe('!priviledged\n ^');
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await keepPicture(page, 'compliance own check with a fault');
    // The answer that tells of the fault.
    expect(browser.complaints()).toEqual([expect.stringContaining('400 (Bad Request)')]);
    await form.getByLabel('Expression').fill('!privileged');
    await form.getByText(/2 fail, 2 pass/).waitFor();
    expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await form.getByLabel('Why it matters').fill('It may do all that the host may.');
    await form.getByLabel('What to change: docker run').fill('Run it without --privileged.');
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'compliance own check');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'No container may do everything' }).waitFor();
    const { checks } = await call(listCustomChecks, {}, administrator);
    expect(checks).toMatchObject([
      { check: { id: 'custom-no-container-may-do-everything', version: 1, expression: '!privileged' } },
    ]);
    await until(async () => (await failing('custom-no-container-may-do-everything')) === 2);
    await page.getByRole('link', { name: 'Rules', exact: true }).click();
    await page.getByRole('button', { name: 'New rule' }).click();
    const rule = page.getByLabel('New rule');
    await rule.getByLabel('Name by').selectOption('check');
    await rule.getByLabel('Check', { exact: true }).selectOption('custom-no-container-may-do-everything');
    expect(await rule.getByLabel('Check', { exact: true }).inputValue()).toMatch(/^custom-/);
  });
});

describe('every page of compliance', () => {
  // Whole lists of all checks are long to look through, and their lines are alike.
  const addresses = [
    '/compliance/checks?severity=critical',
    '/compliance/checks?severity=critical&check=CTR-001',
    '/compliance/checks?view=exceptions',
    '/',
    '/hosts?host=quay-1',
    '/containers?search=pump',
    '/compliance-rules',
    '/compliance-rules?rule=nothing-privileged',
    '/compliance-rules?list=approved-ports',
    '/compliance-rules?check=custom-no-container-may-do-everything',
  ];

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('is readable in the %s theme at %i pixels', { timeout: 120_000 }, async (colorScheme, width) => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    for (const address of addresses) {
      await follow(page, address);
      await keepPicture(page, `${address} ${colorScheme} ${width}`);
      expect.soft(await sideways(page), address).toBeLessThanOrEqual(0);
      expect.soft(await blemishesOf(page), address).toEqual([]);
      expect.soft(await violationsOf(page), address).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(browser.complaints()).toEqual([]);
  });

  test('the keyboard alone opens a check and closes it', async () => {
    const { page } = browser;
    await open('/compliance/checks');
    const first = page.locator('main tbody th a').first();
    await first.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await arrived(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
