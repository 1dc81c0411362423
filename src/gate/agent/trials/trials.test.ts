import { describe, expect, test } from 'vitest';
import type { Ledger } from '#admission/contract.ts';
import type { ComplianceRule, RuleLine } from '#compliance/contract.ts';
import { TrialsStatement } from '../../contract.ts';
import { entryOf, ledgerOf } from '../docker-authz/testing.ts';
import { type LineAsk, linesInForce } from './lines.ts';
import { trialDigest, trialDigestIn, unknownDigest } from './names.ts';
import { nextLine } from './next-line.ts';
import { type Proof, readRefusal } from './read-refusal.ts';
import type { RingAnswer } from './ring.ts';
import { keyOf } from './trial-book.ts';
import { tryLine } from './try-line.ts';

describe('a refusal', () => {
  const check = (id: string, ...others: string[]): Proof => ({ kind: 'check', id, with: others });
  test.each([
    ['CTR-005 “No capability” is not met: CAP_X. Leave it out.', check('CTR-005'), true],
    ['CTR-001 “T” is not met: privileged. Fails with it: CTR-005, CTR-006. Run without.', check('CTR-001'), true],
    ['CTR-005 “T” is not met. CTR-006 “U” is not met.', check('CTR-005', 'CTR-006'), true],
    ['CTR-005 “T” is not met. CTR-035 “U” is not met.', check('CTR-005', 'CTR-006'), false],
    ['CTR-035 “U” is not met.', check('CTR-005'), false],
    ['CTR-005: It would get CAP_X. Leave out --cap-add.', check('CTR-005'), true],
    ['CTR-043: Its system paths are open.', check('CTR-066'), true],
    ['CTR-043 “T” is not met.', check('CTR-066'), false],
    ['CTR-027 not assessed: Nobody has set the list.', check('CTR-027'), false],
    ['CTR-005 “T” is not met. CTR-026, CTR-027 not assessed: No list.', check('CTR-005'), false],
    ['It is privileged.', check('CTR-001'), false],
    ['It is privileged.', { kind: 'settings' }, true],
    ['CTR-001 “T” is not met.', { kind: 'settings' }, false],
    ['This is the trial.', { kind: 'words', words: 'the trial' }, true],
    ['The agent is not running.', { kind: 'words', words: 'the trial' }, false],
  ] as const)('%s', (text, proof, isFor) => {
    expect(readRefusal(text, proof) === true).toBe(isFor);
  });
});

describe('a line', () => {
  const start = { image: `seawall-trial:trial@${trialDigest}`, labels: {}, digest: trialDigest, broken: { host: {} } };
  const ask: LineAsk = { kind: 'start', start, proof: { kind: 'check', id: 'CTR-001', with: [] } };
  const refused: RingAnswer = { kind: 'refused', text: 'CTR-001 “T” is not met.' };
  const other: RingAnswer = { kind: 'refused', text: 'CTR-002 “T” is not met.' };
  const through: RingAnswer = { kind: 'let-through' };
  const silent: RingAnswer = { kind: 'unanswered', why: 'it is away' };
  // Without the break, with it, the agent's own answer, and with the break again.
  test.each([
    [[through, refused], undefined, 'refused', undefined],
    [[refused], undefined, 'untried', 'A start that breaks nothing is refused as well'],
    [[silent], undefined, 'untried', 'it is away'],
    [[through, other], undefined, 'untried', 'Another cause refuses it'],
    [[through, silent], undefined, 'untried', 'it is away'],
    [[through, through, through], refused, 'passed', 'It let a start through that the agent refuses'],
    [[through, through, refused], refused, 'untried', 'changed during the trial'],
    [[through, through, silent], refused, 'untried', 'it is away'],
    [[through, through], through, 'untried', 'Nothing objects'],
    [[through, through], silent, 'untried', 'it is away'],
  ] as const)('%j, of the agent %j: %s', async (...row) => {
    const [answers, own, state, says] = row;
    const left = [...answers];
    const result = await tryLine(ask, {
      ring: 1,
      absence: () => undefined,
      ask: async () => left.shift() ?? silent,
      own: async () => own ?? silent,
    });
    expect(result).toMatchObject({ state, ...(says !== undefined && { reason: expect.stringContaining(says) }) });
    expect(left).toEqual([]);
  });

  test('of a ring that is not there is not asked', async () => {
    const ask1 = () => Promise.reject(new Error('asked'));
    const ring = { ring: 1, absence: () => 'It is off.', ask: ask1, own: ask1 } as const;
    expect(await tryLine(ask, ring)).toEqual({ state: 'untried', reason: 'It is off.', asked: 'not' });
    expect(await tryLine({ kind: 'none', reason: 'Why.' }, ring)).toEqual({ state: 'untried', reason: 'Why.' });
  });
});

