import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { silentLog } from '#base/index.ts';
import { openStore } from '#store/index.ts';
import { type OpenIdProvider, signInThere, startProvider } from '../make/openid-provider/openid-provider.ts';
import { writeSettings } from '../make/openid-provider/sign-in-world.ts';
import { atRest, type Browser, follow, openBrowser, violationsOf } from './browser.ts';
import { freePort } from './make-scan.ts';
import { expectReadable } from './readable.ts';
import { makeStateFolder, newLink, type RealConsole, readLog, startConsole } from './real-console.ts';

const state = makeStateFolder();
let provider: OpenIdProvider;
let seawall: RealConsole;
/** Another site than the provider, which is at 127.0.0.1: cookies are then kept apart as they are in the field. */
let origin: string;
/** Ada, who signs in at the provider, and an administrator of this console. */
let ada: Browser;
let admin: Browser;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  provider = await startProvider({ origin });
  provider.accounts.set('ada-1815', { name: 'Ada', groups: ['captains'] });
  provider.accounts.set('guest-7', { name: 'Guest', groups: ['others'] });
  const env = { SEAWALL_ORIGIN: origin, SEAWALL_OIDC_FILE: writeSettings(state.folder, provider) };
  [seawall, ada, admin] = await Promise.all([
    startConsole({ state: state.folder, port, env }),
    openBrowser(),
    openBrowser(),
  ]);
  await admin.page.goto(seawall.link);
  await admin.page.getByRole('button', { name: 'Sign out' }).waitFor();
});
afterAll(async () => {
  await ada?.close();
  await admin?.close();
  await seawall?.end('SIGTERM');
  await provider?.close();
  state.remove();
});
afterEach(() => {
  delete provider.tampering.idToken;
  delete provider.tampering.answer;
});

/** Lets five minutes pass since the provider confirmed anything. */
async function fiveMinutesLater(): Promise<void> {
  const place = { kind: 'running', folder: state.folder } as const;
  const store = await openStore({ place, schemas: [accessSchema], log: silentLog });
  await sql`update access.provider_session set confirmed_at = confirmed_at - interval '5 minutes',
    failed_at = failed_at - interval '5 minutes'`.execute(store.query(accessSchema));
  await store.close();
}

async function signIn({ page }: Browser, login: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Harbour' }).click();
  await page.getByLabel('Login').fill(login);
  await page.getByRole('button', { name: 'Go' }).click();
}

async function textOf({ page }: Browser): Promise<string> {
  return await page.evaluate<string>('document.body.innerText');
}

/** Forgets the session here and at the provider. */
async function forget({ context }: Browser): Promise<void> {
  await context.clearCookies();
}

describe('signing in at the provider', () => {
  test('leads back to where the person wanted to go, and leaves no code in the address', async () => {
    const { page } = ada;
    await page.goto(`${origin}/hosts`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await signIn(ada, 'ada-1815');
    await page.waitForURL(`${origin}/hosts`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await textOf(ada)).toContain('administrator');
    const cookies = await ada.context.cookies(origin);
    expect(cookies.find(({ name }) => name === 'seawall_session')).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
    });
    expect(cookies.some(({ name }) => name === 'seawall_sign_in')).toBe(false);
    expect(readLog(state.folder)).not.toMatch(/code=|eyJ/);
  });

  test('shows where a user comes from, which group gives the role, and when that was confirmed', async () => {
    const { page } = admin;
    await follow(page, '/access?tab=users');
    const row = page.getByRole('row', { name: /^Ada/ });
    expect(await row.innerText()).toMatch(/administrator[\s\S]*provider, group captains, confirmed/);
    expect(await row.getByRole('button', { name: 'New link' }).count()).toBe(0);
    await row.getByRole('button', { name: 'Change Ada' }).click();
    expect(await page.getByRole('dialog').innerText()).toContain('come from groups at the provider: captains');
    await page.keyboard.press('Escape');
    await follow(page, '/access?tab=provider');
    await page.getByRole('button', { name: 'Test the provider' }).click();
    await page.getByRole('table', { name: 'Test' }).waitFor();
    expect(await page.locator('[data-state="fail"]').count(), await textOf(admin)).toBe(0);
    expect(await textOf(admin)).not.toContain(provider.clientSecret);
  });

  test.each([1280, 390])('%i pixels wide, every part of it can be read', async (width) => {
    await admin.page.setViewportSize({ width, height: 800 });
    for (const tab of ['provider', 'users', 'sessions']) await expectReadable(admin.page, `/access?tab=${tab}`);
    await admin.page.setViewportSize({ width: 1280, height: 800 });
  });
});

