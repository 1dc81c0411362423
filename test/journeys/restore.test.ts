import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmTokens, confirmUsers, createToken, listTokens, listUsers, revokeToken } from '#access/contract.ts';
import { getLedger } from '#admission/contract.ts';
import { documentText } from '#compliance/index.ts';
import { getTemplateEvidence } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { createJoinToken, listAgents, listJoinTokens, revokeJoinToken } from '#link/contract.ts';
import { backupName } from '../../src/apps/console/backup.ts';
import { until } from './browser.ts';
import { freePort } from './make-scan.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { runSeawall } from './seawall.ts';

/* The console is destroyed and comes back from a backup that is older than what happened last. */

const [before, after] = [makeStateFolder(), makeStateFolder()];
const keyFile = join(before.folder, 'backup.key');
const backups = join(after.folder, 'backups');
const file = join(backups, backupName(new Date()));
const state = join(after.folder, 'state');
const recording = new URL('../../src/compliance/checks/host/fixtures/debian-13-plain.json', import.meta.url);
let seawall: RealConsole;
let host: ReportingHost;
let linkPort: number;
let administrator: { readonly baseUrl: string; readonly token: string };
/** Made before the backup; revoked after it. */
let leaked: { readonly token: { readonly id: string }; readonly secret: string };
let joinToken: { readonly token: { readonly id: string }; readonly secret: string };
let report: Buffer;
let table: Buffer;
let moment: string;
let sequence: number;

beforeAll(async () => {
  mkdirSync(backups);
  mkdirSync(state);
  writeFileSync(keyFile, 'a passphrase of the journey\n', { mode: 0o600 });
  linkPort = await freePort();
  seawall = await startConsole({ state: before.folder, linkPort });
  administrator = { baseUrl: seawall.origin, token: await newToken(before.folder, 'automat', 'administrator') };
  const body = { name: 'rack 3', uses: 5, environments: ['prod'], hours: 48 };
  joinToken = await call(createJoinToken, { body }, administrator);
  leaked = await call(createToken, { body: { name: 'leaked', role: 'auditor' } }, administrator);
  host = await joinAsHost({ console: seawall.origin, token: joinToken.secret, name: 'quay-1', environment: 'prod' });
  await host.host();
  await host.compliance({
    subject: { kind: 'host', id: 'self', name: 'self' },
    documents: [{ kind: 'host', text: documentText(JSON.parse(readFileSync(recording, 'utf8'))) }],
  });
  await host.stored();
  sequence = (await ledger()).sequence;
  await until(async () => (await evidence()).controls.some(({ subjects }) => subjects.fail > 0));
  moment = new Date().toISOString();
  report = await reportAt(moment, before.folder);
  table = await reportAt(moment, before.folder, 'csv');
}, 240_000);
afterAll(async () => {
  await host?.close();
  await seawall?.end('SIGTERM');
  before.remove();
  after.remove();
});

const evidence = async () => await call(getTemplateEvidence, { params: { template: 'nist-800-190' } }, administrator);

async function ledger(known?: number): Promise<{ readonly sequence: number }> {
  const { signed } = await host.ask(getLedger, { body: { wait: 0, ...(known !== undefined && { known }) } });
  return JSON.parse(signed.ledger) as { readonly sequence: number };
}

async function reportAt(at: string, folder: string, format = 'package'): Promise<Buffer> {
  const output = join(folder, `${createHash('sha256').update(folder).digest('hex').slice(0, 8)}.zip`);
  const words = ['compliance', 'report', '--at', at, '--format', format, '--output', output];
  const { baseUrl, token } = administrator;
  const run = await runSeawall(words, { env: { SEAWALL_CONSOLE: baseUrl, SEAWALL_TOKEN: token } });
  expect(run).toMatchObject({ code: 0 });
  return readFileSync(output);
}

/** How everything stood, as a package says it. Beside that it holds when it was written, the log until then, and its days. */
function filesOf(zip: Buffer): Readonly<Record<string, string>> {
  const files = Object.entries(unzipSync(zip)).filter(([name]) =>
    /^csv\/(?!days)|^evidence\/(?:answers|documents)\//.test(name),
  );
  return Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]));
}

const run = (words: readonly string[], folder: string) =>
  runSeawall(words, { env: environmentOf(folder) as Record<string, string> });

