import { describe, expect, test } from 'vitest';
import type { ProtectionCause, ProtectionState } from '#inventory/contract.ts';
import type { ArmedFact, RuntimeEffect, RuntimeRule } from './contract.ts';
import { isReported, type ProtectionEvidence, protectionOf } from './protection-of.ts';

const effects: readonly RuntimeEffect[] = ['ignore', 'alert', 'prevent', 'block'];
const ruleWith = (drift: RuntimeEffect, code: RuntimeEffect, process: RuntimeEffect): RuntimeRule => ({
  id: 'prod',
  version: 3,
  name: 'Prod',
  state: 'on',
  drift,
  code,
  process,
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
});
const rules = [undefined, ...effects.flatMap((a) => effects.flatMap((b) => effects.map((c) => ruleWith(a, b, c))))];
const sensors: readonly ProtectionEvidence['sensor'][] = [
  undefined,
  { state: 'working' },
  { state: 'away', reason: 'It died.' },
  { state: 'missing' },
];
const policies: readonly ArmedFact['policy'][] = [
  { kind: 'no-orders' },
  { kind: 'not-reported' },
  { kind: 'other', reason: 'The default holds.' },
  { kind: 'agent' },
  { kind: 'asked' },
  { kind: 'asked', rule: { id: 'prod', version: 3 } },
  { kind: 'asked', rule: { id: 'prod', version: 2 } },
  { kind: 'asked', rule: { id: 'test', version: 3 } },
];
const problems = [undefined, 'not-marked', 'table-full', 'no-policy', 'no-overlay', 'no-guard'] as const;
const words = [
  'exec-refused',
  'exec-killed',
  'code-opened',
  'mappings-refused',
  'mappings-killed',
  'of-a-later-release',
];
const subsets = Array.from({ length: 2 ** words.length }, (_, bits) => words.filter((_, at) => bits & (1 << at)));
const facts: readonly (ArmedFact | undefined)[] = [
  undefined,
  ...policies.flatMap((policy) =>
    problems.flatMap((kind) =>
      subsets.map((mechanisms) => ({
        container: 'c1'.repeat(32),
        policy,
        mechanisms,
        ...(kind !== undefined && { problem: { kind, reason: `why ${kind}` } }),
        since: '2026-11-28T01:00:00Z',
      })),
    ),
  ),
];

/** The whole decision once more, as a table: the first row that applies. */
function rowOf({ rule, stale, sensor, armed }: ProtectionEvidence): readonly [ProtectionState, ProtectionCause?] {
  const asks = (effect: RuntimeEffect | undefined): boolean => effect === 'prevent' || effect === 'block';
  const programs = asks(rule?.drift) || asks(rule?.process);
  const code = asks(rule?.code);
  const has = (word: string): boolean => armed?.mechanisms.includes(word) === true;
  const isMapped = has('mappings-refused') || has('mappings-killed');
  const asked = [programs, code, code];
  const lacks = [
    programs && !has('exec-refused') && !has('exec-killed'),
    code && !has('code-opened'),
    code && !isMapped,
  ];
  const kind = armed?.problem?.kind;
  const applied = armed?.policy.kind === 'asked' ? armed.policy.rule : undefined;
  const isOther = (applied?.id ?? '') !== (rule?.id ?? '') || (applied?.version ?? 0) !== (rule?.version ?? 0);
  const table: readonly (readonly [boolean, ProtectionState, (ProtectionCause | undefined)?])[] = [
    [stale, 'unknown', 'agent-away'],
    [sensor === undefined, 'unknown', 'agent-silent'],
    [sensor?.state === 'away' || sensor?.state === 'missing', 'unknown', 'sensor-away'],
    [armed === undefined, 'unknown', 'agent-silent'],
    [armed?.policy.kind === 'no-orders', 'unknown', 'no-orders'],
    [armed?.policy.kind === 'not-reported', 'unknown', 'not-reported'],
    [armed?.policy.kind === 'other', 'unprotected', 'other-policy'],
    [armed?.policy.kind === 'agent', 'watched'],
    [isOther, 'unprotected', 'other-rule'],
    [kind === 'table-full' || kind === 'no-policy' || kind === 'no-overlay', 'unprotected', kind],
    [!programs && !code, 'watched'],
    [lacks.every((one) => !one), 'protected'],
    [asked.some((one, at) => one !== lacks[at]), 'partly', kind ?? 'no-mechanism'],
    [true, 'unprotected', kind ?? 'no-mechanism'],
  ];
  const [, state = 'unknown', cause] = table.find(([applies]) => applies) ?? [];
  return cause === undefined ? [state] : [state, cause];
}