describe('a group that is gone', () => {
  test('takes its role along at the next refresh', async () => {
    const { page } = ada;
    await follow(page, '/access');
    await page.getByRole('link', { name: 'Users' }).waitFor();
    provider.accounts.set('ada-1815', { name: 'Ada', groups: ['pilots'] });
    await fiveMinutesLater();
    await page.reload();
    await atRest(page);
    expect(await textOf(ada)).toContain('operator');
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
  });

  test('ends the session where no other gives a role, and says so at the next sign-in', async () => {
    const { page } = ada;
    provider.accounts.set('ada-1815', { name: 'Ada', groups: [] });
    await fiveMinutesLater();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    // The provider still knows her: it asks nothing.
    await page.getByRole('button', { name: 'Sign in with Harbour' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await textOf(ada)).toContain('Harbour knows you as ada-1815, and no group of yours gives a role here.');
    expect(await textOf(ada)).not.toMatch(/captains|pilots/);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Back to sign-in' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    provider.accounts.set('ada-1815', { name: 'Ada', groups: ['pilots'] });
  });
});

describe('what does not hold', () => {
  test('a token of the real provider whose groups somebody changed', async () => {
    const { page } = ada;
    provider.tampering.idToken = (real) => {
      const [header = '', claims = '', signature = ''] = real.split('.');
      const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
      const changed = Buffer.from(JSON.stringify({ ...read, groups: ['captains'] })).toString('base64url');
      return `${header}.${changed}.${signature}`;
    };
    await page.goto(`${origin}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with Harbour' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(await textOf(ada)).toContain('sign-in-refused');
    await page.goto(`${origin}/hosts`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('an answer that another browser began: nobody is signed in as somebody else', async () => {
    const attacker = await openBrowser();
    try {
      await attacker.page.goto(`${origin}/sign-in`);
      const began = attacker.page.waitForRequest((request) => request.url().startsWith(`${provider.issuer}/auth`));
      await attacker.page.getByRole('button', { name: 'Sign in with Harbour' }).click();
      const answer = await signInThere((await began).url(), 'ada-1815');
      await ada.page.goto(`${origin}/sign-in/provider?${answer}`);
      await ada.page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
      expect(await textOf(ada)).toContain('This browser did not begin this sign-in');
    } finally {
      await attacker.close();
    }
  });
});

describe('a provider that is away', () => {
  test('is said on every page, with the end of the session; a password and a link still sign in', async () => {
    const { page } = ada;
    await page.goto(`${origin}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with Harbour' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    provider.tampering.answer = (_path, response) => {
      response.writeHead(502).end();
      return true;
    };
    await fiveMinutesLater();
    await page.reload();
    await page.getByText('Harbour does not answer.').waitFor();
    expect(await textOf(ada)).toMatch(/Without another answer the session ends/);
    expect(await violationsOf(page)).toEqual([]);
    await forget(admin);
    await admin.page.goto(await newLink(state.folder));
    await admin.page.getByRole('button', { name: 'Sign out' }).waitFor();
  });
});

test('signing out here signs out there', async () => {
  const { page } = ada;
  await fiveMinutesLater();
  await page.goto(`${origin}/`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${provider.issuer}/session/end**`);
  await page.getByRole('button', { name: /yes/i }).click();
  await page.waitForURL(`${origin}/sign-in`);
  await signIn(ada, 'guest-7');
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  expect(await textOf(ada)).toContain('guest-7');
});
