import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAttestation } from '../../contract.ts';
import { explorerSchema } from '../schema.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';

/** What the look of each minute does: time goes on, and nothing else happens. */
describe('evidence that time alone changes', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    for (const host of ['quay-1', 'quay-2']) await at.join(host);
    await at.run('quay-1', 'shop');
    await at.watch();
  });
  afterAll(async () => await at.close());

  const stateOf = async (control: string, question: string, host = 'quay-1') =>
    (await at.answer(control, question, { host, kind: 'host' }))?.state;
  /** Places that were looked at now. */
  const lookedNow = async (): Promise<readonly string[]> => {
    const { rows } = await sql<{ host: string }>`
      select host from explorer.evidence_looked where at = ${at.now()} order by host`.execute(
      at.store.query(explorerSchema),
    );
    return rows.map(({ host }) => host);
  };

  test('what is new is looked at, and then nothing until its time', async () => {
    expect(await lookedNow()).toEqual(['-', 'quay-1', 'quay-2']);
    await at.pass(1);
    await at.watch();
    expect(await lookedNow()).toEqual([]);
  });

  test('whatever nobody announced is found within 20 minutes', async () => {
    await at.pass(20);
    await at.watch();
    expect(await lookedNow()).toEqual(['-', 'quay-1', 'quay-2']);
  });

  test('what was noted is looked at within the minute, alone', async () => {
    await at.pass(1);
    await at.explorer.noteEvidence(['quay-2']);
    await at.watch();
    expect(await lookedNow()).toEqual(['quay-2']);
    await at.pass(1);
    await at.explorer.noteSubjects([{ subject: 'host:quay-1' as never }]);
    await at.watch();
    expect(await lookedNow()).toEqual(['quay-1']);
  });

  test('a canary that is too old shows nothing any more', async () => {
    await at.saveAdmissionRule({ fail: 'block' });
    const told = at.now().toISOString();
    const expiresAt = new Date(at.now().getTime() + 86_400_000).toISOString();
    await at.report('quay-1', 'gate', {
      wrapper: 'installed',
      authorization: 'on',
      ledger: { sequence: await at.publishLedger('quay-1'), issuedAt: told, expiresAt, entries: 1 },
      canary: { at: told, passed: false, untried: 0, message: '2 of 2 gates refused.' },
      problems: [],
    });
    await at.explorer.noteEvidence(['quay-1']);
    await at.watch();
    expect(await stateOf('4.4.3', 'gate-refuses')).toBe('pass');
    for (let minute = 1; minute <= 10; minute += 1) {
      await at.pass(1);
      await at.watch();
    }
    expect(await stateOf('4.4.3', 'gate-refuses')).toBe('pass');
    await at.pass(1);
    await at.watch();
    expect(await stateOf('4.4.3', 'gate-refuses')).toBe('fail');
  });

  test('a host of which nobody hears is not assessed when its lease ends', async () => {
    at.silence('quay-1');
    await at.pass(20);
    await at.watch();
    await at.pass(5);
    await at.watch();
    expect(await stateOf('4.4.3', 'gate-refuses')).not.toBe('not-assessed');
    await at.pass(1);
    await at.watch();
    expect(await stateOf('4.4.3', 'gate-refuses')).toBe('not-assessed');
    expect(await stateOf('4.4.3', 'gate-refuses', 'quay-2')).toBe('not-assessed');
  });

  test('a document that ends changes all that rests on it', async () => {
    await at.ask(addAttestation, {
      body: {
        kind: 'trust-reviewed',
        document: 'Minutes',
        author: 'M. Voss',
        expiresAt: new Date(at.now().getTime() + 3 * 60_000).toISOString(),
      },
    });
    await at.watch();
    const state = async () => (await at.control('4.1.5')).question('trust-reviewed').state;
    expect(await state()).toBe('pass');
    await at.pass(2);
    await at.watch();
    expect(await state()).toBe('pass');
    await at.pass(1);
    await at.watch();
    expect(await state()).toBe('not-assessed');
    expect(await lookedNow()).toEqual(['-', 'quay-1', 'quay-2']);
  });

  test('a certificate that ends fails', async () => {
    expect(await stateOf('4.3.5', 'certificate', 'quay-2')).toBe('pass');
    await at.pass(91 * 24 * 60);
    await at.watch();
    expect(await stateOf('4.3.5', 'certificate', 'quay-2')).toBe('fail');
  });
});
