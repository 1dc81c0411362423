import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { type EvidenceSeal, sealEvidence } from '#compliance/console/index.ts';
import { keyFingerprint } from '#compliance/index.ts';
import type { Route } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { getEvidencePackage, importResult } from '../../../contract.ts';
import { verifyEvidenceFile } from '../../../index.ts';
import { ada, openTestEvidence, type TestEvidence } from '../evidence.testing.ts';
import { packageRoutes } from './package-routes.ts';

const results = readFileSync(
  new URL('../../../evidence/openscap/fixtures/quay-1-results.xml', import.meta.url),
  'utf8',
);

describe('imported results in a package', () => {
  let at: TestEvidence;
  let routes: readonly Route[];
  let sha256: string;
  const seal = async (): Promise<EvidenceSeal> =>
    await sealEvidence({ store: at.store, clock: at.now, masterKey: () => Buffer.alloc(32, 'test') });
  const packageOf = async (query: object = {}, principal = ada): Promise<Buffer> => {
    const input = { params: { template: 'nist-800-190' }, query };
    const { parts } = await answerOf(routes, { endpoint: getEvidencePackage, input, principal });
    return Buffer.concat(parts);
  };
  const verified = async (content: Uint8Array) => verifyEvidenceFile(content, (await seal()).keys.map(keyFingerprint));
  const textsOf = (content: Uint8Array): ReadonlyMap<string, string> =>
    new Map(Object.entries(unzipSync(content)).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.pass(7 * 24 * 60);
    const row = { id: 'development', name: 'development', description: '', environment: null };
    const selects = JSON.stringify({ environments: ['dev'] });
    await at.store
      .query(accessSchema)
      .insertInto('collection')
      .values({ ...row, selects })
      .execute();
    await at.join('quay-1', ['prod']);
    await at.join('pier-1', ['dev']);
    await at.look();
    const content = Buffer.from(results).toString('base64');
    const body = { target: { kind: 'host', name: 'quay-1' }, name: 'results.xml', content } as const;
    ({ sha256 } = (await at.ask(importResult, { body })).result.file);
    await at.pass(1);
    const children = { run: async (task: { run: (input: never) => unknown }, input: never) => await task.run(input) };
    const pool = { ...children, close: () => undefined } as never;
    routes = packageRoutes({ store: at.store, clock: at.now, children: pool, seal, version: '0.1.0' });
  });
  afterAll(async () => await at.close());

  test('are files with their hash, rows of the log, and a part of the report', async () => {
    const content = await packageOf();
    expect(await verified(content)).toMatchObject({ state: 'verified' });
    const texts = textsOf(content);
    expect(texts.get(`evidence/imports/${sha256}.xml`)).toBe(results);
    const [record = ''] = [...texts.keys()].filter((path) => /^evidence\/imports\/.*\.json$/.test(path));
    expect(JSON.parse(texts.get(record) ?? '')).toMatchObject({
      format: 'seawall-imported-result/1',
      result: { format: 'xccdf', importedBy: 'ada', counts: { fixed: 1 }, file: { sha256 } },
      rules: { length: 10 },
    });
    const rows = (texts.get('log/rows.jsonl') ?? '').split('\n').filter((row) => row.includes(sha256));
    expect(rows).toHaveLength(1);
    expect(texts.get('evidence/statuses.jsonl')).toContain('notselected');
    const report = texts.get('report.html') ?? '';
    expect(report).toContain('Imported results of OpenSCAP: 1. The rules of 1 and the files of 1 are in this package');
    expect(report).toContain(`href="evidence/imports/${sha256}.xml"`);
    expect(report).toContain(`href="${record}"`);
    expect(report).toContain('1 pass, 1 fail, 1 error, 1 unknown');
  });

  test('are no answers: tables and OSCAL do not name them', async () => {
    const texts = textsOf(await packageOf());
    for (const [path, text] of texts)
      if (/^(?:csv|oscal)\//.test(path)) expect(`${path} ${text.includes('harbour')}`).toBe(`${path} false`);
  });

  test('do not verify once a file of them is another', async () => {
    const files = unzipSync(await packageOf());
    const path = `evidence/imports/${sha256}.xml`;
    const changed = results.replace('<result>fail</result>', '<result>pass</result>');
    expect(changed).not.toBe(results);
    expect(await verified(zipSync({ ...files, [path]: Buffer.from(changed) }))).toMatchObject({
      state: 'not-verified',
    });
  });

  test('stay within the environment, and within what the caller sees', async () => {
    const prod = await packageOf({ environment: 'prod' });
    expect(await verified(prod)).toMatchObject({ state: 'verified' });
    expect(textsOf(prod).has(`evidence/imports/${sha256}.xml`)).toBe(true);
    expect(textsOf(prod).get('log/rows.jsonl')).toContain(sha256);
    const dev = userNamed('dev', ['read'], ['development']);
    for (const content of [await packageOf({ environment: 'dev' }), await packageOf({}, dev)]) {
      expect(await verified(content)).toMatchObject({ state: 'verified' });
      for (const text of textsOf(content).values()) expect(text).not.toContain(sha256);
    }
  });

  test('are in the report alone, without links', async () => {
    const report = (await packageOf({ format: 'html' })).toString();
    expect(report).toContain('Imported results');
    expect(report).not.toContain('href="evidence/imports');
  });
});
