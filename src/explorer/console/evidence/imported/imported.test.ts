import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { AppError, type ImageDigest } from '#base/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { subjectNamed } from '#inventory/console/testing.ts';
import {
  getControl,
  getImportedFile,
  getImportedResult,
  getTemplateEvidence,
  importResult,
  type ImportTarget,
  listImportedResults,
  removeImportedResult,
} from '../../../contract.ts';
import { ada, openTestEvidence, type TestEvidence } from '../evidence.testing.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../evidence/openscap/fixtures/${name}`, import.meta.url), 'utf8');
}

const results = fixture('quay-1-results.xml');
const quay: ImportTarget = { kind: 'host', name: 'quay-1' };
const image: ImportTarget = { kind: 'image', digest: subjectNamed('shop:1') as string as ImageDigest };
const ofImage = fixture('image-results.xml').replaceAll(
  /podman-image:\/\/[0-9a-f]{64}/g,
  `podman-image://${image.digest.slice(7)}`,
);
const dev = userNamed('dev', ['read'], ['development']);

let at: TestEvidence;
const importing = async (target: ImportTarget, text: string, name = 'results.xml') =>
  await at.ask(importResult, { body: { target, name, content: Buffer.from(text).toString('base64') } });
/** Code and message of the refusal. */
const reasonOf = async (doing: Promise<unknown>): Promise<string> =>
  await doing.then(
    () => 'kept',
    (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.message}` : String(error)),
  );
/** A scan of another time. */
const endedAt = (time: string) =>
  results.replace(/start-time="[^"]*"/, '').replace(/end-time="[^"]*"/, `end-time="${time}"`);
const listed = async (query: object = {}, principal = ada) => await at.ask(listImportedResults, { query }, principal);
const logged = async () =>
  (
    await sql<{
      host: string;
      kind: string;
      id: string;
      name: string;
      change: string;
      checks: number;
      facts: string;
      states: object;
    }>`
      select host, kind, transition.id, name, change, checks, facts, states from compliance.transition
      left join compliance.status on status.id = transition.status
      where kind = 'imported' order by sequence`.execute(at.store.query(accessSchema))
  ).rows;

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
  await at.run('quay-1', 'shop');
  await at.look();
});
afterAll(async () => await at.close());

describe('an imported result of OpenSCAP', () => {
  test('is kept with its file, who imported it, and what it says in its own words', async () => {
    const { result, removed } = await importing(quay, results);
    const sha256 = createHash('sha256').update(results).digest('hex');
    expect(removed).toBe(0);
    expect(result).toMatchObject({
      target: quay,
      name: 'quay-1',
      format: 'xccdf',
      targets: ['quay-1'],
      counts: {
        pass: 1,
        fail: 1,
        error: 1,
        unknown: 1,
        notapplicable: 1,
        notchecked: 2,
        notselected: 1,
        informational: 1,
        fixed: 1,
      },
      file: { name: 'results.xml', bytes: Buffer.byteLength(results), sha256 },
      importedAt: at.now().toISOString(),
      importedBy: 'ada',
      age: 'current',
      staleAt: '2026-12-30T20:54:25.000Z',
    });
    const { rules } = await at.ask(getImportedResult, { params: { id: result.id } });
    expect(rules.map(({ outcome }) => outcome)).toContain('fixed');
    const file = await at.ask(getImportedFile, { params: { id: result.id } });
    expect(file.type).toBe('application/xml');
    expect(Buffer.concat(file.parts).toString()).toBe(results);
  });

  test('is in the evidence log with the hash of its file and every outcome', async () => {
    const [row] = await logged();
    const [result] = (await listed()).results;
    expect(row).toMatchObject({
      host: 'quay-1',
      id: result?.id,
      name: 'Quay & pier on quay-1',
      change: 'first',
      checks: 10,
    });
    expect(row?.facts).toBe(result?.file.sha256);
    expect(row?.states).toMatchObject({ 'xccdf_example.seawall_rule_mended': { state: 'fixed' } });
  });

  test('is filed under an image by its digest', async () => {
    const { result } = await importing(image, ofImage);
    expect(result).toMatchObject({ target: image, targets: [expect.stringContaining('podman-image://')] });
    expect((await listed({ image: image.digest })).results).toMatchObject([{ id: result.id, name: 'shop:1' }]);
    expect((await listed({ host: 'quay-1' })).total).toBe(1);
    expect((await listed()).total).toBe(2);
  });

  test('changes no control', async () => {
    const standing = async () => [
      await at.ask(getTemplateEvidence, { params: { template: 'nist-800-190' } }),
      await at.ask(getControl, { params: { template: 'nist-800-190', control: '4.5.5' } }),
      await at.ask(getTemplateEvidence, {
        params: { template: 'nist-800-190' },
        query: { at: at.now().toISOString() },
      }),
    ];
    await at.look();
    const before = await standing();
    const { result } = await importing(quay, endedAt('2026-12-01T10:00:00Z'));
    await at.look();
    expect(await standing()).toEqual(before);
    await at.ask(removeImportedResult, { params: { id: result.id } });
  });

  test('is seen where its target is seen', async () => {
    expect(await listed({}, dev)).toEqual({ results: [], total: 0 });
    const id = (await listed()).results[0]?.id ?? '';
    for (const endpoint of [getImportedResult, getImportedFile])
      await expect(at.ask(endpoint, { params: { id } }, dev)).rejects.toMatchObject({ code: 'not-found' });
    await importing({ kind: 'host', name: 'pier-1' }, results.replaceAll('quay-1', 'pier-1'));
    expect((await listed({}, dev)).results).toMatchObject([{ name: 'pier-1' }]);
  });

  test.each<readonly [string, () => Promise<unknown>, RegExp]>([
    [
      'of another host',
      () => importing({ kind: 'host', name: 'pier-1' }, results),
      /bad-request: .*is of quay-1, and not of host pier-1/,
    ],
    [
      'of an image for a host',
      () => importing(quay, ofImage),
      /bad-request: .*is of podman-image:.*not of host quay-1/,
    ],
    ['of a host for an image', () => importing(image, results), /bad-request: .*is of quay-1, and not of image sha256/],
    [
      'for a host that nobody knows',
      () => importing({ kind: 'host', name: 'ghost' }, results.replaceAll('quay-1', 'ghost')),
      /not-found: .*knows no host ghost/,
    ],
    ['a second time', () => importing(quay, results), /conflict: .*imported before/],
    ['of the future', () => importing(quay, endedAt('2026-12-03T10:00:00Z')), /bad-request: .*lies ahead/],
    [
      'that ends before it starts',
      () => importing(quay, results.replace(/end-time="[^"]*"/, 'end-time="2026-11-01T00:00:00Z"')),
      /bad-request: .*ends before it starts/,
    ],
    ['that is damaged', () => importing(quay, results.slice(0, 4000)), /bad-request: .*not well-formed/],
  ])('%s is refused', async (_, doing, reason) => {
    const before = [await listed(), await logged()];
    expect(await reasonOf(doing())).toMatch(reason);
    expect([await listed(), await logged()]).toEqual(before);
  });

  test('that is not base64 is refused', async () => {
    const body = { target: quay, name: 'results.xml', content: '<xml/>!' };
    await expect(at.ask(importResult, { body })).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('makes room for newer scans of its target, benchmark and profile; an older one finds none', async () => {
    const removed: number[] = [];
    for (const day of [1, 2, 3, 4, 5]) {
      await at.pass(24 * 60);
      removed.push((await importing(quay, endedAt(`2026-12-0${day}T10:00:00Z`))).removed);
    }
    expect(removed).toEqual([0, 0, 0, 0, 1]);
    const { results: kept } = await listed({ host: 'quay-1' });
    expect(kept.map((one) => one.endedAt.slice(0, 10))).toEqual(
      ['05', '04', '03', '02', '01'].map((day) => `2026-12-${day}`),
    );
    expect((await logged()).filter(({ change }) => change === 'ended')).toHaveLength(2);
    await expect(importing(quay, endedAt('2026-11-20T10:00:00Z'))).rejects.toMatchObject({ code: 'conflict' });
    const other = results.replaceAll('profile_quay', 'profile_pier');
    expect(await importing(quay, other)).toMatchObject({ removed: 0 });
  });

  test('goes stale thirty days after its scan', async () => {
    const [first] = (await listed({ image: image.digest })).results;
    expect(first?.age).toBe('current');
    await at.pass(31 * 24 * 60);
    expect((await listed({ image: image.digest })).results[0]?.age).toBe('stale');
  });

  test('can be removed; the log and the audit trail keep that it was there', async () => {
    const [first] = (await listed({ image: image.digest })).results;
    const id = first?.id ?? '';
    await at.ask(removeImportedResult, { params: { id } });
    expect((await listed({ image: image.digest })).total).toBe(0);
    await expect(at.ask(removeImportedResult, { params: { id } })).rejects.toMatchObject({ code: 'not-found' });
    expect((await logged()).filter((row) => row.id === id).map(({ change }) => change)).toEqual(['first', 'ended']);
    const audited = await at.store
      .query(accessSchema)
      .selectFrom('audit')
      .select(['action', 'detail'])
      .orderBy('sequence', 'desc')
      .limit(1)
      .execute();
    expect(audited).toMatchObject([{ action: 'imported-result-removed', detail: { sha256: first?.file.sha256 } }]);
  });
});
