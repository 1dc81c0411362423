import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { createToken, listTokens, revokeToken, signIn } from '#access/contract.ts';
import { errorCatalogue, silentLog } from '#base/index.ts';
import { listWantedScans, type ScanPublication } from '#catalog/contract.ts';
import { listImages } from '#explorer/contract.ts';
import { type CallOptions, call } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { openStore } from '#store/index.ts';
import { controls } from './hostile.ts';
import { scanAlpine } from './make-scan.ts';
import { type RawReply, type RawRequest, send, sendBytes } from './raw-request.ts';
import { makeStateFolder, newLink, newToken, type RealConsole, readLog, startConsole } from './real-console.ts';
import { layOutDatabase } from './sample-estate.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let publisher: CallOptions;
let reader: CallOptions;
let sound: ScanPublication;
/** Everything that must be in no log. */
const secrets: string[] = [];

beforeAll(async () => {
  await layOutDatabase(state.folder);
  seawall = await startConsole({ state: state.folder });
  const [publishing, reading] = [
    await newToken(state.folder, 'pipeline', 'ci'),
    await newToken(state.folder, 'dashboard', 'developer'),
  ];
  secrets.push(publishing, reading, secretOf(seawall.link));
  publisher = { baseUrl: seawall.origin, token: publishing };
  reader = { baseUrl: seawall.origin, token: reading };
  sound = await scanAlpine(state.folder, '3.3.0-r0');
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
});

const json = { 'content-type': 'application/json' };
const as = ({ token = '' }: CallOptions): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });
const ask = async (request: RawRequest): Promise<RawReply> => await send(seawall.port, request);

/** Status and code that a refusal carries, of one entry of the catalogue. */
function refusal(code: keyof typeof errorCatalogue): { status: number; code: string } {
  return { status: errorCatalogue[code].status, code };
}

function secretOf(link: string): string {
  return new URL(link).hash.slice(1);
}

/** Signs in as a browser does; answers the cookie. */
async function signedIn(): Promise<string> {
  const secret = secretOf(await newLink(state.folder));
  const reply = await ask({ path: signIn.path, body: { by: 'link', secret } });
  const cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
  secrets.push(secret, cookie.split('=')[1] ?? '');
  return cookie;
}

describe('who may not come in', () => {
  test.each([
    ['nothing', {}],
    ['a word', { authorization: 'Bearer letmein' }],
    ['a token of the right form that was never made', { authorization: `Bearer seawall_${'A'.repeat(43)}` }],
    ['another scheme', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a session that was never opened', { cookie: 'seawall_session=abcdef' }],
    ['an endless token', { authorization: `Bearer seawall_${'A'.repeat(8000)}` }],
  ])('with %s', async (_, headers) => {
    for (const path of ['/api/v1/images', '/api/v1/events', '/api/v1/session', '/api/v1/tokens'])
      expect(await ask({ path, headers: headers as Record<string, string> }), path).toMatchObject(
        refusal('not-signed-in'),
      );
    const put = {
      method: 'PUT',
      path: '/api/v1/collections/quay',
      headers: headers as Record<string, string>,
      body: {},
    };
    expect(await ask(put)).toMatchObject(refusal('not-signed-in'));
  });

  test('with a token whose time is over, or that was revoked', async () => {
    const cookie = await signedIn();
    const page = { cookie, 'sec-fetch-site': 'same-origin' };
    const made = JSON.parse(
      (await ask({ path: createToken.path, headers: page, body: { name: 'short', role: 'developer', days: 1 } })).text,
    );
    const headers = { authorization: `Bearer ${made.secret}` };
    secrets.push(made.secret);
    expect(await ask({ path: listImages.path, headers })).toMatchObject({ status: 200 });

    await inStore(
      async (query) =>
        await sql`update access.token set expires_at = now() - interval '1 second' where name = 'short'`.execute(query),
    );
    expect(await ask({ path: listImages.path, headers })).toMatchObject(refusal('not-signed-in'));
    await inStore(
      async (query) => await sql`update access.token set expires_at = null where name = 'short'`.execute(query),
    );
    expect(await ask({ path: listImages.path, headers })).toMatchObject({ status: 200 });

    const revoking = { method: 'DELETE', path: revokeToken.path.replace(':id', made.token.id), headers: page };
    expect(await ask(revoking)).toMatchObject({ status: 200 });
    expect(await ask({ path: listImages.path, headers })).toMatchObject(refusal('not-signed-in'));
    expect(await ask(revoking)).toMatchObject(refusal('not-found'));
  });

  test('with a token for something else', async () => {
    for (const path of [listImages.path, listHosts.path, '/api/v1/events'])
      expect(await ask({ path, headers: as(publisher) }), path).toMatchObject(refusal('not-allowed'));
    expect(await ask({ path: '/api/v1/scans', headers: as(reader), body: sound })).toMatchObject(
      refusal('not-allowed'),
    );
    for (const who of [reader, publisher])
      expect(await ask({ path: listTokens.path, headers: as(who) })).toMatchObject(refusal('not-allowed'));
  });

  test('from a page of another site, though the browser sends the cookie along', async () => {
    const cookie = await signedIn();
    const body = { name: 'foreign', role: 'ci' };
    for (const said of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      {},
    ]) {
      const headers = { cookie, ...(said as Record<string, string>) };
      expect(await ask({ path: createToken.path, headers, body }), JSON.stringify(said)).toMatchObject(
        refusal('bad-origin'),
      );
    }
    const tokens = JSON.parse((await ask({ path: listTokens.path, headers: { cookie } })).text).tokens;
    expect(tokens.map((token: { name: string }) => token.name)).not.toContain('foreign');
  });

  test('under the name of another host', async () => {
    for (const host of ['evil.example', 'evil.example:8083', '127.0.0.1.evil.example', 'localhost@evil.example'])
      expect(await ask({ path: '/', headers: { host } }), host).toMatchObject(refusal('bad-host'));
    for (const head of ['GET / HTTP/1.0', 'GET / HTTP/1.1\r\nHost: \r\nConnection: close'])
      expect(await sendBytes(seawall.port, `${head}\r\n\r\n`)).toContain('bad-host');
  });
});

