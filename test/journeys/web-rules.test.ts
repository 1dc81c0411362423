import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUser, putCollection } from '#access/contract.ts';
import { call } from '#http/index.ts';
import { listExceptions, listPolicies, putPolicy } from '#policy/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { blemishesOf } from './blemishes.ts';
import {
  atRest,
  type Browser,
  follow,
  keepPicture,
  openBrowser,
  rowsOf,
  sideways,
  until,
  violationsOf,
} from './browser.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { damagedImage, layOutDatabase, type SampleImage, soundImage, vulnerableImage } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let browser: Browser;
/** As a program with every permission. */
let administrator: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  await layOutDatabase(state.folder);
  [seawall, browser] = await Promise.all([startConsole({ state: state.folder }), openBrowser()]);
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const pipeline = await newToken(state.folder, 'pipeline', 'ci');
  await until(async () => (await call(getDatabase, {}, administrator)).state === 'ready');
  for (const make of [vulnerableImage, soundImage, damagedImage]) await publish(make(state.folder), pipeline);
  await until(async () => {
    const [last] = (await policies()).slice(-1);
    return last !== undefined && last.hits.pass + last.hits.fail + last.hits.cannotJudge === 3;
  });
  await signIn(browser, seawall.link);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function publish(image: SampleImage, token: string): Promise<void> {
  const words = ['scan', `archive:${image.archive}`, '--format', 'json', '--console', seawall.origin, '--token', token];
  const run = await runSeawall(words, { env: environmentOf(state.folder) });
  expect(run.stderr).not.toContain('seawall:');
}

async function policies() {
  return (await call(listPolicies, {}, administrator)).policies;
}