describe('lines in force', () => {
  const line = (id: string, effect: RuleLine['effect'] = 'block'): RuleLine => ({
    checks: { by: 'check', id },
    effect,
  });
  const rule = (lines: readonly RuleLine[], more: Partial<ComplianceRule> = {}): ComplianceRule => ({
    id: 'r',
    version: 2,
    name: 'R',
    state: 'on',
    lines,
    notAssessed: 'ignore',
    running: 'alert',
    ...more,
  });
  const of = (rules: readonly ComplianceRule[], more: Partial<Ledger> = {}) => {
    const ledger = { ...ledgerOf([]), settings: [], compliance: { rules, lists: {} }, ...more };
    return linesInForce({ ledger, host: 'box', environment: () => 'prod' });
  };
  const words = (lines: ReturnType<typeof of>) =>
    lines.map(({ check, ring, ask }) => `${check} ${ring} ${ask.kind === 'none' ? ask.reason : 'asked'}`);

  test('are those that block, at the rings that decide them', () => {
    expect(words(of([rule([line('CTR-001'), line('CTR-045'), line('CTR-063'), line('CTR-035', 'alert')])]))).toEqual([
      'image-denied 1 asked',
      'image-denied 2 asked',
      'image-unknown 2 asked',
      'CTR-001 1 asked',
      'CTR-001 2 asked',
      'CTR-063 1 asked',
      'CTR-045 2 asked',
    ]);
  });

  test('are no more than a statement holds, and the last one says how many are left out', () => {
    const many = Array.from({ length: 1100 }, (_, at) => rule([line('CTR-001')], { id: `r-${at}` }));
    const all = of(many);
    expect(all).toHaveLength(2000);
    expect(words(all).at(-1)).toMatch(/^further-lines 2 204 further lines are in force/);
    const lines = all.map(({ rule: of, check, ring }) => {
      const about = { ...(of !== undefined && { rule: of }), check, ring };
      return { ...about, state: 'untried', tried: 0, refused: 0, untried: 1 } as const;
    });
    const statement = { host: 'box', at: '2026-11-30T00:00:00Z', every: 3600, lines };
    expect(TrialsStatement.safeParse(statement).success).toBe(true);
  });

  test('of one kind of setting are each a line of its own', () => {
    const settings = ['/etc', '/srv'].map((path) => ({ kind: 'host-paths', deny: [path], effect: 'block' }) as const);
    const scoped = { id: 's', version: 1, name: 'S', state: 'on', settings, agentAway: 'deny' } as const;
    const all = of([], { settings: [scoped] }).filter((one) => one.rule?.id === 's');
    expect(words(all)).toEqual(
      ['host-paths 1', 'host-paths 2', 'host-paths-2 1', 'host-paths-2 2'].map((one) => `${one} asked`),
    );
    const keys = new Set(all.map((one) => keyOf(one)));
    expect(keys.size).toBe(4);
  });

  test('say why they are not tried', () => {
    const all = words(of([rule([line('CTR-057'), line('CTR-022'), line('IMG-047')])])).slice(3);
    expect(all).toEqual([
      expect.stringMatching(/^CTR-057 2 No gate of a host sees/),
      expect.stringMatching(/^CTR-022 1 It takes a second container/),
      expect.stringMatching(/^IMG-047 2 No image that this host’s ledger knows/),
    ]);
  });

  test('are tried where their rule is the one that applies, or not at all', () => {
    const scoped = rule([line('CTR-001')], { id: 's', collections: ['shops'] });
    const collections = (selects: object) => [{ id: 'shops', name: 'Shops', description: '', selects }];
    const images = of([scoped], { collections: collections({ images: ['shop/*'] }) }).slice(3);
    expect(images.map(({ ask }) => ask.kind === 'start' && ask.start.image)).toEqual([
      `shop/trial@${trialDigest}`,
      'shop/trial',
    ]);
    expect(words(of([scoped], { collections: collections({ hosts: ['other'] }) })).slice(3)).toEqual([
      expect.stringContaining('No container was found'),
      expect.stringContaining('No container was found'),
    ]);
    const hidden = of([rule([line('CTR-032')]), rule([line('CTR-001')], { id: 'below' })]);
    expect(words(hidden.filter(({ rule: own }) => own?.id === 'below'))).toHaveLength(2);
    expect(hidden.filter(({ rule: own, ask }) => own?.id === 'below' && ask.kind === 'start')).toEqual([]);
  });

  test('of images are tried by one that is refused for that check alone', () => {
    const denied = (reason: string) =>
      entryOf(`sha256:${'a'.repeat(64)}`, {
        answer: 'deny',
        effect: 'block',
        by: 'compliance',
        reason,
        rule: rule([]),
      });
    const alone = 'It breaks the compliance rule "R": IMG-047 “T” is not met: x. Rebuild it.';
    const both = `${alone} 1 more is to be removed.`;
    const kinds = [alone, both].map(
      (reason) => of([rule([line('IMG-047')])], { entries: [denied(reason)] }).at(-1)?.ask,
    );
    expect(kinds.map((ask) => ask?.kind)).toEqual(['start', 'none']);
  });
});

test('lines take turns: those that were never tried first and soon, the others spread over the period', () => {
  const pace = { every: 60_000, first: 1000 };
  const tried = new Map<string, number>();
  const at = (line: string) => tried.get(line);
  const next = (now: number, lastTry?: number) => nextLine(['a', 'b', 'c'], at, { pace, lastTry, now });
  expect(next(0)).toEqual({ line: 'a', wait: 0 });
  tried.set('a', 0);
  expect(next(10, 0)).toEqual({ line: 'b', wait: 990 });
  tried.set('b', 1000).set('c', 2000);
  expect(next(3000, 2000)).toEqual({ line: 'a', wait: 57_000 });
  tried.set('a', 60_000);
  expect(next(60_001, 60_000), 'and never in a burst').toEqual({ line: 'b', wait: 9999 });
  expect(nextLine([], at, { pace, lastTry: undefined, now: 0 })).toBeUndefined();
});

test.each([
  [`x:1@${trialDigest}`, true],
  [trialDigest, true],
  [`x@${unknownDigest}`, false],
  [`${trialDigest}x`, false],
  ['x:1', false],
])('%s is the image of a trial: %s', (image, is) => {
  expect(trialDigestIn(image) !== undefined).toBe(is);
});