describe('protectionOf', () => {
  test('says for every combination what the table says', () => {
    let tried = 0;
    const seen = new Set<string>();
    for (const rule of rules)
      for (const stale of [false, true])
        for (const sensor of sensors)
          for (const armed of facts) {
            const evidence = { rule, stale, sensor, armed };
            const { state, cause, parts, since } = protectionOf(evidence);
            const row = rowOf(evidence);
            if (state !== row[0] || cause !== row[1]) expect([state, cause, evidence]).toEqual([...row, evidence]);
            const armedParts = parts.filter((part) => part.state === 'armed').length;
            const missing = parts.filter((part) => part.state === 'missing').length;
            const fits = {
              protected: armedParts > 0 && missing === 0,
              partly: armedParts > 0 && missing > 0,
              unprotected: armedParts === 0,
              watched: armedParts + missing === 0,
              unknown: armedParts + missing === 0 && since === undefined,
            }[state];
            if (!fits) expect([state, parts, evidence]).toBe('parts that fit the state');
            seen.add(`${state} ${cause}`);
            tried += 1;
          }
    expect(tried).toBe(65 * 2 * 4 * 3073);
    expect(seen.size).toBeGreaterThan(15);
  });

  test('says since when, by which mechanism and with which reason', () => {
    const rule = ruleWith('prevent', 'block', 'alert');
    const armed: ArmedFact = {
      container: 'c1'.repeat(32),
      policy: { kind: 'asked', rule: { id: 'prod', version: 3 } },
      mechanisms: ['exec-killed'],
      problem: { kind: 'not-marked', reason: 'Its root is not marked: Invalid cross-device link.' },
      since: '2026-11-28T01:00:00Z',
    };
    const evidence = { rule, stale: false, sensor: { state: 'working' }, armed } as const;
    expect(protectionOf(evidence)).toEqual({
      state: 'partly',
      rule: { id: 'prod', version: 3, name: 'Prod', prevents: true },
      parts: [
        { what: 'programs', state: 'armed', by: [expect.stringMatching(/\bkilled\b/)] },
        { what: 'code files', state: 'missing', by: [] },
        { what: 'mapped code', state: 'missing', by: [] },
      ],
      since: armed.since,
      cause: 'not-marked',
      reason: expect.stringMatching(
        /^Code files and mapped code .* Its root is not marked: Invalid cross-device link\. /,
      ),
    });
    const old = { ...armed, policy: { kind: 'asked', rule: { id: 'default', version: 1 } } } as const;
    expect(protectionOf({ ...evidence, armed: old }).reason).toMatch(
      /^Version 1 .*\bdefault\b.*\bversion 3 .*\bProd\./,
    );
  });

  test('says what to do next, whatever is missing', () => {
    const rule = ruleWith('prevent', 'prevent', 'prevent');
    const asked = { kind: 'asked', rule: { id: 'prod', version: 3 } } as const;
    const sensor = { state: 'working' } as const;
    const fact = (more: Partial<ArmedFact>): ArmedFact => ({
      container: 'c1'.repeat(32),
      policy: asked,
      mechanisms: [],
      ...more,
    });
    const kinds = ['not-marked', 'table-full', 'no-policy', 'no-overlay', 'no-guard'] as const;
    const reasons = [
      { stale: true, sensor, armed: undefined },
      { stale: false, sensor: undefined, armed: undefined },
      { stale: false, sensor: { state: 'away' } as const, armed: undefined },
      { stale: false, sensor, armed: fact({ policy: { kind: 'no-orders' } }) },
      { stale: false, sensor, armed: fact({ policy: { kind: 'not-reported' } }) },
      { stale: false, sensor, armed: fact({ policy: { kind: 'other', reason: 'It is older.' } }) },
      { stale: false, sensor, armed: fact({ policy: { kind: 'asked', rule: { id: 'prod', version: 2 } } }) },
      { stale: false, sensor, armed: fact({}) },
      ...kinds.map((kind) => ({ stale: false, sensor, armed: fact({ problem: { kind, reason: 'Why.' } }) })),
    ].map((one) => protectionOf({ rule, ...one }).reason);
    for (const reason of reasons)
      expect(reason).toMatch(/\b(?:[Ss]tart|[Uu]pgrade|[Ss]ee|[Rr]estart|[Ll]ook|Set|Run)\b/);
    expect(reasons).toHaveLength(13);
  });

  test('names three things as people do', () => {
    const rule = ruleWith('prevent', 'prevent', 'prevent');
    const policy = { kind: 'asked', rule: { id: 'prod', version: 3 } } as const;
    const mechanisms = ['exec-killed', 'code-opened', 'mappings-killed'];
    const armed: ArmedFact = { container: 'c1'.repeat(32), policy, mechanisms };
    expect(protectionOf({ rule, stale: false, sensor: { state: 'working' }, armed }).reason).toMatch(
      /^Programs, code files and mapped code\b/,
    );
  });

  test('does not say that all is seen where something is not', () => {
    const rule = ruleWith('alert', 'alert', 'alert');
    const policy = { kind: 'asked', rule: { id: 'prod', version: 3 } } as const;
    const of = (more: Partial<ArmedFact>) => {
      const armed: ArmedFact = { container: 'c1'.repeat(32), policy, mechanisms: ['exec-killed'], ...more };
      return protectionOf({ rule, stale: false, sensor: { state: 'working' }, armed });
    };
    expect(of({})).toMatchObject({ state: 'watched', reason: expect.not.stringContaining('Invalid') });
    const unseen = of({ problem: { kind: 'not-marked', reason: 'Invalid cross-device link.' } });
    expect(unseen.state).toBe('watched');
    expect(unseen.reason).toMatch(/^Not [^.]*\. Invalid cross-device link\. Start/);
  });

  test('an agent that is away, or says nothing of arming, neither opens nor closes anything', () => {
    const causes: readonly ProtectionCause[] = [
      'agent-away',
      'agent-silent',
      'sensor-away',
      'no-orders',
      'not-reported',
    ];
    expect(causes.map((cause) => isReported({ cause }))).toEqual([false, false, true, true, true]);
    expect(isReported({})).toBe(true);
  });
});
