import { expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import type { Decision } from '#admission/contract.ts';
import type { StartAnswer } from '../answer/starts.ts';
import type { SpooledDecision, StartQuestion } from '../schema.ts';
import { trialContainer } from '../trials/names.ts';
import { ReportedStarts } from './reported-starts.ts';

const container = 'ab'.repeat(32);
const question: StartQuestion = {
  form: 1,
  kind: 'start',
  verb: 'create',
  container,
  bundle: '/run/bundle',
  image: `sha256:${'5e'.repeat(32)}`,
  build: false,
  ledger: 'allow',
  annotations: {},
};
const answer: StartAnswer = {
  id: 'd-1',
  answer: 'allow',
  effect: 'ignore',
  cause: 'verdict',
  evidence: [],
  reason: 'It passes.',
  subject: 'shop/app:1',
};
/** What the wrapper writes of a start that it refused because the sensor had not armed the container. */
const unarmed: SpooledDecision = {
  form: 1,
  id: answer.id,
  time: '2026-11-24T12:00:00.000Z',
  verb: 'create',
  container,
  bundle: '/run/bundle',
  image: question.image,
  build: false,
  ledger: 'allow',
  asked: 'answered',
  answer: 'deny',
  cause: 'unarmed',
  reason: 'Its runtime rule prevents, and the sensor had not armed it within 5.0 s.',
  milliseconds: 5010,
};

/** What it writes of a start that it let go on when the agent had not answered in time. */
const late: SpooledDecision = {
  ...unarmed,
  asked: 'late',
  answer: 'allow',
  cause: 'verdict',
  effect: 'ignore',
  reason: 'It passes.',
  milliseconds: 640,
};
const refusal: StartAnswer = {
  ...answer,
  answer: 'deny',
  effect: 'block',
  cause: 'settings',
  reason: 'It is privileged.',
};

const trialBundle = '/state/gate/canary/task/trial';

function open() {
  const reported: Decision[] = [];
  const again: string[] = [];
  const starts = new ReportedStarts({
    admitted: { admit: async () => undefined } as never,
    trialBundle,
    watchesArming: true,
    known: async () => ({ subject: 'shop/app:1', environment: undefined, digest: undefined, evidence: [] }),
    report: async (decision) => void reported.push(decision),
    refusedForAbsence: (id) => void again.push(id),
    log: silentLog,
    patience: 20,
    latePatience: 40,
  });
  return { starts, reported, again };
}

test.each([
  ['for a sensor that is away or an image that is not known yet', { startsAgain: true }, [container]],
  ['for what the sensor says of the container itself', { startsAgain: false }, []],
] as const)('a start refused because it is not armed, %s', async (_, more, expected) => {
  const { starts, reported, again } = open();
  starts.answered(answer, question, { milliseconds: 3, isLate: false });
  starts.created(answer.id, { armed: false, milliseconds: 5000, ...more });
  await starts.take(unarmed, () => undefined);
  expect(again).toEqual(expected);
  expect(reported).toMatchObject([{ answer: 'deny', cause: 'unarmed', armed: { state: 'late' } }]);
});

test('one that an agent before this one answered is started again: nobody knows why it was not armed', async () => {
  const { starts, again } = open();
  await starts.take(unarmed, () => undefined);
  expect(again).toEqual([container]);
});

test('a refusal for its verdict is final', async () => {
  const { starts, again } = open();
  starts.answered({ ...answer, answer: 'deny' }, question, { milliseconds: 3, isLate: false });
  await starts.take({ ...unarmed, cause: 'verdict' }, () => undefined);
  expect(again).toEqual([]);
});

test.each([
  ['before the wrapper’s word', ['answer', 'word']],
  ['after it', ['word', 'answer']],
] as const)('an answer that came too late, %s, is a note on what happened', async (_, order) => {
  const { starts, reported } = open();
  const done: string[] = [];
  for (const what of order) {
    if (what === 'answer') starts.answered(refusal, question, { milliseconds: 900, isLate: true });
    else await starts.take(late, () => void done.push(late.id));
  }
  await expect.poll(() => reported).toHaveLength(1);
  expect(reported).toMatchObject([
    {
      id: late.id,
      answer: 'allow',
      effect: 'ignore',
      cause: 'verdict',
      reason: 'It passes.',
      lateAnswer: { answer: 'deny', reason: 'It is privileged.', milliseconds: 900 },
    },
  ]);
  await expect.poll(() => done).toEqual([late.id]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await starts.reportDue();
  expect(reported).toHaveLength(1);
});

test('an answer for which nobody waited is no decision, and a word without one is told in time', async () => {
  const { starts, reported } = open();
  starts.answered({ ...refusal, id: 'd-2' }, question, { milliseconds: 900, isLate: true });
  await starts.take(late, () => undefined);
  await starts.reportDue();
  expect(reported).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 60));
  await starts.reportDue();
  expect(reported).toMatchObject([{ id: late.id, answer: 'allow' }]);
  expect(reported[0]?.lateAnswer).toBeUndefined();
});

test.each([
  ['of the agent itself is told to nobody', trialBundle, 0],
  ['that others make up by its id is told like any other start', '/run/io.containerd.runtime.v2.task/moby/x', 1],
])('a trial %s', async (_, bundle, expected) => {
  const { starts, reported } = open();
  const done: string[] = [];
  const named = { container: trialContainer, bundle };
  starts.answered(answer, { ...question, ...named }, { milliseconds: 3, isLate: false });
  await starts.take({ ...unarmed, ...named, answer: 'allow', cause: 'verdict' }, () => void done.push(answer.id));
  expect(reported).toHaveLength(expected);
  await expect.poll(() => done).toEqual([answer.id]);
  const refused = { ...unarmed, ...named, id: 'd-3', asked: 'no' as const, cause: 'not-admitted' as const };
  await starts.take(refused, () => undefined);
  expect(reported).toHaveLength(2 * expected);
});
