import { describe, expect, test } from 'vitest';
import { subjectKinds } from './check.ts';
import { countedFor, decideStop, stopBounds, type StopQuestion } from './stop.ts';

const { evidence, looks, ofRule } = stopBounds;
const certain: StopQuestion = {
  kind: 'container',
  running: 'stop',
  failing: ['CTR-001'],
  confirmation: 'confirmed',
  age: evidence,
  looks,
  brake: 'off',
  stopped: { ofRule: ofRule - 1, ofApplication: 0 },
  stoppedOnAll: { ofRule: ofRule - 1, ofApplication: 0 },
};
/** Where nothing else is said, all that was stopped was stopped on this host. */
const ask = (other: Partial<StopQuestion>) =>
  decideStop({ ...certain, ...(other.stopped && { stoppedOnAll: other.stopped }), ...other });

test('a container that certainly fails is stopped', () => {
  expect(ask({})).toEqual({ kind: 'stop' });
});

test.each(subjectKinds)('of all subjects a container alone: %s', (kind) => {
  expect(ask({ kind }).kind).toBe(kind === 'container' ? 'stop' : 'leave');
});

test.each<[string, Partial<StopQuestion>, object]>([
  ['a rule that alerts', { running: 'alert' }, { kind: 'leave' }],
  ['nothing that fails', { failing: [] }, { kind: 'leave' }],
  ['a rule that nobody tried', { confirmation: 'rule-not-tried' }, { kind: 'unconfirmed', why: 'rule-not-tried' }],
  ['a check that changed', { confirmation: 'check-changed' }, { kind: 'unconfirmed', why: 'check-changed' }],
  ['wider reach', { confirmation: 'reaches-more' }, { kind: 'unconfirmed', why: 'reaches-more' }],
  ['old evidence', { age: evidence + 1 }, { kind: 'look' }],
  ['one look', { looks: looks - 1 }, { kind: 'look' }],
  ['a brake that is on', { brake: 'on' }, { kind: 'brake' }],
  ['a brake that is on, and one look', { brake: 'on', looks: 1 }, { kind: 'brake' }],
  ['a rule that stopped enough', { stopped: { ofRule, ofApplication: 0 } }, { kind: 'brake' }],
  ['one look, and a rule that stopped enough', { looks: 1, stopped: { ofRule, ofApplication: 0 } }, { kind: 'look' }],
])('%s does not stop it', (_, other, expected) => {
  expect(ask(other)).toEqual(expected);
});

describe('of an application', () => {
  test.each([
    // Containers that run, stopped before, whether one more is.
    [1, 0, 'stop'],
    [1, 1, 'brake'],
    [9, 0, 'stop'],
    [9, 1, 'brake'],
    [19, 1, 'brake'],
    [20, 1, 'stop'],
    [20, 2, 'brake'],
    [50, 2, 'stop'],
    [undefined, 2, 'stop'],
    [0, 1, 'brake'],
  ] as const)('of %s containers, %i stopped: %s', (application, ofApplication, expected) => {
    const stopped = { ofRule: Math.min(ofApplication, ofRule - 1), ofApplication };
    expect(ask({ stopped, ...(application !== undefined && { application }) }).kind).toBe(expected);
  });
});

test.each([
  // Stopped by the rule on all hosts, as counted for this one, and what is done.
  [2, 2, 'stop'],
  [3, 0, 'wait'],
  [3, 1, 'wait'],
  [3, 2, 'brake'],
  [3, 3, 'brake'],
] as const)('%i stopped on all hosts, %i as counted for this one: %s', (ofAll, counted, expected) => {
  const stoppedOnAll = { ofRule: ofAll, ofApplication: 0 };
  expect(ask({ stopped: { ofRule: counted, ofApplication: 0 }, stoppedOnAll }).kind).toBe(expected);
});

test.each([
  // Containers of the application, stopped of it on all hosts, as counted for this one, and what is done.
  [10, 1, 0, 'wait'],
  [10, 1, 1, 'brake'],
  [20, 1, 0, 'stop'],
  [20, 2, 0, 'wait'],
  [20, 2, 1, 'brake'],
] as const)(
  'of %i containers %i stopped on all hosts, %i as counted for this one: %s',
  (...[application, ofAll, counted, expected]) => {
    const stoppedOnAll = { ofRule: 2, ofApplication: ofAll };
    expect(ask({ application, stopped: { ofRule: 0, ofApplication: counted }, stoppedOnAll }).kind).toBe(expected);
  },
);

test.each<[string, Readonly<Record<string, number>>, number]>([
  ['nothing', {}, 0],
  ['all that is its own', { own: 5 }, 5],
  ['nothing of one other', { other: 50 }, 0],
  ['its own beside one other', { own: 2, other: 50 }, 2],
  ['the others without the most', { own: 2, a: 3, b: 1, c: 1 }, 4],
  ['one of two that are equal', { a: 3, b: 3 }, 3],
])('for a host counts %s', (_, byHost, expected) => {
  expect(countedFor('own', new Map(Object.entries(byHost)))).toBe(expected);
});

// Each answer of each question with each of the others: a stop needs all of them.
test('a stop needs every answer', () => {
  const answers = {
    kind: ['container', 'host'],
    running: ['stop', 'alert'],
    failing: [['CTR-001'], []],
    confirmation: ['confirmed', 'rule-not-tried', 'check-changed'],
    age: [0, evidence + 1],
    looks: [looks, looks + 1, 1, 0],
    brake: ['off', 'on'],
    stopped: [
      { ofRule: 0, ofApplication: 0 },
      { ofRule, ofApplication: 0 },
      { ofRule: 1, ofApplication: 1 },
    ],
    application: [10, 30],
  } as const satisfies { readonly [Name in keyof Omit<StopQuestion, 'stoppedOnAll'>]-?: readonly StopQuestion[Name][] };
  const made = Object.entries(answers).reduce<readonly object[]>(
    (some, [name, values]) => some.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as readonly (StopQuestion & { readonly application: number })[];
  const all = made.map((one) => ({ ...one, stoppedOnAll: one.stopped }));
  const stopped = all.filter((question) => decideStop(question).kind === 'stop');
  const expected = all.filter(
    (one) =>
      one.kind === 'container' &&
      one.running === 'stop' &&
      one.failing.length > 0 &&
      one.confirmation === 'confirmed' &&
      one.age === 0 &&
      one.looks >= looks &&
      one.brake === 'off' &&
      one.stopped.ofRule < ofRule &&
      (one.stopped.ofApplication === 0 || one.application === 30),
  );
  expect(all).toHaveLength(2 * 2 * 2 * 3 * 2 * 4 * 2 * 3 * 2);
  expect(stopped).toEqual(expected);
  expect(stopped.length).toBe(6);
});
