import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { accessSchema, theConsole } from '#access/console/index.ts';
import { createServer } from '#http/console/index.ts';
import { call } from '#http/index.ts';
import { joinConsole, loadIdentity, moveIdentity } from './agent/index.ts';
import { secureFetch } from './agent/secure-fetch.ts';
import { newKeyPair, makeRequest } from './certificates.ts';
import { createLink, linkSchema, readAgent, readAgents, readAgentStates } from './console/index.ts';
import { noteRefusedJoin } from './console/refused-joins.ts';
import { revoke } from './console/revoke.ts';
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

  it('refuses a second agent of a host that has one, and lets it replace a silent one by a token that names it', async () => {
    const first = await joinAs('quay-5', await test.token());
    const token = await test.token({ hosts: 'quay-5' });
    await expect(joinAs('quay-5', token)).rejects.toMatchObject({
      code: 'agent-exists',
      next: expect.stringContaining('a token whose hosts are exactly quay-5'),
    });
    test.wait(31_000);
    const second = await joinAs('quay-5', token);
    expect(await readAgent(test.store, 'quay-5')).toMatchObject({ id: second.agent, state: 'live' });
    expect((await readAgents(test.store)).find(({ id }) => id === first.agent)).toMatchObject({ state: 'replaced' });
    expect(await announced('agent-replaced')).toEqual([
      { host: 'quay-5', agent: second.agent, former: first.agent, joinToken: 'harbour' },
    ]);
  });

  it('lets no token for many hosts take over a silent one, until an administrator revokes that', async () => {
    const first = await joinAs('quay-11', await test.token());
    test.wait(31_000);
    const wide = await test.token({ uses: 5 });
    await announced('claim-refused');
    for (const token of [wide, wide, await test.token({ hosts: 'quay-*' }), await test.token({ hosts: 'quay-11*' })])
      await expect(joinAs('quay-11', token)).rejects.toMatchObject({
        code: 'agent-exists',
        next: expect.stringContaining('exactly quay-11'),
      });
    expect(await readAgent(test.store, 'quay-11')).toMatchObject({ id: first.agent });
    const reason =
      'A join by the token harbour: quay-11 has an agent that is silent, and the join token does not name it.';
    // Of one token said once.
    expect(await announced('claim-refused')).toEqual(Array.from({ length: 3 }, () => ({ host: 'quay-11', reason })));
    await revoke(test, first.agent, theConsole);
    await joinAs('quay-11', wide);
  });

  it('keeps refused joins in the audit trail, repeated ones once a day with their number', async () => {
    const token = await test.token({ environments: ['dev'], uses: 5 });
    const trail = async () =>
      (
        await test.store
          .query(accessSchema)
          .selectFrom('audit')
          .select(['actor', 'detail'])
          .where('action', '=', 'join-refused')
          .orderBy('sequence')
          .execute()
      )
        .filter(({ actor }) => actor.name === 'shed-1')
        .map(({ detail }) => detail);
    const refused = () =>
      expect(joinAs('shed-1', token, { environment: 'prod' })).rejects.toMatchObject({ code: 'join-refused' });
    for (let round = 0; round < 3; round++) await refused();
    const reason = 'The join token allows the environments dev; "prod" is not among them.';
    expect(await trail()).toEqual([{ reason, joinToken: 'harbour' }]);
    test.wait(23 * 60 * 60_000);
    const later = await test.token({ environments: ['dev'], uses: 5 });
    test.wait(61 * 60_000);
    await expect(joinAs('shed-1', later, { environment: 'prod' })).rejects.toMatchObject({ code: 'join-refused' });
    expect(await trail()).toHaveLength(2);
    await expect(joinAs('shed-1', token, { environment: 'prod' })).rejects.toMatchObject({ code: 'join-refused' });
    expect((await trail()).at(-1)).toMatchObject({ before: 3 });
  });

  it('tells no more than so many refused joins apart, whatever names are made up', async () => {
    const [, fingerprint] = (await test.token()).split('.');
    const parts = { store: test.store, clock: test.clock };
    const entries = async () =>
      (await test.store.query(accessSchema).selectFrom('audit').select('action').execute()).filter(
        ({ action }) => action === 'join-refused',
      ).length;
    await expect(joinAs('shed-2', `seawall-join_${'B'.repeat(43)}.${fingerprint}`)).rejects.toMatchObject({
      code: 'join-refused',
    });
    await announced('claim-refused');
    for (let n = 0; n < 210; n++)
      await noteRefusedJoin(parts, { name: `made-up-${n}`, hash: Buffer.alloc(32), reason: 'wrong', address: '::1' });
    expect(await entries()).toBeLessThan(210);
    const before = await entries();
    await noteRefusedJoin(parts, { name: 'made-up-999', hash: Buffer.alloc(32), reason: 'wrong', address: '::1' });
    expect(await entries()).toBe(before);
    // Whoever shows no token that exists raises no incident.
    expect(await announced('claim-refused')).toEqual([]);
  });

  /** What was announced of this kind since it was last asked. */
  async function announced(fact: string): Promise<readonly unknown[]> {
    const { rows } = await sql<{ payload: unknown }>`
      delete from store.unclaimed_fact where fact = ${fact} returning payload`.execute(test.store.query(linkSchema));
    return rows.map(({ payload }) => payload);
  }

  it('lets an agent choose among the environments of its token alone', async () => {
    const both = async () => test.token({ environments: ['dev', 'unassigned'] });
    await joinAs('shed-3', await both(), { environment: 'dev' });
    await joinAs('shed-4', await both());
    await joinAs('shed-5', await both(), { environment: 'unassigned' });
    await expect(joinAs('shed-6', await both(), { environment: 'prod' })).rejects.toMatchObject({
      code: 'join-refused',
    });
    await expect(joinAs('shed-6', await test.token(), { environment: 'prod' })).rejects.toMatchObject({
      code: 'join-refused',
    });
    const stand = async (host: string) => (await readAgent(test.store, host))?.environment;
    expect([await stand('shed-3'), await stand('shed-4'), await stand('shed-5')]).toEqual([
      'dev',
      undefined,
      undefined,
    ]);
  });

  it('gives the states of agents by their ids', async () => {
    const live = await joinAs('shed-7', await test.token());
    const gone = await joinAs('shed-8', await test.token());
    await revoke(test, gone.agent, theConsole);
    expect([...(await readAgentStates(test.store, [live.agent, gone.agent, randomUUID(), 'no id']))]).toEqual(
      expect.arrayContaining([
        [live.agent, 'live'],
        [gone.agent, 'revoked'],
      ]),
    );
    expect((await readAgentStates(test.store, [randomUUID(), 'no id'])).size).toBe(0);
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
    expect(made).not.toHaveProperty('command');
    expect(made.unreachable).toContain('knows no address of its own');
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

  it('prints a command without the token, with the environment, for an address that hosts reach', async () => {
    const reaching = createLink({
      store: test.store,
      clock: test.clock,
      log: silentLog,
      masterKey: test.masterKey,
      hostNames: [],
      linkUrl: () => 'https://seawall.example:8084',
      handlers: {},
    });
    const make = async (environments: string[]) => reaching.createJoinToken({ name: 'rack', environments }, theConsole);
    const { secret, command } = await make(['prod', 'test']);
    expect(command).toBe('seawall agent --console https://seawall.example:8084 --environment prod --token-file -');
    expect(command).not.toContain(secret.slice(0, 20));
    expect((await make(['unassigned'])).command).toBe(
      'seawall agent --console https://seawall.example:8084 --token-file -',
    );
    expect((await make(['dev', 'dev'])).token.environments).toEqual(['dev']);
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