describe('what is not understood', () => {
  const publication = (headers: Record<string, string>, body: RawRequest['body']): RawRequest => ({
    path: '/api/v1/scans',
    headers: { ...as(publisher), ...headers },
    ...(body === undefined ? {} : { body }),
  });

  test.each([
    ['cut JSON', '{"target":'],
    ['words', 'hello'],
    ['a number that JSON has not', '{"target":NaN}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['nothing', ''],
  ])('%s is not JSON', async (_, body) => {
    expect(await ask(publication(json, body))).toMatchObject(refusal('bad-json'));
  });

  test('bodies of another kind, or packed in a way that is not read', async () => {
    expect(await ask(publication({ 'content-type': 'text/plain' }, '{}'))).toMatchObject(refusal('unsupported-media'));
    expect(await ask(publication({ 'content-type': 'multipart/form-data; boundary=x' }, '--x'))).toMatchObject(
      refusal('unsupported-media'),
    );
    expect(await ask(publication({}, '{}'))).toMatchObject(refusal('unsupported-media'));
    expect(await ask(publication({ ...json, 'content-encoding': 'br' }, '{}'))).toMatchObject(
      refusal('unsupported-media'),
    );
    expect(await ask(publication({ ...json, 'content-encoding': 'gzip' }, '{}'))).toMatchObject(refusal('bad-json'));
    const cut = gzipSync(JSON.stringify(sound)).subarray(0, 100);
    expect(await ask(publication({ ...json, 'content-encoding': 'gzip' }, cut))).toMatchObject(refusal('bad-json'));
  });

  test('bodies too large, plain or small and packed, without being held in memory', { timeout: 120_000 }, async () => {
    const before = residentBytes();
    const bomb = gzipSync(Buffer.alloc(600 * 1024 ** 2, 0x20));
    expect(bomb.length).toBeLessThan(1024 ** 2);
    expect(await ask(publication({ ...json, 'content-encoding': 'gzip' }, bomb))).toMatchObject(refusal('too-large'));
    expect(residentBytes() - before).toBeLessThan(400 * 1024 ** 2);
    const large = { name: 'x'.repeat(17 * 1024 ** 2) };
    expect(await ask({ path: listWantedScans.path, headers: as(publisher), body: large })).toMatchObject(
      refusal('too-large'),
    );
    expect(await ask({ path: signIn.path, body: { by: 'link', secret: 'x'.repeat(70_000) } })).toMatchObject(
      refusal('too-large'),
    );
  });

  test('JSON of another form: the fields are named, their values are not', async () => {
    const wrong: readonly (readonly [field: string, body: object])[] = [
      ['target', { ...sound, target: 7 }],
      ['subject.kind', { ...sound, subject: { kind: 'ship' } }],
      ['scannedAt', { ...sound, scannedAt: 'yesterday, value-of-a-field' }],
      ['catalog.packages', { ...sound, catalog: { ...sound.catalog, packages: { length: 3 } } }],
      [
        'catalog.packages.0.type',
        {
          ...sound,
          catalog: { ...sound.catalog, packages: [{ ...sound.catalog.packages[0], type: 'Value-of-a-field' }] },
        },
      ],
      ['subject.digest', { ...sound, subject: { ...sound.subject, digest: 'sha256:value-of-a-field' } }],
      [
        'subject.layers.0.size',
        { ...sound, subject: { ...sound.subject, layers: [{ ...layerOf(sound), size: Number.MAX_SAFE_INTEGER }] } },
      ],
    ];
    for (const [field, body] of wrong) {
      const reply = await ask(publication({}, body));
      expect(reply, field).toMatchObject(refusal('bad-request'));
      expect(reply.text).toContain(`"${field}: `);
      expect(reply.text).not.toMatch(/value-of-a-field/i);
    }
    const deep = `{"subject":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(await ask(publication(json, deep))).toMatchObject(refusal('too-large'));
  });

  test('control characters where a line of text belongs', async () => {
    for (const control of controls) {
      for (const body of [
        { ...sound, target: control },
        { ...sound, subject: { ...sound.subject, names: [`app${control}:1`] } },
        { ...sound, catalog: { ...sound.catalog, packages: [{ ...sound.catalog.packages[0], name: control }] } },
      ])
        expect(await ask(publication({}, body)), JSON.stringify(control)).toMatchObject(refusal('bad-request'));
    }
  });

  test('addresses that lead nowhere, or out', async () => {
    for (const path of [
      '/api',
      '/api/v1/nothing',
      `/api/v1/${'a'.repeat(8000)}`,
      `/${'a'.repeat(300)}/../../etc/passwd`,
      '/assets/..%2f..%2f..%2fetc%2fpasswd',
      '/assets/%00',
      '/../../etc/passwd',
    ])
      expect(await ask({ path, headers: as(reader) }), path.slice(0, 60)).toMatchObject(refusal('not-found'));
    for (const method of ['PATCH', 'OPTIONS', 'TRACE', 'PUT'])
      expect(await ask({ method, path: listImages.path, headers: as(reader) }), method).toMatchObject(
        refusal('not-found'),
      );
    expect(await ask({ path: '/api/v1/%zz', headers: as(reader) })).toMatchObject(refusal('bad-request'));
  });

  test.each([
    '/api/v1/images?limit=0',
    '/api/v1/images?limit=501',
    '/api/v1/images?offset=-1',
    '/api/v1/images?offset=1e99',
    '/api/v1/images?verdict=fine',
    '/api/v1/images?search=a&search=b',
    `/api/v1/images?search=${'a'.repeat(257)}`,
    '/api/v1/findings?severity=catastrophic',
    '/api/v1/findings?layer=99999999999',
    '/api/v1/findings?kev=maybe',
    '/api/v1/images/not-a-digest',
    '/api/v1/scans/not-a-uuid/verdict',
    '/api/v1/scans/00000000-0000-4000-8000-000000000000/verdict?wait=1e9',
  ])('%s', async (path) => {
    const headers = path.includes('/scans/') ? as(publisher) : as(reader);
    expect(await ask({ path, headers })).toMatchObject(refusal('bad-request'));
  });

  test('what is no HTTP at all', async () => {
    const bytes: readonly (readonly [string, 'bad-request' | 'too-large'])[] = [
      ['GARBAGE\r\n\r\n', 'bad-request'],
      ['GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n', 'bad-request'],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, 'too-large'],
      [
        'POST /api/v1/scans HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'bad-request',
      ],
    ];
    for (const [sent, code] of bytes) {
      const reply = await sendBytes(seawall.port, sent);
      expect(reply).toContain(`HTTP/1.1 ${errorCatalogue[code].status} `);
      expect(reply).toContain(`"code":"${code}"`);
    }
  });
});

describe('after all that', () => {
  test('nothing of it is stored, no fault of the console is logged, and no secret is in a log', async () => {
    expect(await call(listImages, { query: {} }, reader)).toMatchObject({ total: 0, unscanned: { total: 0 } });
    expect((await call(listHosts, {}, reader)).hosts.map((host) => host.name)).not.toContain('x');
    const log = readLog(state.folder);
    expect(log).toContain('sign-in');
    expect(log.split('\n').filter((line) => line.includes('"level":50'))).toEqual([]);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(log).not.toContain(secret);
    }
    expect(readFileSync(join(state.folder, 'postgres/postgres.log'), 'utf8')).not.toMatch(
      new RegExp(secrets.join('|')),
    );
  });
});

type Query = ReturnType<Awaited<ReturnType<typeof openStore>>['query']>;

/** Changes what the console stores behind its back, as time does. */
async function inStore(change: (query: Query) => Promise<unknown>): Promise<void> {
  const store = await openStore({
    place: { kind: 'running', folder: state.folder },
    schemas: [accessSchema],
    log: silentLog,
  });
  try {
    await change(store.query(accessSchema) as unknown as Query);
  } finally {
    await store.close();
  }
}

function layerOf(publication: ScanPublication): object {
  return publication.subject.kind === 'image' ? { ...publication.subject.layers[0] } : {};
}

/** Largest memory that the console ever held. */
function residentBytes(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${seawall.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}
