import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmTokens, confirmUsers, createUser, listTokens } from '#access/contract.ts';
import { call } from '#http/index.ts';
import { confirmJoinTokens, createJoinToken } from '#link/contract.ts';
import { atRest, type Browser, keepPicture, openBrowser, violationsOf } from './browser.ts';
import { environmentOf, makeStateFolder, newLink, newToken, type RealConsole, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

/* What the pages say after a restore, to whom, and until when. */

const [before, after] = [makeStateFolder(), makeStateFolder()];
const [keyFile, file] = [join(before.folder, 'key'), join(before.folder, 'a.backup')];
const words = ['--key-file', keyFile];
let seawall: RealConsole;
/** An administrator. */
let ada: Browser;
let auditor: Browser;
/** Made before the backup. */
let held: { readonly baseUrl: string; readonly token: string };

const run = (line: readonly string[], state: string) =>
  runSeawall(line, { env: environmentOf(state) as Record<string, string> });

beforeAll(async () => {
  writeFileSync(keyFile, 'a passphrase of the journey', { mode: 0o600 });
  const first = await startConsole({ state: before.folder });
  const token = await newToken(before.folder, 'automat', 'administrator');
  const options = { baseUrl: first.origin, token };
  await call(createJoinToken, { body: { name: 'rack 3', environments: ['prod'] } }, options);
  expect(await run(['backup', '--out', file, ...words], before.folder)).toMatchObject({ code: 0 });
  await first.end('SIGTERM');
  expect(await run(['restore', file, ...words], after.folder)).toMatchObject({ code: 0 });
  [seawall, ada, auditor] = await Promise.all([startConsole({ state: after.folder }), openBrowser(), openBrowser()]);
  held = { baseUrl: seawall.origin, token };
  const fresh = { ...held, token: await newToken(after.folder, 'fresh', 'administrator') };
  const { secret } = await call(createUser, { body: { name: 'odd', role: 'auditor' } }, fresh);
  await enter(ada, await newLink(after.folder));
  await enter(auditor, `${seawall.origin}/sign-in#${secret}`);
}, 240_000);
afterAll(async () => {
  await ada?.close();
  await auditor?.close();
  await seawall?.end('SIGTERM');
  before.remove();
  after.remove();
});

async function enter({ page }: Browser, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

const strip = ({ page }: Browser) => page.getByRole('status').filter({ hasText: 'Restored from a backup.' });
/** Gives the code of the error that the console answers to whoever is signed in. */
const posted = (path: string) => `fetch(${JSON.stringify(path)}, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tokens: [], restoredAt: '' }),
}).then((reply) => reply.json()).then(({ error }) => error?.code)`;
const refused = { code: 'token-held' };

test('an auditor is told nothing, and confirms nothing', { timeout: 60_000 }, async () => {
  const { page } = auditor;
  for (const address of ['/', '/access', '/access?tab=tokens', '/agents?tab=tokens']) {
    await page.goto(seawall.origin + address);
    await atRest(page);
    expect(await strip(auditor).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Confirm' }).count()).toBe(0);
  }
  for (const { path } of [confirmTokens, confirmUsers, confirmJoinTokens])
    expect(await page.evaluate(posted(path))).toBe('not-allowed');
  await expect(call(listTokens, {}, held)).rejects.toMatchObject(refused);
});

describe('an administrator', { timeout: 60_000 }, () => {
  test('is told on every page what does not work, and led to where it is mended', async () => {
    const { page } = ada;
    for (const address of ['/', '/hosts']) {
      await page.goto(seawall.origin + address);
      await atRest(page);
      expect(await strip(ada).innerText()).toMatch(
        /^Restored from a backup\. It was taken .+ UTC; 1 API token does not work until you confirm it\. What to do$/,
      );
      expect(await violationsOf(page)).toEqual([]);
    }
    await keepPicture(page, 'restored strip');
    await strip(ada).getByRole('link', { name: 'What to do' }).click();
    await page.getByRole('heading', { name: '1 token is held' }).waitFor();
    await atRest(page);
    expect(await page.getByRole('row', { name: /automat/ }).innerText()).toContain('held: does not work');
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'restored tokens');
    await expect(call(listTokens, {}, held)).rejects.toMatchObject(refused);
  });

  test('confirms tokens after one question: they work, and the notice goes', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: 'Confirm 1 token…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('automat: whoever holds it gets in again.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'restored question');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await expect(call(listTokens, {}, held)).rejects.toMatchObject(refused);
    await page.getByRole('button', { name: 'Confirm 1 token…' }).click();
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: '1 token is held' }).waitFor({ state: 'detached' });
    expect((await call(listTokens, {}, held)).tokens).toHaveLength(2);
    expect(await page.getByText('held: does not work').count()).toBe(0);
  });

  test('is led to the users of then next; the strip goes once they are confirmed', async () => {
    const { page } = ada;
    await strip(ada).getByText('users, agents and clusters are as they were then until you confirm them.').waitFor();
    await strip(ada).getByRole('link', { name: 'What to do' }).click();
    await page.getByRole('heading', { name: 'A backup was restored: users are as they were then' }).waitFor();
    await atRest(page);
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'restored users');
    await page.getByRole('button', { name: 'Confirm users…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await strip(ada).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Confirm users…' }).count()).toBe(0);
  });

  test('confirms join tokens on the page Agents', async () => {
    const { page } = ada;
    await page.goto(`${seawall.origin}/agents?tab=tokens`);
    const notice = page.getByRole('heading', { name: /join tokens? (is|are) held/ });
    await notice.waitFor();
    await atRest(page);
    expect(await page.getByRole('row', { name: /rack 3/ }).innerText()).toContain('held: nobody joins');
    expect(await violationsOf(page)).toEqual([]);
    await keepPicture(page, 'restored join tokens');
    await page.getByRole('button', { name: /^Confirm \d join tokens?…$/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await notice.waitFor({ state: 'detached' });
    expect(ada.complaints()).toEqual([]);
  });
});
