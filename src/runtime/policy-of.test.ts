import { expect, test } from 'vitest';
import type { Collection } from '#access/contract.ts';
import { ruleFor } from '#rules/index.ts';
import { classify } from './classify.ts';
import type { Convergence, Entry, Fact, Model, RuntimeRule } from './contract.ts';
import { emptyEvidence } from './evidence.ts';
import type { LearnableSighting } from './event.ts';
import { factOf } from './fact-of.ts';
import { grade } from './grade.ts';
import { hourOf } from './hours.ts';
import { learnerOf } from './learn.ts';
import { indexModel } from './model-index.ts';
import { policyOf } from './policy-of.ts';
import { stopOf } from './stop-of.ts';
import { codeSighting, execSighting, hour, testModel, testRule, testStart } from './testing.ts';

const nginx = '/usr/sbin/nginx';
const hash = 'a'.repeat(64);

function items(): readonly Entry[] {
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  for (const sighting of [
    execSighting('/bin/sh', undefined, { argv: ['sh', '/entry.sh'] }),
    execSighting(nginx, '/bin/sh'),
    execSighting('/bin/sh', '/bin/sh', { argv: ['sh', '-c', 'a'] }),
    execSighting('/bin/sh', '/bin/sh', { argv: ['sh', '-c', 'b'] }),
    execSighting('/bin/sh', nginx, { argv: ['sh', '-c', 'once'] }),
    execSighting('/usr/bin/perl', nginx, { phase: 'boot' }),
    execSighting('/tmp/x', nginx, { origin: 'upper', process: { path: '/tmp/x', sha256: hash } }),
    execSighting('/bin/sh', undefined, { session: 'health-check' }),
    codeSighting('/usr/bin/python3', '/srv/a.py', { file: { path: '/srv/a.py', sha256: hash } }),
  ])
    learner.learn(sighting, 'nothing');
  return learner.evidence().items;
}

const modelOf = (list: readonly Entry[], part: Partial<Model> = {}) =>
  testModel({ ...emptyEvidence, items: list }, part);

test('a policy holds what is trusted and what people allowed, and nothing that waits', () => {
  const learned = policyOf(modelOf(items()), testRule);
  expect(learned.edges).toHaveLength(6);
  expect(learned.edges).toEqual(
    expect.arrayContaining([
      { path: '/bin/sh' },
      { path: nginx, caller: '/bin/sh' },
      { path: nginx, caller: nginx },
      { path: '/bin/sh', caller: '/bin/sh' },
      { path: '/usr/bin/perl', caller: nginx },
      { path: '/bin/sh', session: 'health-check' },
    ]),
  );
  expect(learned.contents).toEqual([]);
  const allowed = items().map((entry) =>
    entry.state === 'review' ? { ...entry, state: 'confirmed' as const } : entry,
  );
  expect(policyOf(modelOf(allowed), testRule).edges).toEqual(
    expect.not.arrayContaining([expect.objectContaining({ path: '/tmp/x' })]),
  );
  expect(policyOf(modelOf(allowed), testRule).contents).toEqual([hash]);
  const denied = items().map((entry) => ({ ...entry, state: 'denied' as const }));
  expect(policyOf(modelOf(denied), testRule).edges).toEqual([]);
});

test.each([
  ['review', 'review', []],
  ['confirmed', 'review', [hash]],
  ['review', 'confirmed', [hash]],
  ['confirmed', 'confirmed', [hash]],
  ['confirmed', 'denied', []],
  ['denied', 'confirmed', []],
  ['review', 'denied', []],
] as const)('content that runs as a program (%s) and as code (%s) is one for the sensor', (program, code, contents) => {
  const list = items().flatMap((entry): Entry[] => {
    if (!('sha256' in entry.fact) || entry.fact.sha256 !== hash) return [];
    return [{ ...entry, state: entry.fact.dimension === 'process' ? program : code }];
  });
  expect(list).toHaveLength(2);
  const model = modelOf(list, { state: 'manual' });
  const policy = policyOf(model, testRule);
  expect(policy.contents).toEqual(contents);
  const rule = { ...testRule, drift: 'prevent', code: 'prevent' } as const;
  for (const { fact } of list) expect(stopOf(fact, { rule, policy }, 'run') === undefined).toBe(contents.length > 0);
});

