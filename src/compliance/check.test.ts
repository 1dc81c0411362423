import { checks as allChecks } from './checks/index.ts';
import { describe, expect, test } from 'vitest';
import { byDefault, known, missing, partly } from '#base/index.ts';
import { type About, checksOf } from './check.ts';
import { evaluate } from './evaluate.ts';
import { fail, failIfAny, pass } from './judgement.ts';

interface Shape {
  readonly privileged: boolean;
  readonly capabilities: readonly string[];
}

const shapeCheck = checksOf<Shape>('container');
const about = {
  why: 'It matters.',
  remedy: { docker: 'Leave it out.' },
  severity: 'high',
  nist: ['4.4.3'],
  version: 1,
} as const;
const privileged = shapeCheck({
  ...about,
  id: 'T-1',
  title: 'It is not privileged',
  needs: ['privileged'],
  judge: (facts) => (facts.privileged ? fail('privileged') : pass),
});
const admin = shapeCheck({
  ...about,
  id: 'T-2',
  title: 'CAP_SYS_ADMIN is not granted',
  needs: ['capabilities'],
  impliedBy: 'T-1',
  judge: ({ capabilities }) => failIfAny(capabilities.filter((name) => name === 'SYS_ADMIN')),
});
const broken = shapeCheck({
  ...about,
  id: 'T-3',
  title: 'It breaks',
  needs: ['privileged'],
  judge: () => {
    throw new Error('a slip');
  },
});

const everything = shapeCheck({
  ...about,
  id: 'T-4',
  title: 'Nothing is granted',
  needs: ['capabilities'],
  judge: ({ capabilities }) => failIfAny(capabilities),
});

const some = shapeCheck({
  ...about,
  id: 'T-6',
  title: 'CAP_SYS_ADMIN is held by no process',
  needs: ['privileged', 'capabilities'],
  failsByPart: ['capabilities'],
  judge: ({ capabilities }) => failIfAny(capabilities.filter((name) => name === 'SYS_ADMIN')),
});

const apart = shapeCheck({
  ...about,
  id: 'T-5',
  title: 'Neither is there',
  needs: ['privileged', 'capabilities'],
  findings: {
    privileged: (isPrivileged) => (isPrivileged ? ['privileged'] : []),
    capabilities: (names) => names,
  },
});

/** A value as no reader makes it, as a hostile agent may report it. */
function odd(value: unknown): readonly string[] {
  return value as readonly string[];
}

const context = { now: new Date('2026-11-30T00:00:00Z'), lists: {} };

describe('a check', () => {
  test('judges what the document states, and keeps it as evidence', () => {
    const facts = {
      privileged: byDefault(false, 'HostConfig.Privileged', 'engine'),
      capabilities: known([], 'CapAdd'),
    };
    expect(evaluate([privileged, admin], facts, context)).toEqual([
      {
        id: 'T-1',
        version: 1,
        state: 'pass',
        evidence: [{ at: 'HostConfig.Privileged', value: 'false', default: 'engine' }],
      },
      { id: 'T-2', version: 1, state: 'pass', evidence: [{ at: 'CapAdd', value: '[]' }] },
    ]);
  });

  test('of facts that object by themselves objects to what was seen, whatever else is missing', () => {
    const facts = { privileged: missing('nobody says it'), capabilities: known(['BPF'], 'CapAdd') };
    const seen = [{ at: 'CapAdd', value: '["BPF"]' }];
    expect(apart.assess(facts, context)).toEqual({ state: 'fail', seen: ['BPF'], evidence: seen });
    expect(apart.assess({ ...facts, capabilities: known([], 'CapAdd') }, context)).toEqual({
      state: 'not-assessed',
      reason: 'Nobody says it.',
      evidence: [{ at: 'CapAdd', value: '[]' }],
    });
    const all = { privileged: known(true, 'P'), capabilities: known(['BPF'], 'CapAdd') };
    expect(apart.assess(all, context)).toMatchObject({ state: 'fail', seen: ['privileged', 'BPF'] });
    const none = { privileged: known(false, 'P'), capabilities: known([], 'CapAdd') };
    expect(apart.assess(none, context)).toMatchObject({ state: 'pass' });
  });

  test('is not assessed where the document lacks what it asks for, and never passes', () => {
    const facts = { privileged: missing('an OCI spec does not say it'), capabilities: known([], 'CapAdd') };
    expect(evaluate([privileged], facts, context)).toMatchObject([
      { state: 'not-assessed', reason: 'An OCI spec does not say it.', evidence: [] },
    ]);
  });

  test('that breaks is an error of its own, and the others answer', () => {
    const facts = { privileged: known(true, 'Privileged'), capabilities: known(['SYS_ADMIN'], 'CapAdd') };
    expect(evaluate([broken, privileged], facts, context)).toMatchObject([
      { state: 'error', reason: 'a slip' },
      { state: 'fail', seen: ['privileged'] },
    ]);
  });

  test('that asks for the time without saying so is in error, so that no answer of it grows old', () => {
    const clock = (says: { readonly asksTime?: true }) =>
      shapeCheck({
        ...about,
        ...says,
        id: 'T-6',
        title: 'It is later than 2026',
        needs: ['privileged'],
        judge: (_, { now }) => (now.getUTCFullYear() > 2026 ? pass : fail()),
      });
    const facts = { privileged: known(false, 'P'), capabilities: known([], 'CapAdd') };
    const [silent, saying] = evaluate([clock({}), clock({ asksTime: true })], facts, context);
    expect(silent).toMatchObject({ state: 'error', reason: 'the check asks for the time and does not say so' });
    expect(saying).toMatchObject({ state: 'fail' });
  });

  test('is folded under the failure that implies it, and under nothing else', () => {
    const capabilities = known(['SYS_ADMIN'], 'CapAdd');
    const both = evaluate([privileged, admin], { privileged: known(true, 'Privileged'), capabilities }, context);
    expect(both.map(({ id, foldedUnder }) => [id, foldedUnder])).toEqual([
      ['T-1', undefined],
      ['T-2', 'T-1'],
    ]);
    const alone = evaluate([privileged, admin], { privileged: known(false, 'Privileged'), capabilities }, context);
    expect(alone.map(({ state, foldedUnder }) => [state, foldedUnder])).toEqual([
      ['pass', undefined],
      ['fail', undefined],
    ]);
  });
});