describe('a console that is destroyed', { timeout: 300_000 }, () => {
  test('was backed up while it served', async () => {
    const made = await run(['backup', '--key-file', keyFile, '--out', file], before.folder);
    expect(made).toMatchObject({ code: 0, stdout: `${file}\n` });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  // As in the console's image, which brings none of npm.
  test('is backed up and restored with the PostgreSQL that its machine names', async () => {
    const stopped = makeStateFolder();
    mkdirSync(join(stopped.folder, 'postgres'));
    mkdirSync(join(stopped.folder, 'keys'));
    writeFileSync(join(stopped.folder, 'keys/master.key'), Buffer.alloc(32), { mode: 0o600 });
    for (const words of [
      ['backup', '--out', join(stopped.folder, 'a.backup')],
      ['restore', file],
    ]) {
      const env = { ...environmentOf(stopped.folder), SEAWALL_POSTGRES: '/nonexistent' } as Record<string, string>;
      const { code, stderr } = await runSeawall([...words, '--key-file', keyFile], { env });
      expect([code, stderr], words[0]).toEqual([2, expect.stringContaining('/nonexistent/bin/postgres')]);
    }
    stopped.remove();
    const checked = await run(['restore', '--check', file, '--key-file', keyFile], after.folder);
    expect(checked.stdout).toMatch(/^Whole\. Taken \S+ by Seawall /);
    expect(checked.stdout).toContain('Keys: master.key');
    expect(checked.stderr).toBe('');
    const renamed = join(backups, 'seawall-2020-01-01T020000Z.backup');
    copyFileSync(file, renamed);
    const { stderr } = await run(['restore', '--check', renamed, '--key-file', keyFile], after.folder);
    expect(stderr).toContain('is of another moment');
  });

  test('went on: a token and a join token were revoked, the agent reported, its ledger rose', async () => {
    await call(revokeToken, { params: { id: leaked.token.id } }, administrator);
    await call(revokeJoinToken, { params: { id: joinToken.token.id } }, administrator);
    await host.host({ cpus: 8 });
    await host.stored();
    sequence = (await ledger(sequence + 40)).sequence;
    await seawall.end('SIGKILL');
    rmSync(before.folder + '/postgres', { recursive: true });
  });

  test('comes back from the backup, and not into a folder that holds one', async () => {
    const env = { ...(environmentOf(state) as Record<string, string>), SEAWALL_POSTGRES: backups };
    const elsewhere = await runSeawall(['restore', file, '--key-file', keyFile], { env });
    expect(elsewhere.stderr).toContain(`${backups}/bin/postgres does not tell its version`);
    const nothing = await run(['restore', state, '--key-file', keyFile], state);
    expect(nothing).toMatchObject({ code: 2, lastLine: expect.stringContaining('No file in') });
    const made = await run(['restore', backups, '--key-file', keyFile], state);
    expect(made).toMatchObject({ code: 0 });
    expect(made.stderr).toContain('seawall token --confirm');
    const again = await run(['restore', file, '--key-file', keyFile], state);
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toMatch(
      /The database is not empty: it holds 1 user, 1 agent, 0 scans: .* \[restore-not-empty\]/,
    );
    seawall = await startConsole({ state, linkPort });
    administrator = { ...administrator, baseUrl: seawall.origin };
  });

  test('takes no token that it held then, until an administrator confirms it', async () => {
    const refused = { code: 'token-held' };
    await expect(call(listTokens, {}, administrator)).rejects.toMatchObject(refused);
    await expect(call(listTokens, {}, { ...administrator, token: leaked.secret })).rejects.toMatchObject(refused);
    const fresh = { ...administrator, token: await newToken(state, 'fresh', 'administrator') };
    const { tokens, restored } = await call(listTokens, {}, fresh);
    expect(restored?.takenAt).toBeDefined();
    expect(
      tokens
        .filter(({ heldSince }) => heldSince !== undefined)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['automat', 'leaked']);
    const joining = { console: seawall.origin, token: joinToken.secret, name: 'stranger', environment: 'prod' };
    await expect(joinAsHost(joining)).rejects.toThrow('held since an older copy');
    await call(revokeToken, { params: { id: leaked.token.id } }, fresh);
    const ids = tokens.filter(({ name }) => name !== 'fresh').map(({ id }) => id);
    expect(await call(confirmTokens, { body: { tokens: ids } }, fresh)).toEqual({ confirmed: 1 });
    await call(listTokens, {}, administrator);
    await expect(call(listTokens, {}, { ...administrator, token: leaked.secret })).rejects.toMatchObject({
      code: 'not-signed-in',
    });
    // The users of then are told of, too, until an administrator confirms them.
    expect((await call(listUsers, {}, fresh)).restored).toEqual(restored);
    await call(confirmUsers, { body: { restoredAt: restored?.restoredAt ?? '' } }, fresh);
    expect((await call(listUsers, {}, fresh)).restored).toBeUndefined();
    const held = await run(['token', '--confirm', '--yes'], state);
    expect(held).toMatchObject({ code: 0, stdout: 'confirmed: 0 API tokens, 1 join token\n' });
    expect((await call(listJoinTokens, {}, administrator)).tokens[0]?.heldSince).toBeUndefined();
  });

  test('its agent reconnects without joining again, sends what is missing, and takes a ledger above the one it has', async () => {
    await host.rest();
    await host.wake();
    await host.host({ cpus: 16 });
    await host.stored();
    expect((await call(listAgents, {}, administrator)).agents).toMatchObject([{ name: 'quay-1', state: 'live' }]);
    expect((await call(listHosts, {}, administrator)).hosts).toMatchObject([{ name: 'quay-1' }]);
    expect((await ledger(sequence)).sequence).toBeGreaterThan(sequence);
  });

  test('reports on a moment before the backup byte for byte as it did, and packs the same answers', async () => {
    expect((await reportAt(moment, after.folder, 'csv')).equals(table)).toBe(true);
    expect(filesOf(await reportAt(moment, after.folder))).toEqual(filesOf(report));
  });

  test('audit verify names what is lost, until it is acknowledged', async () => {
    await until(async () => (await run(['audit', 'verify'], state)).code !== 0);
    const accepted = await run(['audit', 'accept-restore', '--reason', 'the disk burnt'], state);
    expect(accepted).toMatchObject({ code: 0 });
    expect(await run(['audit', 'verify'], state)).toMatchObject({ code: 0 });
  });
});
