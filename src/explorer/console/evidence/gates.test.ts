import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateFact } from '#gate/contract.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';

/** Answers of gates, by what the agent of one host in prod reports. */
describe('gates', () => {
  let at: TestEvidence;
  let container: string;
  beforeAll(async () => {
    at = await openTestEvidence();
    await at.join('quay-1');
    container = await at.run('quay-1', 'shop');
    await at.look();
  });
  afterAll(async () => await at.close());

  const gate = async (more: Partial<GateFact> = {}): Promise<void> => {
    const expiresAt = new Date(at.now().getTime() + 86_400_000).toISOString();
    await at.report('quay-1', 'gate', {
      wrapper: 'installed',
      authorization: 'on',
      ledger: { sequence: await at.publishLedger('quay-1'), issuedAt: at.now().toISOString(), expiresAt, entries: 1 },
      canary: { at: at.now().toISOString(), passed: false, untried: 0, message: '2 of 2 gates refused.' },
      problems: [],
      ...more,
    });
    await at.look();
  };
  const gateQuestions = [
    ['4.1.5', 'gate-blocks'],
    ['4.1.5', 'gate-refuses'],
    ['4.4.3', 'gate-refuses'],
    ['4.1.2', 'block-rule'],
  ] as const;
  const ofHost = async (control: string, question: string) =>
    await at.answer(control, question, { host: 'quay-1', kind: 'host' });

  test('nothing reported: not assessed, with what would assess it', async () => {
    for (const question of ['gate-blocks', 'gate-refuses'])
      expect(await ofHost('4.1.5', question)).toEqual({
        state: 'not-assessed',
        text: expect.stringContaining('would assess this'),
      });
    expect((await at.control('4.1.5')).state).toBe('incomplete');
  });

  test('an agent that refuses its own canary is no gate, nor is its ledger', async () => {
    await gate({ wrapper: 'absent', authorization: 'off' });
    for (const [control, question] of gateQuestions)
      expect(await ofHost(control, question)).toEqual({
        state: 'not-assessed',
        text: expect.stringContaining('“seawall gate install”'),
      });
  });

  test('a rule that merely exists changes nothing: the host says which ledger is in force', async () => {
    await at.saveAdmissionRule({ fail: 'block' });
    await at.look();
    expect((await ofHost('4.1.2', 'block-rule'))?.state).toBe('not-assessed');
    await gate();
    expect((await ofHost('4.1.2', 'block-rule'))?.state).toBe('pass');
    await gate({
      ledger: { sequence: 999, issuedAt: at.now().toISOString(), expiresAt: '2027-01-01T00:00:00Z', entries: 1 },
    });
    expect((await ofHost('4.1.2', 'block-rule'))?.state).toBe('not-assessed');
  });

  test('refused within ten minutes: passes, and fails when it is older', async () => {
    await gate();
    expect((await ofHost('4.1.5', 'gate-refuses'))?.state).toBe('pass');
    expect((await ofHost('4.1.5', 'gate-blocks'))?.state).toBe('pass');
    await at.pass(9);
    await at.look();
    expect((await ofHost('4.4.3', 'gate-refuses'))?.state).toBe('pass');
    await at.pass(2);
    await at.look();
    expect((await ofHost('4.4.3', 'gate-refuses'))?.state).toBe('fail');
    expect((await at.control('4.4.3')).state).toBe('not-met');
  });

  test.each<readonly [string, Partial<GateFact>, string]>([
    [
      'a gate let the canary pass',
      { canary: { at: '2026-11-24T12:11:00Z', passed: true, untried: 0, message: 'Passed.' } },
      'fail',
    ],
    [
      'one gate could not be tried',
      { canary: { at: '2026-11-24T12:11:00Z', passed: false, untried: 1, message: 'Untried.' } },
      'not-assessed',
    ],
    [
      'an older agent does not say which it tried',
      { canary: { at: '2026-11-24T12:11:00Z', passed: false, message: 'Fine.' } },
      'not-assessed',
    ],
    ['nothing was tried yet', { canary: undefined }, 'not-assessed'],
  ])('%s', async (_, more, state) => {
    await gate(more);
    expect((await ofHost('4.1.5', 'gate-refuses'))?.state).toBe(state);
  });

  test.each<readonly [string, Partial<GateFact>, string]>([
    ['a wrapper that other runtimes go past', { wrapper: 'partial' }, 'fail'],
    ['a broken wrapper', { wrapper: 'broken' }, 'fail'],
    ['a plugin alone', { wrapper: 'absent' }, 'pass'],
    ['no ledger', { ledger: undefined }, 'fail'],
    [
      'a ledger that ended',
      { ledger: { sequence: 1, issuedAt: '2026-11-01T00:00:00Z', expiresAt: '2026-11-02T00:00:00Z', entries: 1 } },
      'fail',
    ],
    ['a gate that is gone', { wrapper: 'absent', authorization: 'off', canary: undefined }, 'fail'],
  ])('%s', async (_, more, state) => {
    await gate(more);
    expect((await ofHost('4.1.5', 'gate-blocks'))?.state).toBe(state);
  });

  test('once a gate is gone, each question about it fails, whatever the agent itself would refuse', async () => {
    await gate();
    await gate({ wrapper: 'absent', authorization: 'off' });
    for (const [control, question] of gateQuestions)
      expect(await ofHost(control, question)).toEqual({
        state: 'fail',
        text: expect.stringContaining('The gate that stood here is gone'),
      });
    for (const control of ['4.1.2', '4.1.5', '4.4.3']) expect((await at.control(control)).state).toBe('not-met');
  });

  test('a rule that does not block fails, by the ledger in force', async () => {
    await at.saveAdmissionRule({ fail: 'alert' });
    await gate();
    expect(await ofHost('4.1.2', 'block-rule')).toEqual({
      state: 'fail',
      text: expect.stringContaining('does not block'),
    });
  });

  test('running minus admitted is empty, by the sweep of the host', async () => {
    const admitted = async () => (await at.answer('4.4.5', 'admitted', { kind: 'container', id: container }))?.state;
    await gate();
    expect(await admitted()).toBe('not-assessed');
    await at.report('quay-1', 'rogues', { rogues: [] });
    await at.look();
    expect(await admitted()).toBe('pass');
    const rogue = {
      container,
      name: 'shop',
      image: 'shop:1',
      since: at.now().toISOString(),
      cause: 'verdict',
      reason: 'Nobody admitted it.',
      outcome: 'reported',
    };
    await at.report('quay-1', 'rogues', { rogues: [rogue] });
    await at.look();
    expect(await admitted()).toBe('fail');
    expect((await at.control('4.4.5')).state).toBe('not-met');
  });

  test('a silent host is not assessed, since when it is silent', async () => {
    await gate();
    at.silence('quay-1');
    await at.pass(26);
    await at.look();
    for (const [control, question] of [
      ['4.1.5', 'gate-blocks'],
      ['4.1.5', 'gate-refuses'],
      ['4.1.2', 'block-rule'],
      ['4.3.5', 'reporting'],
    ] as const) {
      const answer = await ofHost(control, question);
      expect(answer).toEqual({
        state: 'not-assessed',
        text: expect.stringContaining('Silent since 2026-11-24 12:11:00 UTC'),
      });
    }
  });
});
