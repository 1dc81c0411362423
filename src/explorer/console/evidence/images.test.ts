import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScanPublication } from '#catalog/contract.ts';
import { provenanceSchema } from '#provenance/console/index.ts';
import { databaseBuiltAt, advisories, image } from '../sample.testing.ts';
import { subjectOf } from '../testing.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';

/** Answers about images that run: one that has no vulnerability, one that fails, one that nobody scanned. */
describe('images', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1');
    for (const [number, name] of [
      [1, 'good'],
      [2, 'bad'],
      [3, 'unknown'],
    ] as const)
      await at.run('quay-1', name, { image: `${name}:1`, subject: subjectOf(number) });
    await at.look();
  });
  afterAll(async () => await at.close());

  const of = async (number: number, control: string, question: string) =>
    await at.answer(control, question, { kind: 'image', id: subjectOf(number) });

  test('without a scan nothing is assessed, and each answer says what would', async () => {
    for (const [control, question] of [
      ['4.1.1', 'scan-complete'],
      ['4.1.1', 'matched-again'],
      ['4.1.1', 'verdict'],
      ['4.1.3', 'signatures-current'],
      ['4.1.5', 'origin-proven'],
      ['4.1.2', 'base-proven'],
    ] as const)
      expect(await of(1, control, question), `${control} ${question}`).toEqual({
        state: 'not-assessed',
        text: expect.stringMatching(/\.$/),
      });
    expect((await at.control('4.1.1')).state).toBe('incomplete');
    expect((await at.control('4.1.1')).question('feeds-current')).toEqual({
      state: 'not-assessed',
      reason: expect.stringContaining('would assess this'),
    });
  });

  test('a scan, a database and a verdict answer; the image that fails makes the control not met', async () => {
    await at.estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
    await at.scan(image(1, 'good:1', ['tar']));
    await at.scan(image(2, 'bad:1', ['openssl']));
    await at.look();
    expect((await of(1, '4.1.1', 'scan-complete'))?.state).toBe('pass');
    expect((await of(1, '4.1.1', 'matched-again'))?.state).toBe('pass');
    expect((await of(1, '4.1.1', 'verdict'))?.state).toBe('pass');
    expect((await of(2, '4.1.1', 'verdict'))?.state).toBe('fail');
    expect((await of(3, '4.1.1', 'verdict'))?.state).toBe('not-assessed');
    expect(await at.control('4.1.1')).toMatchObject({ state: 'not-met' });
    expect((await at.control('4.1.1')).question('feeds-current').state).toBe('pass');
  });

  test('a scan that could not read a part is incomplete', async () => {
    const { catalog, ...scan } = image(3, 'unknown:1', ['tar']);
    const faults = [{ code: 'layer-unreadable', message: 'Layer 1 could not be read.', layer: 1, analyzer: 'layer' }];
    await at.scan(
      ScanPublication.parse({ ...scan, scannedAt: '2026-11-24T11:30:00Z', catalog: { ...catalog, faults } }),
    );
    await at.look();
    expect((await of(3, '4.1.1', 'scan-complete'))?.state).toBe('fail');
  });

  test('malware signatures answer while they are at most 7 days old', async () => {
    const { catalog, ...scan } = image(1, 'good:1', ['tar']);
    const set = { name: 'own', version: '7', date: '2026-11-20', digest: 'a'.repeat(64), hashes: 1, ruleFiles: 1 };
    const malware = { set, files: 10, ruled: 2, matches: [], unseen: [], more: 0 };
    const contents = { format: 1, isComplete: true, miners: [], packed: [], modified: [], malware };
    await at.scan(
      ScanPublication.parse({ ...scan, scannedAt: '2026-11-24T11:40:00Z', catalog: { ...catalog, contents } }),
    );
    await at.look();
    expect(await of(1, '4.1.3', 'signatures-current')).toEqual({ state: 'pass', text: '' });
    await at.pass(4 * 24 * 60);
    await at.look();
    expect(await of(1, '4.1.3', 'signatures-current')).toEqual({
      state: 'fail',
      text: expect.stringContaining('older than 7 days'),
    });
  });

  test('feeds that are older than their limit are a failure', async () => {
    await at.pass(4 * 24 * 60);
    await at.look();
    expect((await at.control('4.1.1')).question('feeds-current').state).toBe('fail');
  });

  test('a newer database that images are not matched with yet is no answer, and a failure after an hour', async () => {
    await at.estate.useDatabase(databaseBuiltAt(at.now().toISOString(), advisories));
    await at.look();
    expect((await of(2, '4.1.1', 'matched-again'))?.state).toBe('fail');
    expect((await at.control('4.1.1')).question('feeds-current').state).toBe('pass');
  });

  test('where an image comes from is proven by what was found, and by nothing else', async () => {
    const proof = async (state: 'proven' | 'disproven') => {
      const place = { registry: 'own', repository: 'registry.example/good', manifest: `sha256:${'a'.repeat(64)}` };
      const stored = {
        provenance: {
          origin: { state, why: 'Looked for.', places: state === 'proven' ? [place] : [] },
          signatures: [],
          bases: [],
        },
        trusted: { registries: { own: 1 }, keys: {}, bases: {} },
      };
      const database = at.store.query(provenanceSchema);
      await database.deleteFrom('proof').execute();
      await database
        .insertInto('proof')
        .values({
          subject: subjectOf(1),
          stored: JSON.stringify(stored),
          hints: '',
          looked_at: at.now(),
          due_at: null,
        })
        .execute();
      await at.look();
      return (await of(1, '4.1.5', 'origin-proven'))?.state;
    };
    const saved = { version: 1, saved_at: at.now(), saved_by: 'ada' };
    const registry = { id: 'own', name: 'Own', repositories: 'registry.example', insecure: false };
    const nothing = { authorities: null, user: null, sealed_password: null };
    await at.store
      .query(provenanceSchema)
      .insertInto('registry')
      .values({ ...registry, ...saved, ...nothing })
      .execute();
    await at.look();
    expect((await of(1, '4.1.5', 'origin-proven'))?.state).toBe('not-assessed');
    expect(await proof('proven')).toBe('pass');
    expect(await proof('disproven')).toBe('fail');
    // What is trusted is another now: the proof rests on nothing.
    await at.store.query(provenanceSchema).updateTable('registry').set({ version: 2 }).execute();
    await at.look();
    expect((await of(1, '4.1.5', 'origin-proven'))?.state).not.toBe('pass');
  });

  test('an image that no container runs any more is asked nothing of what runs', async () => {
    expect(await of(3, '4.1.1', 'verdict')).toBeDefined();
    await at.report('quay-1', 'present', { images: [subjectOf(1), subjectOf(2), subjectOf(3)], containers: [] });
    await at.look();
    expect(await of(3, '4.1.1', 'verdict')).toBeUndefined();
    expect(await of(3, '4.1.2', 'configuration')).toMatchObject({ state: 'not-assessed' });
  });
});
