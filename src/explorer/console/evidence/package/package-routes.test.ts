import { randomUUID } from 'node:crypto';
import { unzipSync } from 'fflate';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { AppError, known } from '#base/index.ts';
import { type EvidenceSeal, sealEvidence } from '#compliance/console/index.ts';
import { noteForgotten } from '#compliance/console/log/forgotten-batches.ts';
import { documentText, keyFingerprint } from '#compliance/index.ts';
import { gateSchema } from '#gate/console/index.ts';
import { signedBytesOfTrials } from '#gate/index.ts';
import type { Principal, Route } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { FileReply } from '#http/fields.ts';
import { linkSchema } from '#link/console/index.ts';
import { testSigner } from '#link/testing.ts';
import { addAttestation, getEvidencePackage, getEvidenceRecord } from '../../../contract.ts';
import { oscalProblems } from '../../../evidence/oscal/testing.ts';
import { verifyEvidenceFile } from '../../../index.ts';
import { ada, openTestEvidence, type TestEvidence } from '../evidence.testing.ts';
import { collectEvidence } from './collect-evidence.ts';
import { packageRoutes } from './package-routes.ts';

const nist = { template: 'nist-800-190' };
const masterKey = (): Buffer => Buffer.alloc(32, 'test');

describe('packages of evidence', () => {
  let at: TestEvidence;
  let routes: readonly Route[];
  let shop: string;
  const seal = async (): Promise<EvidenceSeal> => await sealEvidence({ store: at.store, clock: at.now, masterKey });
  beforeAll(async () => {
    at = await openTestEvidence();
    const selects = JSON.stringify({ environments: ['dev'] });
    await at.store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id: 'development', name: 'development', description: '', environment: null, selects })
      .execute();
    await at.join('quay-1', ['prod']);
    await at.join('pier-1', ['dev']);
    shop = await at.run('quay-1', 'shop', { application: 'shop' });
    await at.run('pier-1', 'mail');
    await privileged('quay-1', shop, true);
    await signTrials('quay-1');
    await at.look();
    const children = { run: async (task: { run: (input: never) => unknown }, input: never) => await task.run(input) };
    routes = packageRoutes({
      store: at.store,
      clock: at.now,
      children: { ...children, close: () => undefined } as never,
      seal,
      version: '0.1.0',
      makeBundle: async ({ subject, environment }) => {
        if (environment === 'dev') throw new AppError('conflict', 'The verdict is being made again.');
        return { kind: 'seawall-verdict', subject, environment };
      },
    });
  });
  afterAll(async () => await at.close());

  async function privileged(host: string, id: string, value: boolean): Promise<void> {
    const text = documentText({ privileged: known(value, 'HostConfig.Privileged') });
    const subject = { kind: 'container', id, name: 'shop' };
    await at.report(host, 'compliance', { subject, documents: [{ kind: 'inspect', text }] });
  }

  /** The newest statement of a host, as the console keeps it. */
  async function signTrials(host: string): Promise<void> {
    const signer = await testSigner(randomUUID(), at.now());
    const row = { id: randomUUID(), certificate: signer.authority, sealed_key: Buffer.alloc(1) };
    const not_after = new Date(at.now().getTime() + 86_400_000);
    await at.store
      .query(linkSchema)
      .insertInto('authority')
      .values({ ...row, created_at: at.now(), not_after })
      .execute();
    const moment = at.now().toISOString();
    const line = { check: 'CTR-001', ring: 1, state: 'refused', tried: 24, refused: 24, untried: 0 };
    const lines = [{ ...line, last: moment, lastRefused: moment }];
    const statement = JSON.stringify({ host, at: moment, every: 3600, lines });
    const signature = signer.sign(signedBytesOfTrials(statement));
    const signed = JSON.stringify({ statement, signature, certificate: signer.certificate });
    await at.store
      .query(gateSchema)
      .insertInto('trial')
      .values({ host, told_at: at.now(), statement, signed })
      .execute();
  }

  const contentOf = ({ parts }: FileReply): Buffer => Buffer.concat(parts);
  async function packageOf(query: object = {}, principal: Principal = ada): Promise<FileReply> {
    return await answerOf(routes, { endpoint: getEvidencePackage, input: { params: nist, query }, principal });
  }
  async function verified(content: Buffer): Promise<ReturnType<typeof verifyEvidenceFile>> {
    const { keys } = await seal();
    return verifyEvidenceFile(content, keys.map(keyFingerprint));
  }
  const textOf = (content: Buffer, path: string): string => Buffer.from(unzipSync(content)[path] ?? '').toString();

  test('hold what the console knows, and verify without it', async () => {
    const { type, name, parts } = await packageOf();
    expect([type, name]).toEqual(['application/zip', 'nist-800-190-2026-11-24.zip']);
    const content = Buffer.concat(parts);
    const found = await verified(content);
    expect(found).toMatchObject({ state: 'verified', verified: { installation: (await seal()).installation } });
    expect(found.state === 'verified' && found.verified.rows).toBeGreaterThan(0);
    expect(found.state === 'verified' && found.verified.documents).toBeGreaterThan(0);
    const results = JSON.parse(textOf(content, 'oscal/assessment-results.json'));
    expect(oscalProblems('assessment-results.json', results)).toEqual([]);
    expect(textOf(content, 'csv/answers.csv')).toMatch(/^4\.4\.3,not-met,containers,fail,CTR-\d+,.*,fail,/m);
    expect(textOf(content, 'report.html')).toContain('shop on quay-1');
  });

  test('hold verdicts on running images, and say of how many', async () => {
    const content = contentOf(await packageOf({}, userNamed('eve', ['read', 'read-audit'])));
    expect(await verified(content)).toMatchObject({ state: 'verified' });
    const [verdict = ''] = Object.keys(unzipSync(content)).filter((path) => path.startsWith('evidence/verdicts/'));
    expect(JSON.parse(textOf(content, verdict))).toMatchObject({ kind: 'seawall-verdict', environment: 'prod' });
    const report = textOf(content, 'report.html');
    expect(report).toContain('1 of 2 are in this package. 1 have none');
    expect(report).toContain(`href="${verdict}"`);
  });

  test('hold no bundle for who may not export one', async () => {
    const content = contentOf(await packageOf({}, userNamed('tim', ['read'])));
    expect(await verified(content)).toMatchObject({ state: 'verified' });
    expect(Object.keys(unzipSync(content)).filter((path) => path.startsWith('evidence/verdicts/'))).toEqual([]);
    expect(textOf(content, 'report.html')).toContain('Verdicts are not in this package');
  });

  test('hold what hosts signed of the tries of their gates', async () => {
    const content = contentOf(await packageOf());
    const found = await verified(content);
    expect(found).toMatchObject({ state: 'verified', verified: { trials: 1, authorities: [expect.any(String)] } });
    const [path = ''] = Object.keys(unzipSync(content)).filter((one) => one.startsWith('evidence/trials/'));
    expect(path).toMatch(/^evidence\/trials\/quay-1-[0-9a-f]{8}\.json$/);
    const report = textOf(content, 'report.html');
    expect(report).toContain(`href="${path}"`);
    expect(report).toContain('CTR-001 in ring 1: refused 24 of 24 tries');
    expect(report).toContain('the signed statements of 1 of 2 hosts are in this package');
  });

  test('hold only what the caller may see, and say so', async () => {
    const dev = userNamed('dev', ['read'], ['development']);
    const content = contentOf(await packageOf({}, dev));
    expect(await verified(content)).toMatchObject({ state: 'verified' });
    const all = Object.values(unzipSync(content))
      .map((one) => Buffer.from(one).toString())
      .join('\n');
    expect(all).toContain('only the collections development');
    expect(all).not.toContain('quay-1');
    expect(all).toContain('pier-1');
  });

  test('hold only what was asked for', async () => {
    const content = contentOf(await packageOf({ environment: 'prod' }));
    expect(await verified(content)).toMatchObject({ state: 'verified' });
    expect(textOf(content, 'csv/subjects.csv')).toContain('quay-1');
    expect(textOf(content, 'csv/subjects.csv')).not.toContain('pier-1');
    // Images lie on no host, and their rows belong to the part as well.
    expect(textOf(content, 'csv/subjects.csv')).toMatch(/^\d+,image,,sha256:/m);
    expect(textOf(content, 'report.html')).not.toMatch(/ on -|quay-1 on quay-1/);
    expect(textOf(content, 'log/rows.jsonl')).toContain('\\"kind\\":\\"image\\"');
  });

  test.each([
    ['html', 'text/html; charset=utf-8', '<!doctype html>'],
    ['csv', 'text/csv; charset=utf-8', 'control,control-state'],
    ['oscal', 'application/json', '{\n"assessment-results"'],
  ])('give %s alone', async (format, type, begins) => {
    const file = await packageOf({ format });
    expect(file.type).toBe(type);
    expect(contentOf(file).toString().startsWith(begins)).toBe(true);
  });

  test('are made one at a time for each caller', async () => {
    const both = await Promise.allSettled([packageOf(), packageOf(), packageOf({}, userNamed('eve', ['read']))]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(both[1]).toMatchObject({ reason: { code: 'busy' } });
  });

  test('show an earlier moment by what the log says', async () => {
    const before = at.now().toISOString();
    await at.pass(60);
    await privileged('quay-1', shop, false);
    await at.look();
    const failing = /^4\.4\.3,[^,]+,containers,fail,CTR-001,.*,fail,/m;
    expect(textOf(contentOf(await packageOf()), 'csv/answers.csv')).not.toMatch(failing);
    const content = contentOf(await packageOf({ at: before }));
    expect(await verified(content)).toMatchObject({ state: 'verified', verified: { at: before } });
    expect(textOf(content, 'csv/answers.csv')).toMatch(failing);
    expect(textOf(content, 'report.html')).toContain('It shows an earlier moment');
  });

  test('answer for an earlier moment by the documents of people that held then', async () => {
    await at.ask(addAttestation, {
      body: {
        kind: 'trust-reviewed',
        document: 'Minutes',
        author: 'M. Voss',
        expiresAt: new Date(at.now().getTime() + 60_000).toISOString(),
      },
    });
    await at.look();
    const held = at.now().toISOString();
    await at.pass(2);
    await at.look();
    const answersAt = async (query: object): Promise<string> =>
      textOf(contentOf(await packageOf(query)), 'csv/answers.csv');
    const row = (state: string): RegExp =>
      new RegExp(`^4\\.1\\.5,[^,]+,trust-reviewed,${state},attestation-trust-reviewed,.*,${state},`, 'm');
    expect(await answersAt({ at: held })).toMatch(row('pass'));
    expect(await answersAt({ at: at.now().toISOString() })).toMatch(row('not-assessed'));
  });

  test('hold no later row of what a caller saw then, and may not see now', async () => {
    const until = at.now();
    const rowsOf = async (end?: Date) => {
      const subjects = [{ host: 'quay-1', kind: 'container' as const, id: shop }];
      const { log } = await collectEvidence(at.store, { subjects, reach: 'subjects', from: new Date(0), until: end });
      return log.flatMap(({ leaves, batches }) => [...leaves, ...batches.flatMap(({ texts }) => texts)]).length;
    };
    await seal();
    const before = await rowsOf();
    await at.pass(60);
    await privileged('quay-1', shop, true);
    await at.look();
    await seal();
    expect(await rowsOf()).toBeGreaterThan(before);
    expect(await rowsOf(until)).toBe(before);
  });

  test('refuse a template that there is not, and a moment that nobody can answer for', async () => {
    const asked = { endpoint: getEvidencePackage, input: { params: { template: 'none' } }, principal: ada };
    await expect(answerOf(routes, asked)).rejects.toMatchObject({ code: 'not-found' });
    await expect(packageOf({ at: '2027-03-03T00:00:00Z' })).rejects.toMatchObject({ code: 'bad-request' });
  });

  describe('the record of one answer', () => {
    const recordOf = async (query: object, principal: Principal = ada): Promise<Buffer> =>
      contentOf(
        await answerOf(routes, {
          endpoint: getEvidenceRecord,
          input: {
            params: { ...nist, control: '4.4.3' },
            query: { host: 'quay-1', kind: 'container', id: shop, ...query } as never,
          },
          principal,
        }),
      );

    test('verifies, and is small', async () => {
      const content = await recordOf({ answer: 'CTR-001' });
      expect(await verified(content)).toMatchObject({
        state: 'verified',
        verified: { about: expect.stringContaining('for container shop.'), documents: expect.any(Number) },
      });
      expect(content.length).toBeLessThan(64 * 1024);
    });

    test('of tries holds what the host signed, and says no more than that', async () => {
      const asked = { kind: 'host', id: 'self', answer: 'block-lines' };
      const content = await recordOf(asked);
      expect(await verified(content)).toMatchObject({ state: 'verified', verified: { trials: 1 } });
      const { body } = JSON.parse(content.toString());
      expect(JSON.parse(body)).toMatchObject({
        state: 'pass',
        seen: [expect.stringMatching(/^CTR-001 in ring 1: refused 24 of 24 tries/)],
        records: [{ kind: 'trial' }],
      });
    });

    test('is refused for what the caller may not see, and for no answer', async () => {
      const dev = userNamed('dev', ['read'], ['development']);
      await expect(recordOf({ answer: 'CTR-001' }, dev)).rejects.toMatchObject({ code: 'not-found' });
      await expect(recordOf({ answer: 'CTR-999' })).rejects.toMatchObject({ code: 'not-found' });
      await expect(recordOf({ answer: 'CTR-001', id: 'x' })).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  test('begin with the first batch that is kept, where older months are forgotten', async () => {
    const { rows } = await sql<{ before: Date }>`
      select received_at as before from compliance.transition
      where position = (select first from compliance.log_head where batch = 2)`.execute(at.store.query(linkSchema));
    await at.store.transaction(async (transaction) => await noteForgotten(transaction, rows[0]?.before ?? at.now()));
    await sql`
      delete from compliance.transition
      where position < (select first from compliance.log_head where batch = 2)`.execute(at.store.query(linkSchema));
    const content = contentOf(await packageOf());
    expect(await verified(content)).toMatchObject({ state: 'verified' });
    expect(textOf(content, 'csv/subjects.csv')).toContain('quay-1');
  });
});
