import { describe, expect, test } from 'vitest';
import type { Policy } from './contract.ts';
import type { PolicyFacts } from './facts.ts';
import { problemsOfRules } from './problems.ts';
import { testFacts, verdictBy } from './testing.ts';

type Proven = NonNullable<PolicyFacts['provenance']>;
type State = Proven['origin']['state'];

const manifest = `sha256:${'a1'.repeat(32)}`;

describe('a trusted source', () => {
  const rule = { kind: 'trusted-source', unknown: 'cannot-judge', effect: 'block' } as const;
  const team = { ...rule, from: ['registry.example/team', 'docker.io/library'] };

  test.each([
    ['registry.example/team/app', 'pass'],
    ['docker.io/library/debian', 'pass'],
    ['registry.example/team-evil/app', 'fail'],
    ['registry.example.evil.test/team/app', 'fail'],
    ['registry.example:5000/team/app', 'fail'],
  ] as const)('that holds it at %s: %s', async (repository, kind) => {
    expect((await verdictOf(team, heldAt([repository]))).kind).toBe(kind);
  });

  test('is enough where one of several places is allowed', async () => {
    expect((await verdictOf(team, heldAt(['other.example/app', 'registry.example/team/app']))).kind).toBe('pass');
    expect((await verdictOf(rule, heldAt(['other.example/app']))).kind).toBe('pass');
  });

  test('that is not proven, and one that is unknown, are told apart and never pass', async () => {
    const gone = origin('disproven', 'registry.example/team/app does not hold it.');
    expect(await verdictOf(rule, gone)).toMatchObject({
      kind: 'fail',
      violations: [
        { rule: 'trusted-source', effect: 'block', message: expect.stringContaining('registry.example/team/app') },
      ],
    });
    const away = origin('unknown', 'The registry is away.');
    expect(await verdictOf(rule, away)).toMatchObject({
      kind: 'cannot-judge',
      reason: expect.stringMatching(/: The registry is away\.$/),
    });
    expect((await verdictOf({ ...rule, unknown: 'block' }, away)).kind).toBe('fail');
    expect(await verdictOf({ ...rule, unknown: 'alert' }, away)).toMatchObject({
      kind: 'pass',
      violations: [{ effect: 'alert' }],
    });
    expect(await verdictOf(rule, undefined)).toMatchObject({
      kind: 'cannot-judge',
      reason: expect.stringMatching(/\bconsole\b/),
      violations: [{ rule: 'trusted-source', effect: 'cannot-judge' }],
    });
  });

  test('that cannot be read is a problem of the policy', async () => {
    expect(await problemsOfRules([{ ...rule, from: ['registry.example', 'https://registry.example'] }])).toEqual([
      { path: ['rules', 0, 'from', 1], message: expect.stringMatching(/^https:\/\/registry\.example /) },
    ]);
  });
});

describe('signatures', () => {
  const rule = { kind: 'signature', keys: ['a', 'b'], need: 'any', unknown: 'cannot-judge', effect: 'block' } as const;

  test.each([
    ['any', 'proven', 'disproven', 'pass'],
    ['any', 'proven', 'unknown', 'pass'],
    ['any', 'disproven', 'unknown', 'cannot-judge'],
    ['any', 'disproven', 'disproven', 'fail'],
    ['all', 'proven', 'proven', 'pass'],
    ['all', 'proven', 'unknown', 'cannot-judge'],
    ['all', 'proven', 'disproven', 'fail'],
    ['all', 'unknown', 'disproven', 'fail'],
  ] as const)('%s of two keys, %s and %s: %s', async (...[need, a, b, kind]) => {
    const proven = { ...nothing, signatures: [signed('a', a), signed('b', b)] };
    expect((await verdictOf({ ...rule, need }, proven)).kind).toBe(kind);
  });

  test('by a key that does not exist are unknown', async () => {
    const verdict = await verdictOf({ ...rule, keys: ['gone'] }, { ...nothing, signatures: [signed('a', 'proven')] });
    expect(verdict).toMatchObject({
      kind: 'cannot-judge',
      reason: expect.stringMatching(/\bgone\.$/),
      violations: [{ rule: 'signature', effect: 'cannot-judge' }],
    });
    expect((await verdictOf(rule, undefined)).kind).toBe('cannot-judge');
  });
});

test.each([
  [['proven', 'disproven'], 'pass'],
  [['disproven', 'disproven'], 'fail'],
  [['disproven', 'unknown'], 'cannot-judge'],
] as const)('bases that are %s: %s', async (states, kind) => {
  const rule = { kind: 'approved-base', bases: ['0', '1'], unknown: 'cannot-judge', effect: 'block' } as const;
  const bases = states.map((state, index) => ({ base: String(index), state, why: `It is ${state}.` }));
  expect((await verdictOf(rule, { ...nothing, bases })).kind).toBe(kind);
});

const nothing: Proven = { origin: { state: 'unknown', why: 'Nobody looked.', places: [] }, signatures: [], bases: [] };

function origin(state: State, why: string): Proven {
  return { ...nothing, origin: { state, why, places: [] } };
}

function heldAt(repositories: readonly string[]): Proven {
  const places = repositories.map((repository) => ({ registry: 'ours', repository, manifest }));
  return { ...nothing, origin: { state: 'proven', why: 'It is held.', places } };
}

function signed(key: string, state: State): Proven['signatures'][number] {
  return { key, state, why: `${key} is ${state}.` };
}

async function verdictOf(rule: Policy['rules'][number], provenance: Proven | undefined) {
  return await verdictBy(rule, testFacts(provenance === undefined ? {} : { provenance }));
}