test.each([
  { name: 'a person allowed', state: 'confirmed', source: 'user', folders: 1 },
  { name: 'a person denied', state: 'denied', source: 'user', folders: 0 },
  { name: 'was learned', state: 'confirmed', source: 'learned', folders: 0 },
  { name: 'a person allowed but for a file in it', state: 'confirmed', source: 'user', file: '/work/a.so', folders: 0 },
  {
    name: 'a person allowed, a file elsewhere denied',
    state: 'confirmed',
    source: 'user',
    file: '/other/a.so',
    folders: 1,
  },
] as const)('a folder of generated code that $name: $folders for the sensor', ({ folders, ...one }) => {
  const [any] = items();
  const entry = (fact: Fact, more: Partial<Entry>): Entry => ({
    ...(any ?? expect.unreachable()),
    key: JSON.stringify(fact),
    fact,
    ...more,
  });
  const own = entry(
    { dimension: 'file', kind: 'generated-code', path: '/java', folder: '/work' },
    { state: one.state, source: one.source },
  );
  const file = 'file' in one ? one.file : undefined;
  const denied =
    file === undefined
      ? []
      : [entry({ dimension: 'file', kind: 'code-file', path: '/java', file, sha256: hash }, { state: 'denied' })];
  const policy = policyOf(modelOf([own, ...denied], { state: 'manual' }), testRule);
  expect(policy.folders).toEqual(folders === 0 ? [] : [{ program: '/java', folder: '/work' }]);
  const rule = { ...testRule, code: 'prevent' } as const;
  const within: Fact = { dimension: 'file', kind: 'code-file', path: '/java', file: '/work/b.so' };
  expect(stopOf(within, { rule, policy }, 'run') === undefined).toBe(folders > 0);
  expect(stopOf({ ...within, path: '/other' }, { rule, policy }, 'run')).toBeDefined();
  expect(stopOf({ ...within, file: '/work/below/b.so' }, { rule, policy }, 'run')).toBeDefined();
});

test.each([
  { seen: ['boot'], starts: 1, phase: 'boot', lets: true },
  { seen: ['boot'], starts: 1, phase: 'run', lets: true },
  { seen: ['boot'], starts: 3, phase: 'boot', lets: false },
  { seen: ['boot'], starts: 3, phase: 'run', lets: false },
  { seen: ['run'], starts: 1, phase: 'boot', lets: false },
  { seen: ['run'], starts: 1, phase: 'run', lets: false },
  { seen: ['run', 'run', 'run'], starts: 3, phase: 'run', lets: true },
] as const)('a shell seen at $seen with $starts starts is let run in $phase and no news there: $lets', (row) => {
  const shell = execSighting('/bin/sh', '/usr/bin/supervisord', { argv: ['sh', '-c', 'work'] });
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  for (const [at, phase] of row.seen.entries())
    learner.learn({ ...shell, phase, time: testStart + at * hour }, 'nothing');
  for (let at = 0; at < row.starts; at++) learner.start(testStart + at * hour);
  const model = testModel(learner.evidence());
  const edge = { path: '/bin/sh', caller: '/usr/bin/supervisord' };
  expect(policyOf(model, testRule).edges.some((one) => one.path === edge.path && one.caller === edge.caller)).toBe(
    row.lets,
  );
  const later = testStart + 20 * hour;
  const graded = grade(factOf(shell), {
    index: indexModel(model, 3600),
    classified: classify(shell),
    phase: row.phase,
    hour: hourOf(later, 3600),
  });
  expect(graded.grade).toBe(row.lets ? 'nothing' : 'alert');
});

test.each<[string, readonly Entry[], boolean]>([
  ['the first program', learnedOf(execSighting('/usr/sbin/sshd')), true],
  ['a program that another starts', learnedOf(execSighting(nginx, '/bin/sh')), true],
  ['a shell', learnedOf(execSighting('/bin/sh')), false],
  ['an interpreter', learnedOf(execSighting('/usr/bin/python3')), false],
  ['a program that holds many', learnedOf(execSighting('/bin/busybox')), false],
  ['a network tool', learnedOf(execSighting('/usr/bin/nc')), false],
  [
    'a program of a health check',
    learnedOf(execSighting('/usr/bin/check', undefined, { session: 'health-check' })),
    false,
  ],
  ['a program that waits for a person', waiting(learnedOf(execSighting('/usr/bin/tool', '/bin/sh'))), false],
])('%s may start itself again: %s', (_, list, may) => {
  const path = list[0]?.fact.path ?? '';
  expect(policyOf(modelOf(list), testRule).edges.some((edge) => edge.path === path && edge.caller === path)).toBe(may);
  const { allows } = indexModel(modelOf(list), 3600);
  expect(allows({ dimension: 'process', path, caller: path })).toBe(may);
  expect(allows({ dimension: 'process', path, caller: '/usr/bin/other' })).toBe(false);
  expect(allows({ dimension: 'process', path, caller: path, session: 'exec' })).toBe(false);
  expect(allows({ dimension: 'process', path, caller: path, origin: 'modified' })).toBe(false);
});

