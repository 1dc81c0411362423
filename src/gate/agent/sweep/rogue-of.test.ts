import { describe, expect, test } from 'vitest';
import type { ImageDigest, SubjectId } from '#base/index.ts';
import type { ContainerFact } from '#inventory/contract.ts';
import { type AdmissionRule, type LedgerEntry } from '#admission/contract.ts';
import { RoguesFact } from '../../contract.ts';
import { rogueOf, type SweepContext, type SweptContainer } from './rogue-of.ts';

const digest = `sha256:${'a1'.repeat(32)}` as ImageDigest;
const now = new Date('2026-11-24T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const rule: AdmissionRule = {
  id: 'usual',
  version: 1,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [],
  agentAway: 'deny',
  builds: 'allow',
  rogue: 'alert',
};

function swept(startedMinutesAgo: number, more: Partial<SweptContainer> = {}): SweptContainer {
  const startedAt = minutesAgo(startedMinutesAgo).toISOString();
  const fact: ContainerFact = {
    id: 'c1'.repeat(32),
    name: 'web',
    image: {
      id: digest,
      name: 'shop/app:1',
    },
    subject: digest as string as SubjectId,
    state: 'running',
    createdAt: startedAt,
    startedAt,
    command: [],
    labels: {},
    user: '',
    privileged: false,
    readOnlyRoot: false,
    hostNamespaces: [],
    capabilities: {
      added: [],
      dropped: [],
    },
    securityOptions: [],
    mounts: [],
    ports: [],
    networks: [],
  };
  return { fact, environment: 'prod', rule, settings: undefined, admittedAt: undefined, broken: undefined, ...more };
}

function context(answer: 'allow' | 'deny' | undefined, more: Partial<SweepContext> = {}): SweepContext {
  const [issuedAt, expiresAt] = [now.toISOString(), '2026-11-25T12:00:00Z'];
  const entry: LedgerEntry = {
    digest,
    aliases: [],
    environment: 'prod',
    cause: 'verdict',
    evidence: [],
    expiresAt,
    answer: answer ?? 'allow',
    effect: answer === 'deny' ? 'block' : 'ignore',
    reason: 'It has CVE-2026-1.',
  };
  const entries = answer === undefined ? [] : [entry];
  const lists = { entries, rules: [rule], collections: [] };
  const ledger = { form: 1 as const, host: 'pier-1', sequence: 1, issuedAt, expiresAt, environment: 'prod', ...lists };
  return { ledgerState: { ledger, breakGlass: [], now }, gatedSince: minutesAgo(60), isOwnImage: () => false, ...more };
}

describe('a container that runs', () => {
  test.each([
    ['let start by the gate', swept(10, { admittedAt: minutesAgo(10) }), context('allow'), undefined],
    ['that no gate let start', swept(10), context('allow'), 'not-admitted'],
    ['started anew past the gate', swept(10, { admittedAt: minutesAgo(30) }), context('allow'), 'not-admitted'],
    ['from before the gate', swept(90), context('allow'), undefined],
    ['from before the gate, of an image that fails', swept(90), context('deny'), 'verdict'],
    ['from before the gate, of an image that nobody knows', swept(90), context(undefined), undefined],
    ['of an image that no longer passes', swept(10, { admittedAt: minutesAgo(10) }), context('deny'), 'verdict'],
    ['where no gate is installed', swept(10), context('allow', { gatedSince: undefined }), undefined],
    ['that started a moment ago', swept(0.05), context('allow'), undefined],
    ['of the product itself', swept(10), context('deny', { isOwnImage: () => true }), undefined],
    ['where the rule does not ask', swept(10, { rule: { ...rule, rogue: 'ignore' } }), context('deny'), undefined],
  ])('%s', (...[, container, by, cause]) => {
    expect(rogueOf(container, by)?.cause).toBe(cause);
  });

  test('whose settings break a blocking rule is named with what it breaks', () => {
    const broken = [
      { effect: 'alert', message: 'It adds SYS_TIME.', remedy: '' },
      { effect: 'block', message: 'It is privileged.', remedy: 'Leave out --privileged.' },
    ] as const;
    const found = rogueOf(swept(10, { admittedAt: minutesAgo(10), broken }), context('allow'));
    expect(found).toMatchObject({ cause: 'settings', reason: 'It is privileged.', rule: { id: 'usual' } });
    const settings = { id: 'own', version: 4, name: 'Own', state: 'on', settings: [], agentAway: 'deny' } as const;
    const named = rogueOf(swept(10, { admittedAt: minutesAgo(10), broken, settings }), context('allow'));
    expect(named?.rule).toEqual({ id: 'own', version: 4, name: 'Own' });
  });

  test('is told in a form that the console takes, whatever its settings are called', () => {
    const message = `It mounts /srv/${'x'.repeat(3000)}\n/etc, which the rule denies.`;
    const broken = [{ effect: 'block', message: `\n${message}`, remedy: '' }] as const;
    const found = rogueOf(swept(10, { admittedAt: minutesAgo(10), broken }), context('allow'));
    expect(RoguesFact.safeParse({ rogues: [{ ...found, outcome: 'reported' }] }).success).toBe(true);
  });

  test('that root let start is none while its time lasts', () => {
    const { ledgerState, ...rest } = context('deny');
    const glass = (minutes: number) => ({ ...ledgerState, breakGlass: [{ digest, until: minutesAgo(-minutes) }] });
    expect(rogueOf(swept(10, { admittedAt: minutesAgo(10) }), { ...rest, ledgerState: glass(5) })).toBeUndefined();
    expect(rogueOf(swept(10, { admittedAt: minutesAgo(10) }), { ...rest, ledgerState: glass(-5) })?.cause).toBe(
      'verdict',
    );
  });
});
