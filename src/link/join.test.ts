import { stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { createServer } from '#http/console/index.ts';
import { call } from '#http/index.ts';
import { joinConsole, loadIdentity, moveIdentity } from './agent/index.ts';
import { secureFetch } from './agent/secure-fetch.ts';
import { newKeyPair, makeRequest } from './certificates.ts';
import { linkSchema, readAgent, readAgents } from './console/index.ts';
import { introductionOf, startTestLink, type TestLink } from './console/testing.ts';
import { createJoinToken, join as joinEndpoint, listAgents } from './contract.ts';
import { certificatesIn } from './join-secret.ts';

describe('joining', () => {
  let test: TestLink;
  beforeAll(async () => {
    test = await startTestLink();
  });
  afterAll(() => test.close());

  const joinAs = async (host: string, token: string, more: Parameters<typeof introductionOf>[1] = {}) =>
    joinConsole({
      consoleUrl: test.url,
      token,
      stateFolder: await test.newFolder(),
      introduction: introductionOf(host, more),
    });

  it('turns a token into an identity that only root of the host can read', async () => {
    const stateFolder = await test.newFolder();
    const token = await test.token();
    const identity = await joinConsole({
      consoleUrl: test.url,
      token,
      stateFolder,
      introduction: introductionOf('pier-1'),
    });
    expect(await loadIdentity(stateFolder)).toEqual(identity);
    expect((await stat(join(stateFolder, 'identity.json'))).mode & 0o777).toBe(0o600);
    expect(await readAgent(test.store, 'pier-1')).toMatchObject({
      id: identity.agent,
      state: 'live',
      joinToken: 'harbour',
    });
    const entries = await test.store.query(accessSchema).selectFrom('audit').select('action').execute();
    expect(entries.map(({ action }) => action)).toEqual(expect.arrayContaining(['join-token-made', 'agent-joined']));
    expect(
      JSON.stringify(await test.store.query(accessSchema).selectFrom('audit').selectAll().execute()),
    ).not.toContain(token.slice(13, 50));
  });

  it('names the agent of an instance after host and instance', async () => {
    await joinAs('pier-2', await test.token(), { instance: 'blue' });
    expect(await readAgent(test.store, 'pier-2/blue')).toMatchObject({ host: 'pier-2', instance: 'blue' });
  });

  it('says nothing to a console that shows another authority', async () => {
    const other = await startTestLink();
    const heard: string[] = [];
    const proxy = await tapped(other.url, heard);
    try {
      const refused = joinConsole({
        consoleUrl: proxy.url,
        token: await test.token(),
        stateFolder: await test.newFolder(),
        introduction: introductionOf('pier-3'),
      });
      await expect(refused).rejects.toMatchObject({ code: 'console-untrusted' });
      expect(heard).toEqual([]);
      // The same way in, with the token of that console, does send something: the tap works.
      await joinConsole({
        consoleUrl: proxy.url,
        token: await other.token(),
        stateFolder: await test.newFolder(),
        introduction: introductionOf('pier-3'),
      });
      expect(heard.length).toBeGreaterThan(0);
    } finally {
      proxy.server.close();
      await other.close();
    }
  });

  it('sends nothing to who only copied the authority, without its key', async () => {
    const token = await test.token();
    const identity = await joinAs('pier-4', await test.token());
    const copied = certificatesIn(identity.authority)[0] ?? '';
    const heard: string[] = [];
    const { key, certificate } = identity;
    const thief = createTlsServer({ key, cert: `${certificate}\n${copied}` }, (socket) => {
      socket.on('data', (data) => heard.push(String(data)));
      socket.on('error', () => undefined);
    });
    const port = await listening(thief);
    const refused = joinConsole({
      consoleUrl: `https://127.0.0.1:${port}`,
      token,
      stateFolder: await test.newFolder(),
      introduction: introductionOf('pier-5'),
    });
    await expect(refused).rejects.toMatchObject({ code: 'console-unreachable' });
    expect(heard).toEqual([]);
    thief.close();
  });

  it('lets one of two have the last use', async () => {
    const token = await test.token();
    const both = await Promise.allSettled([joinAs('quay-1', token), joinAs('quay-2', token)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'join-refused' });
  });

  it('refuses a token that is wrong, torn, expired or revoked, and says no more', async () => {
    const token = await test.token({ hours: 1 });
    const [, fingerprint] = token.split('.');
    await expect(joinAs('quay-3', `seawall-join_${'A'.repeat(43)}.${fingerprint}`)).rejects.toMatchObject({
      code: 'join-refused',
    });
    await expect(joinAs('quay-3', token.slice(0, 60))).rejects.toMatchObject({ code: 'join-refused' });
    test.wait(61 * 60_000);
    await expect(joinAs('quay-3', token)).rejects.toMatchObject({ code: 'join-refused' });
  });

  it('holds an agent to the hosts and environments of its token, without spending a use', async () => {
    const token = await test.token({ hosts: 'quay-*', environments: ['test'], uses: 1 });
    await expect(joinAs('pier-9', token)).rejects.toMatchObject({ code: 'join-refused' });
    await expect(joinAs('quay-4', token, { environment: 'prod' })).rejects.toMatchObject({ code: 'join-refused' });
    await joinAs('quay-4', token);
    expect(await readAgent(test.store, 'quay-4')).toMatchObject({ environment: 'test' });
  });

  it('refuses a second agent of a host that has one, and lets it replace a silent one', async () => {
    const first = await joinAs('quay-5', await test.token());
    const token = await test.token();
    await expect(joinAs('quay-5', token)).rejects.toMatchObject({ code: 'agent-exists' });
    test.wait(31_000);
    const second = await joinAs('quay-5', token);
    expect(await readAgent(test.store, 'quay-5')).toMatchObject({ id: second.agent, state: 'live' });
    expect((await readAgents(test.store)).find(({ id }) => id === first.agent)).toMatchObject({ state: 'replaced' });
  });

  it('takes no request that another key signed, and none that is no request', async () => {
    const identity = await joinAs('quay-6', await test.token());
    const { fetch, close } = secureFetch({ authority: identity.authority });
    const good = await makeRequest(await newKeyPair());
    const bytes = Buffer.from(good.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    const torn = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    const token = await test.token();
    for (const csr of [torn, 'nonsense', identity.certificate]) {
      const body = { ...introductionOf('quay-7'), token, csr };
      await expect(call(joinEndpoint, { body }, { baseUrl: test.url, fetch })).rejects.toMatchObject({
        code: 'bad-request',
      });
    }
    await call(joinEndpoint, { body: { ...introductionOf('quay-7'), token, csr: good } }, { baseUrl: test.url, fetch });
    close();
  });

  it('speaks no version of the messages that it does not know', async () => {
    await expect(joinAs('quay-8', await test.token(), { protocol: 7 })).rejects.toMatchObject({
      code: 'protocol-unsupported',
    });
  });

  it('finds the link by the address of the pages, and again at another address', async () => {
    const pages = await createServer({
      routes: test.link.routes,
      authenticate: async () => ({ kind: 'user', id: 'u', name: 'ann', permissions: ['read', 'manage-agents'] }),
      hostNames: [],
      log: silentLog,
    });
    const { origin } = await pages.listen({ host: '127.0.0.1', port: 0 });
    const page = { baseUrl: origin, fetch: ofPage(origin) };
    const made = await call(createJoinToken, { body: { name: 'by page', environments: ['unassigned'] } }, page);
    expect(made.command).toBe(`seawall agent --console ${test.url} --token ${made.secret}`);
    const stateFolder = await test.newFolder();
    const introduction = introductionOf('quay-10');
    const identity = await joinConsole({ consoleUrl: origin, token: made.secret, stateFolder, introduction });
    expect(identity.linkUrl).toBe(test.url);
    expect(await moveIdentity({ ...identity, linkUrl: 'https://gone.example:1' }, origin, stateFolder)).toEqual(
      identity,
    );
    const { agents } = await call(listAgents, {}, page);
    expect(agents.map(({ name }) => name)).toContain('quay-10');
    await pages.close();
  });

  it('keeps its own key in the store only sealed', async () => {
    const link = test.store.query(linkSchema);
    const { rows } = await sql<{ text: string }>`select authority::text as text from link.authority`.execute(link);
    expect(rows).toHaveLength(1);
    // How every PKCS #8 file of an elliptic curve begins, and how a PEM of it does.
    expect(rows[0]?.text).not.toMatch(/PRIVATE|30818702010030/);
  });
});

/** A browser says where a request comes from. */
function ofPage(origin: string): typeof fetch {
  return (url, init) => fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), origin } });
}

/** Passes TCP on, and notes what is sent to the console after the handshake, whose encrypted end takes under 300 bytes. */
async function tapped(target: string, heard: string[]): Promise<{ readonly server: TcpServer; readonly url: string }> {
  const { port } = new URL(target);
  const server = createTcpServer((socket) => {
    const onward = connect(Number(port), '127.0.0.1');
    let sent = Buffer.alloc(0);
    socket.on('data', (data) => {
      sent = Buffer.concat([sent, data]);
      const encrypted = encryptedBytes(sent);
      if (encrypted > 300) heard.push(`${encrypted} bytes`);
    });
    socket.pipe(onward).pipe(socket);
    for (const one of [socket, onward]) one.on('error', () => undefined);
  });
  return { server, url: `https://127.0.0.1:${await listening(server)}` };
}

/** Bytes in records of type 23 (RFC 8446, section 5.1). */
function encryptedBytes(sent: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 5 <= sent.length; at += 5 + sent.readUInt16BE(at + 3)) {
    if (sent[at] === 23) sum += sent.readUInt16BE(at + 3);
  }
  return sum;
}

async function listening(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
