import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken, signIn } from '#access/contract.ts';
import { type Console, composeConsole } from '#apps/console/compose.ts';
import { readConsoleConfig } from '#apps/console/config.ts';
import type { ScanId } from '#base/index.ts';
import { listWantedScans, publishScan, type ScanPublication } from '#catalog/contract.ts';
import { getImage, listImages } from '#explorer/contract.ts';
import { type CallOptions, call } from '#http/index.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { getDatabase, getScanFindings } from '#vulnerability/contract.ts';
import { layOutAlpineDatabase, freePort, scanAlpine } from './make-scan.ts';
import { newToken, startConsole } from './real-console.ts';

/** Alpine 3.20: the first has vulnerabilities that openssl fixed, the second is newer than any fix. */
const vulnerable = '3.3.0-r0';
const fixed = '3.99.0-r0';
const folder = mkdtempSync(join(tmpdir(), 'seawall-journey-'));
// The user that PostgreSQL runs as must go through it.
chmodSync(folder, 0o711);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('a scan is published', () => {
  const stateFolder = mkdtempSync(join(folder, 'state-'));
  let seawall: Console;
  let publisher: CallOptions;
  let stranger: CallOptions;
  let reader: CallOptions;
  let bad: ScanPublication;
  let good: ScanPublication;

  beforeAll(async () => {
    const config = readConsoleConfig(
      { SEAWALL_STALE_FEED_DAYS: '36500' },
      { stateFolder, checkout: stateFolder, host: '127.0.0.1', port: await freePort(), linkPort: 0, hostNames: [] },
    );
    seawall = await composeConsole(config);
    const as = async (name: string, role: 'ci' | 'developer'): Promise<CallOptions> => {
      const { secret } = await seawall.access.createToken({ name, role, repositories: ['*'] });
      return { baseUrl: seawall.url, token: secret };
    };
    publisher = await as('pipeline', 'ci');
    stranger = await as('other pipeline', 'ci');
    reader = await as('dashboard', 'developer');
    bad = await scanAlpine(folder, vulnerable);
    good = await scanAlpine(folder, fixed);
  });
  afterAll(async () => await seawall?.close());

  const publish = async (publication: ScanPublication) =>
    await call(publishScan, { body: publication as never }, publisher);
  const verdictOf = async (scan: ScanId, wait: number) =>
    await call(getScanVerdict, { params: { scan }, query: { wait } }, publisher);

  test('without a database it waits and says for what; with one it is judged', async () => {
    const { scan, subject } = await publish(bad);
    const superseded = await publish(bad);
    expect(await call(getDatabase, {}, reader)).toMatchObject({ state: 'missing' });
    expect(await verdictOf(scan, 1)).toMatchObject({
      state: 'pending',
      subject,
      waitingFor: expect.stringContaining('a vulnerability database'),
    });
    expect(await call(getScanFindings, { params: { scan } }, publisher)).toEqual({ state: 'pending' });

    const info = await layOutAlpineDatabase(stateFolder);
    const [answer] = await Promise.all([
      verdictOf(scan, 30),
      seawall.vulnerability.useDatabase(join(stateFolder, 'vulnerability.db')),
    ]);
    expect(answer).toMatchObject({ state: 'judged', page: `${seawall.url}/images/${subject}` });
    if (answer.state !== 'judged') return;
    expect(answer.verdict).toMatchObject({ kind: 'fail', policy: { id: 'production' } });
    expect(answer.verdict.reason).toContain('36500 days old');
    expect(answer.verdict.violations[0]?.remedy).toMatch(/libcrypto3.*3\.3\./);
    expect(await verdictOf(superseded.scan, 30)).toMatchObject({ state: 'judged' });

    const matched = await call(getScanFindings, { params: { scan } }, publisher);
    expect(matched).toMatchObject({ state: 'matched', faults: [], database: { builtAt: info.builtAt } });
    const database = await call(getDatabase, {}, reader);
    expect(database).toMatchObject({ state: 'ready', info: { advisories: info.advisories } });
  });

  test('the fixed version passes', async () => {
    const { scan } = await publish(good);
    expect(await verdictOf(scan, 30)).toMatchObject({ state: 'judged', verdict: { kind: 'pass' } });
  });

  test('each publication is a record of its own, and the pages have it', async () => {
    const first = await publish({ ...bad, job: { name: 'build 1' } });
    const second = await publish({ ...bad, job: { name: 'build 2' } });
    await verdictOf(second.scan, 30);
    await verdictOf(first.scan, 30);
    const image = await settled(
      async () => await call(getImage, { params: { subject: second.subject } }, reader),
      (found) => found.row.scan === second.scan && found.verdict !== undefined,
    );
    expect(image.scans.map((one) => one.job?.name).slice(0, 2)).toEqual(['build 2', 'build 1']);
    expect(image.scans.map((one) => one.scan)).toContain(first.scan);
    expect(image).toMatchObject({ verdict: { kind: 'fail' }, row: { names: ['app:1'], packages: 2 } });
    const { totals } = await settled(
      async () => await call(listImages, { query: {} }, reader),
      (found) => found.totals.pending === 0,
    );
    expect(totals).toMatchObject({ pass: 1, fail: 1, pending: 0 });
  });

  test('a token sees only what it published, and only a token that may publish does', async () => {
    const { scan } = await publish(good);
    const asked = { params: { scan }, query: { wait: 0 } };
    await expect(call(getScanVerdict, asked, stranger)).rejects.toMatchObject({ code: 'not-found' });
    await expect(call(getScanFindings, { params: { scan } }, stranger)).rejects.toMatchObject({ code: 'not-found' });
    await expect(call(publishScan, { body: good as never }, reader)).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(call(getDatabase, {}, publisher)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  test('a catalog that contradicts itself is refused and leaves no trace', async () => {
    const lost = bad.catalog.packages.map((found) => ({ ...found, layer: 7 }));
    const refused = publish({ ...bad, target: 'lost', catalog: { ...bad.catalog, packages: lost } });
    await expect(refused).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('catalog.packages.0.layer'),
    });
    const impostor = { kind: 'file-system', id: (await publish(good)).subject, name: 'x', path: '/' } as const;
    await expect(publish({ ...good, subject: impostor })).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('who publishes asks what is still to be scanned', async () => {
    const { subject } = await publish(good);
    const analyzers = good.catalog.analyzers.map((analyzer) => ({ ...analyzer }));
    const unknown = `sha256:${'0'.repeat(64)}`;
    const host = 'host:web-1';
    const subjects = [subject, unknown, host];
    expect(await call(listWantedScans, { body: { subjects, analyzers } }, publisher)).toEqual({
      wanted: [unknown, host],
    });
    const newer = analyzers.map(({ id, version }) => ({ id, version: version + 1 }));
    expect(await call(listWantedScans, { body: { subjects, analyzers: newer } }, publisher)).toEqual({
      wanted: subjects,
    });
  });

  test('a person signs in by link and makes a token that publishes', async () => {
    await seawall.access.ensureFirstUser();
    const { secret } = await seawall.access.createSignInLink();
    const reply = await fetch(`${seawall.url}${signIn.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'link', secret }),
    });
    const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
    const withCookie = (async (url: string, request: RequestInit) =>
      await fetch(url, {
        ...request,
        headers: { ...Object.fromEntries(new Headers(request.headers)), cookie, 'sec-fetch-site': 'same-origin' },
      })) as typeof fetch;
    const made = await call(
      createToken,
      { body: { name: 'made on a page', role: 'ci', repositories: ['*'] } },
      { baseUrl: seawall.url, fetch: withCookie },
    );
    const published = call(publishScan, { body: good as never }, { baseUrl: seawall.url, token: made.secret });
    await expect(published).resolves.toMatchObject({ scan: expect.any(String) });
  });
});

describe('a console is killed at work', () => {
  const stateFolder = mkdtempSync(join(folder, 'killed-'));

  test('nothing that it acknowledged is lost, and all of it is judged after the restart', async () => {
    await layOutAlpineDatabase(stateFolder);
    const scan = await scanAlpine(folder, vulnerable, 'killed:1');
    const first = await startConsole({ state: stateFolder });
    const at = { baseUrl: first.origin, token: await newToken(stateFolder, 'pipeline', 'ci') };
    const dashboard = { ...at, token: await newToken(stateFolder, 'dashboard', 'developer') };
    await settled(
      async () => await call(getDatabase, {}, dashboard),
      ({ state }) => state === 'ready',
    );
    const acknowledged: ScanId[] = [];
    let waiting = 0;
    for (let batch = 0; batch < 20 && waiting === 0; batch++) {
      const published = Array.from({ length: 10 }, async () => await call(publishScan, { body: scan as never }, at));
      acknowledged.push(...(await Promise.all(published)).map((reply) => reply.scan));
      waiting = (await statesOf(acknowledged.slice(-10), at)).filter((state) => state === 'pending').length;
    }
    expect(waiting, 'scans that were still to be judged when the console was killed').toBeGreaterThan(0);
    await first.end('SIGKILL');

    const second = await startConsole({ state: stateFolder, port: first.port });
    const verdicts = acknowledged.map(
      async (id) => (await call(getScanVerdict, { params: { scan: id }, query: { wait: 50 } }, at)).state,
    );
    expect(new Set(await Promise.all(verdicts))).toEqual(new Set(['judged']));
    await second.end('SIGTERM');
  });
});

async function statesOf(scans: readonly ScanId[], at: CallOptions): Promise<readonly string[]> {
  const answers = scans.map(async (scan) => await call(getScanVerdict, { params: { scan }, query: { wait: 0 } }, at));
  return (await Promise.all(answers)).map((answer) => answer.state);
}

/** Reads until it is as wanted; pages are told of changes, a test asks. */
async function settled<Value>(read: () => Promise<Value>, isSettled: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await read();
    if (isSettled(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