test('a person may deny that a program starts itself again', () => {
  const sshd = '/usr/sbin/sshd';
  const again = learnedOf(execSighting(sshd, sshd)).map((entry) => ({ ...entry, state: 'denied' as const }));
  const model = modelOf([...learnedOf(execSighting(sshd)), ...again]);
  expect(policyOf(model, testRule).edges).toEqual([{ path: sshd }]);
  expect(indexModel(model, 3600).allows({ dimension: 'process', path: sshd, caller: sshd })).toBe(false);
});

function learnedOf(sighting: LearnableSighting): readonly Entry[] {
  const learner = learnerOf(emptyEvidence, { bucketSeconds: 3600 });
  learner.learn(sighting, 'nothing');
  return learner.evidence().items;
}

function waiting(list: readonly Entry[]): readonly Entry[] {
  return list.map((entry) => ({ ...entry, state: 'review' as const }));
}

test('what is unlearned is stopped as soon as evidence, or a person, says so', () => {
  const at = (verdict: Convergence['verdict'], starts: number): Partial<Model> => ({
    convergence: {
      process: { verdict, starts, hours: 1, novelHours: 0, point: 0, hourOfDayMask: 0, weekdayMask: 0, blockedBy: [] },
    },
  });
  const unlearned = (part: Partial<Model>, rule: Partial<RuntimeRule> = {}) =>
    policyOf(modelOf([], part), { ...testRule, process: 'prevent', ...rule }).unlearned;
  expect(unlearned({ ...at('learning', 3), state: 'learning' })).toEqual({ boot: 'ignore', run: 'ignore' });
  expect(unlearned(at('active', 3))).toEqual({ boot: 'alert', run: 'alert' });
  expect(unlearned(at('protect-ready', 2))).toEqual({ boot: 'alert', run: 'prevent' });
  expect(unlearned(at('protect-ready', 3))).toEqual({ boot: 'prevent', run: 'prevent' });
  expect(unlearned(at('active', 1), { preventFrom: 'active' })).toEqual({ boot: 'prevent', run: 'prevent' });
  expect(unlearned(at('active', 0), { preventFrom: 'active' })).toEqual({ boot: 'alert', run: 'prevent' });
  expect(unlearned({ ...at('learning', 1), activatedBy: 'ann' }, { preventFrom: 'active' }).run).toBe('prevent');
  expect(unlearned({ state: 'manual' }, { process: 'block' })).toEqual({ boot: 'block', run: 'block' });
  expect(unlearned(at('protect-ready', 3), { process: 'alert' }).run).toBe('alert');
  expect(policyOf(modelOf([], at('protect-ready', 3)), undefined).unlearned.run).toBe('ignore');
});

test('the first rule in force whose scope holds the container holds', () => {
  const collection = (id: string, selects: Collection['selects']): Collection => ({
    id,
    name: id,
    description: '',
    selects,
  });
  const collections = [collection('prod', { environments: ['prod'] }), collection('shop', { images: ['*/shop/*'] })];
  const rule = (id: string, part: Partial<RuntimeRule>): RuntimeRule => ({ ...testRule, id, ...part });
  const rules = [
    rule('off', { state: 'off' }),
    rule('prod', { collections: ['prod', 'unknown'] }),
    rule('shop', { collections: ['shop'] }),
    rule('rest', {}),
  ];
  const held = (image: string, environment: string) =>
    ruleFor(rules, collections, { images: [image], labels: {}, environment })?.id;
  expect(held('registry.example/shop/web:1', 'prod')).toBe('prod');
  expect(held('registry.example/shop/web:1', 'dev')).toBe('shop');
  expect(held('registry.example/web:1', 'dev')).toBe('rest');
  expect(ruleFor(rules.slice(0, 3), collections, { images: ['x'], labels: {} })).toBeUndefined();
});