async function signIn({ page }: Browser, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

async function open(address: string, { page }: Browser = browser): Promise<void> {
  await page.goto(seawall.origin + address);
  await atRest(page);
}

async function text({ page }: Browser = browser): Promise<string> {
  return await page.evaluate<string>('document.body.innerText');
}

/** The name that a browser computes: what a screen reader says. */
const button = (name: string | RegExp) => browser.page.getByRole('button', { name, exact: typeof name === 'string' });
const field = (label: string) => browser.page.getByLabel(label, { exact: true });
const said = (words: string | RegExp) => browser.page.getByText(words).first().waitFor();

/** The card of the first rule, the one about severity. */
const severity = () => browser.page.locator('.rule-card', { hasText: 'Severity' }).first();

async function lastPolicy(): Promise<Awaited<ReturnType<typeof policies>>[number]['policy']> {
  const last = (await policies()).at(-1)?.policy;
  if (last === undefined) throw new Error('There is no policy.');
  return last;
}

/** Another person saves the same rules under another name. */
async function saveElsewhere(name: string): Promise<void> {
  const { id, version, ...policy } = await lastPolicy();
  await call(putPolicy, { params: { id }, body: { policy: { ...policy, name }, basedOn: version } }, administrator);
}

describe('a policy', () => {
  test('the list says in words what it does, and how many images it judges', async () => {
    await open('/rules');
    expect(await text()).toMatch(/1 policy, 3 images evaluated\. 1 image fails\. 1 image without a verdict\./);
    expect(await text()).toContain('Block Medium and higher');
    await browser.page.getByRole('link', { name: '1 Fail' }).click();
    await browser.page.waitForURL(/\/images\?verdict=fail$/);
    await atRest(browser.page);
    await until(async () => (await rowsOf(browser.page)) === 1);
  });

  test('is saved only after exactly what is saved was tried, and the page shows what would change', async () => {
    const { id } = await lastPolicy();
    await open(`/rules/${id}`);
    expect(await button('Save as version 2').isDisabled()).toBe(true);
    await severity().getByLabel('Effect').selectOption('alert');
    await said('1 verdict would change.');
    await button('Save as version 2').and(browser.page.locator(':enabled')).waitFor();
    expect(await text()).toMatch(/Builds: −1 fail, \+1 pass/);
    const change = browser.page.locator('.changes li').first();
    expect(await change.innerText()).toMatch(/gauge-ingest:3\.9[\s\S]*Fail\s*→\s*Pass/);
    await severity().getByLabel('Unrated ones').selectOption('alert');
    expect(await button('Save as version 2').isDisabled(), 'what is written was not tried yet').toBe(true);
    await button('Save as version 2').and(browser.page.locator(':enabled')).click();
    await said('Saved as version 2.');
    expect((await lastPolicy()).rules[0]).toMatchObject({ kind: 'severity', effect: 'alert', unrated: 'alert' });
    await until(async () => (await policies()).at(-1)?.hits.pass === 2);
    await browser.page.getByRole('link', { name: '2 Pass' }).waitFor();
  });

  test('as YAML is the same object; what cannot be read is named with its line and not saved', async () => {
    const { id } = await lastPolicy();
    await open(`/rules/${id}?tab=yaml`);
    const yaml = field('The policy as YAML');
    const before = await yaml.inputValue();
    expect(before).toContain('effect: alert');
    await yaml.fill(before.replace('effect: alert', 'effect: sometimes'));
    await button(/^Line \d+$/).click();
    expect(await browser.page.evaluate<string>('String(document.getSelection())')).toContain('sometimes');
    await said('The YAML cannot be read yet.');
    await yaml.fill(before.replace('effect: alert', 'effect: block'));
    await said('1 verdict would change.');
    await browser.page.getByRole('link', { name: 'Form', exact: true }).click();
    expect(await severity().getByLabel('Effect').inputValue()).toBe('block');
    await button('Discard changes').click();
    expect(await severity().getByLabel('Effect').inputValue()).toBe('alert');
  });

  test('an expression with a fault is shown where the fault is', async () => {
    const { id } = await lastPolicy();
    await open(`/rules/${id}`);
    await button('Add a rule').click();
    await browser.page.getByRole('menuitem', { name: /Own expression/ }).click();
    await field('Expression: true where the rule is broken').fill('finding.colour == "red"');
    await field('What is wrong then').fill('It is red.');
    await said(/^Line 1, column \d+: /);
    expect(await button('Save as version 3').isDisabled()).toBe(true);
    await field('Expression: true where the rule is broken').fill('finding.kev');
    await said('No verdict would change.');
    await until(async () => (await browser.page.getByText(/^Line 1, column/).count()) === 0);
    await button('Discard changes').click();
  });

  test('saved by another person in between: shows what came, keeps what was written, and goes on', async () => {
    const { id } = await lastPolicy();
    await open(`/rules/${id}`);
    await field('Description').fill('Mine.');
    await saveElsewhere('Renamed elsewhere');
    await said('Version 3 was saved meanwhile');
    expect(await browser.page.locator('.text-diff').innerText()).toContain('name: Renamed elsewhere');
    expect(await button(/^Save as version/).isDisabled()).toBe(true);
    await button('Overwrite with mine').click();
    await button('Save as version 4').and(browser.page.locator(':enabled')).click();
    await said('Saved as version 4.');
    expect(await lastPolicy()).toMatchObject({ description: 'Mine.', version: 4 });
  });

  test('an older version is compared, restored and saved as a new one', async () => {
    const { id } = await lastPolicy();
    await open(`/rules/${id}?tab=versions&from=1&to=2`);
    expect(await browser.page.locator('.text-diff').innerText()).toMatch(/effect: block[\s\S]*effect: alert/);
    await button('Restore as new version: version 1').click();
    await button('Save as version 5').and(browser.page.locator(':enabled')).click();
    await said('Saved as version 5.');
    expect((await lastPolicy()).rules[0]).toMatchObject({ kind: 'severity', effect: 'block' });
  });

  test('leaving with something unsaved asks once', async () => {
    const { id } = await lastPolicy();
    await open(`/rules/${id}`);
    await field('Description').fill('Not saved.');
    await browser.page.getByRole('link', { name: 'Exceptions', exact: true }).click();
    await button('Stay').click();
    expect(await field('Description').inputValue()).toBe('Not saved.');
    await browser.page.getByRole('link', { name: 'Exceptions', exact: true }).click();
    await button('Leave').click();
    await browser.page.waitForURL(/\/exceptions$/);
  });
});

describe('collections', () => {
  test('one is made inside a new policy, which it narrows', async () => {
    await open('/rules/new');
    await field('Name').fill('Tide clocks');
    await browser.page.getByLabel('Everything', { exact: true }).uncheck();
    await button('New collection').click();
    const dialog = browser.page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Clocks');
    await dialog.getByLabel('Images', { exact: true }).fill('*tide-clock*');
    await dialog.getByRole('button', { name: 'Make the collection' }).click();
    await browser.page
      .locator('.scope li', { hasText: 'Clocks' })
      .getByRole('link', { name: '1', exact: true })
      .waitFor();
    await browser.page
      .getByRole('note')
      .getByText(/prove nothing/)
      .waitFor();
    await button('Save').and(browser.page.locator(':enabled')).click();
    await browser.page.waitForURL(/\/rules\/tide-clocks$/);
    expect((await policies()).map(({ policy }) => [policy.id, policy.collections])).toEqual([
      ['tide-clocks', ['clocks']],
      [(await lastPolicy()).id, undefined],
    ]);
  });

  test('an environment is given to hosts alone, and one that is named stays', async () => {
    await open('/collections?collection=new');
    await field('Name').fill('Piers');
    await field('Hosts').fill('pier-*');
    await field('These hosts are in environment').fill('prod');
    await field('Images').fill('*');
    expect(await field('These hosts are in environment').isDisabled()).toBe(true);
    expect(await text()).toContain('Only where hosts alone are given');
    await field('Images').fill('');
    await button('Make the collection').click();
    await said('these hosts are in');
    await button('Delete Clocks').click();
    await button('Delete').click();
    await said(/policy "Tide clocks"/);
    await button('Keep it').click();
    await button('Delete Piers').click();
    await button('Delete').click();
    await until(async () => (await browser.page.getByText('Piers', { exact: true }).count()) === 0);
  });

  test('policies change their places by keyboard, and the last one stays last', async () => {
    await call(
      putCollection,
      { params: { id: 'none' }, body: { name: 'None', description: '', selects: { images: ['nothing'] } } },
      administrator,
    );
    await call(
      putPolicy,
      { params: { id: 'second' }, body: { policy: { name: 'Second', collections: ['none'], rules: [] }, basedOn: 0 } },
      administrator,
    );
    await open('/rules');
    expect(await button('Move Second down').isDisabled()).toBe(true);
    await button('Move Second up').focus();
    await browser.page.keyboard.press('Enter');
    await until(async () => (await policies())[0]?.policy.id === 'second');
    await button('Disable Tide clocks').click();
    await button('Disable').and(browser.page.locator(':enabled')).click();
    await until(async () => (await policies())[1]?.policy.state === 'off');
  });
});

describe('exceptions', () => {
  let developer: Browser;
  beforeAll(async () => {
    const { secret } = await call(createUser, { body: { name: 'dana', role: 'developer' } }, administrator);
    developer = await openBrowser();
    await signIn(developer, `${seawall.origin}/sign-in#${secret}`);
  });
  afterAll(async () => await developer?.close());

  test('a developer asks and does not decide; another person grants, and it is on both pages at once', async () => {
    const { page } = developer;
    await open(
      '/exceptions/new?advisory=CVE-2021-44228&type=maven&package=org.apache.logging.log4j:log4j-core&version=2.14.1',
      developer,
    );
    await page.getByLabel('Explanation').fill('Lookups are switched off.');
    await page.getByRole('button', { name: 'Request', exact: true }).click();
    await page.waitForURL(/\/exceptions\?exception=/);
    await page.getByText('Pending; would apply to 1 image.').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    await open('/exceptions?state=requested');
    await browser.page.getByText('CVE-2021-44228').first().click();
    await button('Approve').click();
    await page.getByText('Approved', { exact: true }).first().waitFor();
    await until(async () => (await call(listExceptions, {}, administrator)).exceptions[0]?.appliesTo === 1);
    await page.getByText('Applies to 1 image.').waitFor();
  });

  test('nobody decides what he asked for himself', async () => {
    await open('/exceptions/new?advisory=CVE-2019-10744&type=npm&package=lodash&version=4.17.15');
    await field('Explanation').fill('Never called.');
    await button('Request').click();
    await said('You requested it, so another person must decide.');
    expect(await button('Approve').isDisabled()).toBe(true);
    await button('Cancel…').click();
    await button('Cancel exception').click();
    await browser.page.getByText('Cancelled', { exact: true }).first().waitFor();
  });

  test.each([
    ['search=log4j', 1],
    ['search=Never%20called', 1],
    ['since=day', 2],
    ['until=2020-01-01', 0],
  ])('are narrowed by %s, with how many of how many', async (query, shown) => {
    await open(`/exceptions?${query}`);
    const status = browser.page.locator('main .shown-rows');
    await until(async () => /^\d+ of \d+/.test(await status.innerText()));
    expect((await status.innerText()).match(/\d+/g)?.map(Number)).toEqual([shown, 2]);
  });

  test('a developer reads policies and changes none', async () => {
    await open('/rules', developer);
    expect(await text(developer)).toContain('Your role, developer, may read policies but not edit them.');
    expect(await developer.page.getByRole('button', { name: /^(Move|Enable|Disable)/ }).count()).toBe(0);
    await open('/rules/tide-clocks', developer);
    expect(await developer.page.getByLabel('Name', { exact: true }).isDisabled()).toBe(true);
    expect(await developer.page.getByRole('button', { name: /^Save/ }).count()).toBe(0);
    await open('/collections', developer);
    expect(await developer.page.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
    expect(developer.complaints()).toEqual([]);
  });
});

describe('every page of rules', () => {
  beforeAll(() => {
    // A browser tells of each refusal, and some were asked for above.
    expect(browser.complaints().filter((one) => !one.startsWith('Failed to load resource'))).toEqual([]);
  });
  test.each([
    '/rules',
    '/rules/tide-clocks',
    '/rules/tide-clocks?tab=yaml',
    '/rules/tide-clocks?tab=versions',
    '/rules/new',
    '/rules/never-made',
    '/exceptions',
    '/exceptions/new',
    '/collections',
    '/collections?collection=clocks',
  ])('%s: wide and narrow, light and dark, accessible, and nothing to complain of', async (address) => {
    const { page } = browser;
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await follow(page, address);
      await keepPicture(page, `${address} ${colorScheme} ${width}`);
      expect(await sideways(page), `${width}`).toBeLessThanOrEqual(0);
      expect.soft(await blemishesOf(page), `${width}`).toEqual([]);
      expect(await violationsOf(page), `${width} ${colorScheme}`).toEqual([]);
    }
    expect(browser.complaints()).toEqual([]);
  });
});