describe('what an agent reports in another form than readers make', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

  test.each([
    ['a number', 5, 'error'],
    ['nothing', null, 'error'],
    ['lists in lists', deep, 'error'],
    ['things that are no text', [{ a: 1 }, 7, null], 'fail'],
  ])('%s is an answer about that subject, no more', (_, value, state) => {
    const [result] = evaluate(
      [everything],
      { privileged: missing('x'), capabilities: known(odd(value), 'CapAdd') },
      context,
    );
    expect(result?.state).toBe(state);
    if (result !== undefined && 'seen' in result) for (const seen of result.seen) expect(typeof seen).toBe('string');
  });

  test('of two thousand things that were seen the first hundred are kept, and how many there are', () => {
    const many = odd(Array.from({ length: 2000 }, (__, n) => 'x'.repeat(1000) + n));
    const [result] = evaluate([everything], { privileged: missing('x'), capabilities: known(many, 'CapAdd') }, context);
    expect(result).toMatchObject({ state: 'fail' });
    if (result === undefined || !('seen' in result)) throw new Error('nothing was seen');
    expect(result.seen).toHaveLength(101);
    expect(result.seen.at(-1)).toBe('and 1900 more');
    expect(result.seen[0]?.length).toBe(500);
  });
});

test('remedies can be copied: without marks around commands, and without a full stop at the end', () => {
  const remedies = Object.values(allChecks).flatMap((list: readonly About[]) =>
    list.flatMap(({ id, remedy }) => Object.values(remedy).map((text) => `${id} ${text}`)),
  );
  expect(remedies.length).toBeGreaterThan(300);
  expect(remedies.filter((text) => /`|\.$/.test(text))).toEqual([]);
});

describe('a fact of which a part was seen', () => {
  const context = { now: new Date(0), lists: {} };
  const part = (...names: readonly string[]) => partly('it has more than 2 processes', names, '/proc');
  const plain = known(false, 'Privileged');

  test('is enough to object, by a check that says so', () => {
    expect(some.assess({ privileged: plain, capabilities: part('SYS_ADMIN') }, context)).toEqual({
      state: 'fail',
      seen: ['SYS_ADMIN'],
      evidence: [
        { at: 'Privileged', value: 'false' },
        { at: '/proc, as far as seen', value: '["SYS_ADMIN"]' },
      ],
    });
  });

  test.each([
    ['what is fine so far', some, { privileged: plain, capabilities: part('CHOWN') }],
    ['another fact that is missing', some, { privileged: missing('it is not there'), capabilities: part('SYS_ADMIN') }],
    ['another check', admin, { privileged: plain, capabilities: part('SYS_ADMIN') }],
    [
      'a fact that needs all of it',
      some,
      { privileged: partly('not all', true, 'x'), capabilities: part('SYS_ADMIN') },
    ],
  ] as const)('of %s does not say how it stands', (_, check, facts) => {
    expect(check.assess(facts, context)).toMatchObject({
      state: 'not-assessed',
      reason: expect.stringMatching(/^(It (has|is)|Not all)/),
    });
  });

  test('that is of another form is an error, not a pass', () => {
    const facts = { privileged: plain, capabilities: partly('x', 7 as never, '/proc') };
    expect(some.assess(facts, context)).toMatchObject({ state: 'error' });
  });
});
