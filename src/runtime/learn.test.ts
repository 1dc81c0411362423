import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify } from './classify.ts';
import { Evidence } from './contract.ts';
import type { LearnableSighting } from './event.ts';
import { emptyEvidence, mergeEvidence } from './evidence.ts';
import { learn, learnerOf } from './learn.ts';
import { codeSighting, execSighting, hour, testStart } from './testing.ts';

const options = { bucketSeconds: 3600 };
const evidenceOf = (sightings: readonly LearnableSighting[]): Evidence =>
  sightings.reduce((evidence, sighting) => learn(evidence, sighting, options), emptyEvidence);
const only = (sightings: readonly LearnableSighting[]) => evidenceOf(sightings).items[0];
const nginx = '/usr/sbin/nginx';

test.each([
  [execSighting(nginx), 'benign'],
  [execSighting('/bin/sh', undefined, { argv: ['sh', '/entry.sh'] }), 'benign'],
  [execSighting('/usr/bin/dirname', '/bin/sh'), 'benign'],
  [execSighting('/bin/sh', '/bin/bash'), 'benign'],
  [execSighting(nginx, nginx), 'benign'],
  [execSighting('/bin/sh', nginx), 'notable'],
  [execSighting('/usr/bin/python3.12', nginx), 'notable'],
  [execSighting('/usr/bin/curl', '/bin/sh'), 'notable'],
  [execSighting('/bin/busybox', '/bin/busybox', { argv: ['wget', 'http://x'] }), 'notable'],
  [execSighting('/bin/busybox', '/bin/busybox', { argv: ['ls'] }), 'benign'],
  [execSighting('/usr/bin/nmap', '/bin/sh'), 'forbidden'],
  [execSighting('/usr/bin/apt-get', '/bin/sh'), 'forbidden'],
  [execSighting('/bin/busybox', '/bin/busybox', { argv: ['nc', '-l'] }), 'forbidden'],
  [
    execSighting('/usr/bin/node', '/bin/sh', {
      argv: ['node', '/usr/bin/npm', 'install'],
      given: '/usr/bin/npm',
      isScript: true,
    }),
    'forbidden',
  ],
  [
    execSighting('/usr/bin/node', '/bin/sh', {
      argv: ['node', '/usr/bin/npm', 'start'],
      given: '/usr/bin/npm',
      isScript: true,
    }),
    'benign',
  ],
  [execSighting('/usr/bin/nmap'), 'benign'],
  [execSighting('/bin/zz', '/bin/sh', { origin: 'upper' }), 'forbidden'],
  [execSighting('/x/zz', '/bin/sh', { origin: 'other-mount' }), 'forbidden'],
  [execSighting('/memfd:x', '/bin/sh', { origin: 'memory' }), 'forbidden'],
  [execSighting('/tmp/x', '/bin/sh', { origin: 'deleted' }), 'forbidden'],
  [execSighting('/usr/bin/id', '/bin/sh', { reason: 'modified' }), 'forbidden'],
  [execSighting('/lib64/ld-linux-x86-64.so.2', '/bin/sh'), 'forbidden'],
  [execSighting('/sbin/docker-init', undefined, { origin: 'other-mount' }), 'benign'],
  [execSighting('/bin/sh', undefined, { session: 'exec' }), 'forbidden'],
  [execSighting('/usr/bin/id', '/bin/sh', { session: 'exec' }), 'forbidden'],
  [execSighting('/bin/sh', undefined, { session: 'health-check' }), 'benign'],
  [execSighting('/usr/bin/curl', '/bin/sh', { session: 'health-check' }), 'benign'],
  [codeSighting('/usr/bin/python3', '/tmp/a.py', { writer: '/bin/sh' }), 'forbidden'],
  [codeSighting('/usr/bin/python3', '/tmp/a.py', { writer: '/usr/bin/python3' }), 'forbidden'],
  [codeSighting('/usr/bin/python3', '/app/__pycache__/a.pyc', { writer: '/usr/bin/python3' }), 'notable'],
  [codeSighting('/opt/java', '/work/org/index_jsp.class', { writer: '/opt/java', code: 'java' }), 'notable'],
  [codeSighting('/opt/java', '/webapps/ROOT/shell.jsp', { writer: '/opt/java', code: 'java' }), 'forbidden'],
  [
    codeSighting('/opt/java', '/webapps/app/index.jsp', { writer: '/opt/java', code: 'java', phase: 'boot' }),
    'notable',
  ],
  [codeSighting('/bin/ls', '/tmp/x.so', { code: 'library' }), 'forbidden'],
] as const)('class of %j', (sighting, expected) => {
  expect(classify(sighting)).toMatchObject({ class: expected });
  if (expected !== 'benign') expect(classify(sighting).why).toMatch(/\.$/);
});

test('a rule adds names that are never learned', () => {
  expect(classify(execSighting('/usr/bin/convert', '/bin/sh'), ['convert']).class).toBe('forbidden');
});

