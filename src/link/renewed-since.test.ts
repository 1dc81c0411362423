import { X509Certificate } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { keyOfRequest, makeRequest, newKeyPair } from './certificates.ts';
import { joinConsole } from './agent/index.ts';
import { agentOfCertificate } from './console/authenticate.ts';
import { readAuthorities } from './console/authorities.ts';
import { certify } from './console/certify.ts';
import { introductionOf, startTestLink, type TestLink } from './console/testing.ts';

const minute = 60_000;

describe('a certificate that the restored copy does not know', () => {
  let test: TestLink;
  let agent: string;
  const at = (minutes: number): Date => new Date(Date.now() + minutes * minute);
  const run = async (text: string) => await sql.raw(text).execute(test.store.query(accessSchema));
  beforeAll(async () => {
    test = await startTestLink();
    const joining = { consoleUrl: test.url, stateFolder: await test.newFolder(), introduction: introductionOf('quay') };
    agent = (await joinConsole({ ...joining, token: await test.token() })).agent;
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    await run('delete from access.restored');
    await run(`update link.agent set next_fingerprint = null, next_not_after = null, state = 'live'`);
  });

  /** As the console issues one, and forgets it. */
  const issued = async (minutes: number, id = agent): Promise<Buffer> => {
    const store = { ...test, clock: () => at(minutes) };
    const key = await keyOfRequest(await makeRequest(await newKeyPair()));
    const authorities = async () => await readAuthorities(store);
    return new X509Certificate((await certify({ authorities, clock: () => at(minutes) }, id, key)).certificate).raw;
  };
  const restored = async (taken: number, until: number) =>
    await run(
      `insert into access.restored (restored_at, taken_at) values ('${at(until).toISOString()}', '${at(taken).toISOString()}')`,
    );
  const speaksFor = async (certificate: Buffer) =>
    (await agentOfCertificate({ store: test.store, clock: () => at(0) }, certificate))?.name;

  it('is taken where it was issued after the copy was taken and before it was restored', async () => {
    const certificate = await issued(-10);
    expect(await speaksFor(certificate)).toBeUndefined();
    await restored(-20, -5);
    expect(await speaksFor(certificate)).toBe('quay');
    const { rows } = await run(`select fingerprint from link.agent`);
    expect(rows).toEqual([
      { fingerprint: new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase() },
    ]);
    const { rows: told } = await run(
      `select count(*)::int as count from access.audit where action = 'agent-readmitted'`,
    );
    expect(told).toEqual([{ count: 1 }]);
  });

  it.each([
    ['before the copy was taken', -30],
    ['after it was restored', -1],
  ])('is refused where it was issued %s', async (_, minutes) => {
    const certificate = await issued(minutes);
    await restored(-20, -5);
    expect(await speaksFor(certificate)).toBeUndefined();
  });

  it('is refused for an agent that the copy does not know, and for one that it knows as revoked', async () => {
    await restored(-20, -5);
    expect(await speaksFor(await issued(-10, '00000000-0000-4000-8000-000000000000'))).toBeUndefined();
    await run(`update link.agent set state = 'revoked'`);
    expect(await speaksFor(await issued(-10))).toBeUndefined();
  });
});