test('what is notable is in the model after three hours on two days, or when the image declares it', () => {
  const shell = (time: number) => execSighting('/bin/sh', nginx, { argv: ['sh', '-c', 'x'], time: testStart + time });
  expect(only([shell(0), shell(1), shell(hour), shell(2 * hour)])?.state).toBe('unconfirmed');
  expect(only([shell(0), shell(30 * hour)])?.state).toBe('unconfirmed');
  expect(only([shell(0), shell(hour), shell(30 * hour)])).toMatchObject({
    state: 'confirmed',
    class: 'notable',
    source: 'learned',
  });
  const check = execSighting('/bin/sh', undefined, {
    session: 'health-check',
    argv: ['sh', '-c', 'curl -f http://localhost'],
  });
  expect(only([check])).toMatchObject({ state: 'confirmed', source: 'static' });
});

test('what is forbidden waits for a person, however often it comes, and takes nothing else with it', () => {
  const dropped = (time: number) => execSighting('/usr/bin/id', '/bin/sh', { origin: 'upper', time: testStart + time });
  const evidence = evidenceOf([
    execSighting('/usr/bin/id', '/bin/sh'),
    ...[0, 1, 2, 30, 60].map((at) => dropped(at * hour)),
  ]);
  expect(evidence.items.map(({ state }) => state).toSorted()).toEqual(['confirmed', 'review']);
  const npm = (verb: string) =>
    execSighting('/usr/bin/node', '/bin/sh', {
      argv: ['node', '/usr/bin/npm', verb],
      given: '/usr/bin/npm',
      isScript: true,
    });
  expect(
    evidenceOf([npm('start'), npm('install')])
      .items.map(({ state }) => state)
      .toSorted(),
  ).toEqual(['confirmed', 'review']);
});

test('what is an alert after the model was active waits for a person', () => {
  const learner = learnerOf(emptyEvidence, options);
  learner.learn(execSighting('/usr/bin/id', nginx), 'alert');
  learner.learn(execSighting('/usr/bin/tty', nginx), 'notice');
  expect(learner.evidence().items.map(({ state, why }) => [state, why])).toEqual([
    ['review', 'It came when the model was active already.'],
    ['confirmed', undefined],
  ]);
});

test('evidence depends on what was seen alone: order, partition and resends change nothing', () => {
  const programs = ['/bin/a', '/bin/b', '/bin/sh', '/usr/bin/nmap'];
  const sighting = fc
    .record({
      path: fc.constantFrom(...programs),
      caller: fc.constantFrom(nginx, '/bin/sh', undefined),
      at: fc.integer({ min: 0, max: 1200 }),
      phase: fc.constantFrom('boot', 'run'),
      origin: fc.constantFrom('image', 'upper'),
    })
    .map(({ path, caller, at, phase, origin }) =>
      execSighting(path, caller, { time: testStart + at * hour, phase, origin }),
    ) as fc.Arbitrary<LearnableSighting>;
  const all = (list: readonly LearnableSighting[]) => {
    const learner = learnerOf(emptyEvidence, options);
    for (const one of list) learner.learn(one, 'nothing');
    return learner.evidence();
  };
  // What was corroborated stays so even when its hours fall out of memory, so sets that fit into it are compared.
  const near = fc.array(
    sighting.filter(({ time }) => time < testStart + 800 * hour),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(near, fc.nat({ max: 30 }), (list, cut) => {
      const whole = all(list);
      expect(all([...list].reverse())).toEqual(whole);
      expect(all([...list, ...list])).toEqual(whole);
      expect(Evidence.parse(whole)).toEqual(whole);
      const learner = learnerOf(all(list.slice(0, cut)), options);
      for (const one of list.slice(cut)) learner.learn(one, 'nothing');
      expect(learner.evidence()).toEqual(whole);
      expect(mergeEvidence(all(list.slice(0, cut)), learner.changes() ?? emptyEvidence)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('a program that runs ever new code fills no model', () => {
  const learner = learnerOf(emptyEvidence, options);
  for (let at = 0; at < 200; at++)
    learner.learn(execSighting('/bin/sh', nginx, { argv: ['sh', '-c', `echo ${at}`] }), 'nothing');
  const { items } = learner.evidence();
  expect(items).toHaveLength(51);
  expect(items.some(({ fact }) => fact.dimension === 'process' && fact.shape === 'sh {any}')).toBe(true);
  for (let at = 0; at < 1500; at++) learner.learn(execSighting(`/tmp/${at}`, nginx, { origin: 'upper' }), 'nothing');
  expect(learner.evidence().items).toHaveLength(1051);
});

test('hours, starts and losses are told once', () => {
  const learner = learnerOf(emptyEvidence, options);
  learner.late();
  learner.expose(['process', 'file'], testStart);
  learner.lose('process', testStart);
  expect(learner.changes()).toMatchObject({ lateStart: true, items: [], dimensions: { process: {}, file: {} } });
  expect(learner.changes()).toBeUndefined();
  learner.start(testStart + hour);
  expect(learner.changes()?.starts.bits).toBeDefined();
  expect(learner.evidence().lateStart).toBe(false);
});
