import { expect, test } from 'vitest';
import type { ImageDigest, SubjectId } from '#base/index.ts';
import type { RuntimeEffect, RuntimeRule } from '../../contract.ts';
import type { AgentConfiguration } from '../desired-configuration.ts';
import type { SensorContact } from '../sensor/connect-sensor.ts';
import { ArmedContainers } from './armed.ts';
import type { AskedPolicy } from './armed-fact.ts';
import type { PolicySubject } from '../policies/policies.ts';
import { startArming } from './start-arming.ts';

const id = 'c1'.repeat(32);
const subjectNamed = `sha256:${'5e'.repeat(32)}` as string as SubjectId;
const effects = ['ignore', 'alert', 'prevent', 'block'] as const;
const ruleWith = (drift: RuntimeEffect, code: RuntimeEffect, process: RuntimeEffect): RuntimeRule => ({
  id: 'prod',
  version: 1,
  name: 'Prod',
  state: 'on',
  drift,
  code,
  process,
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
});
const configurationWith = (...rules: readonly RuntimeRule[]): AgentConfiguration => ({
  revision: '1',
  bucketSeconds: 3600,
  rules,
  collections: [],
});
const away: SensorContact = { kind: 'away', reason: 'It died.' };
const working = { kind: 'working' } as SensorContact;

function open(of: {
  readonly asked?: AskedPolicy;
  readonly configuration?: AgentConfiguration | undefined;
  readonly contact?: SensorContact;
}) {
  const { asked, configuration = configurationWith(), contact = working } = of;
  const armed = new ArmedContainers({ isArmed: (_, { problem }) => problem === undefined, changed: () => undefined });
  const expected: PolicySubject[] = [];
  const policies = { asked: () => asked, expect: (one: PolicySubject) => void expected.push(one) };
  const context = { armed, policies, configuration: { current: () => configuration }, contact: () => contact };
  const subject = (imageId: string) => (imageId === 'sha256:known' ? subjectNamed : undefined);
  const identify = async (imageId: string) =>
    imageId === 'sha256:late' ? (subjectNamed as string as ImageDigest) : undefined;
  return { armed, expected, arming: startArming({ ...context, subject, identify }) };
}

test('the rule of a container says whether it must be armed, whatever it prevents', () => {
  for (const a of effects)
    for (const b of effects)
      for (const c of effects) {
        const asked = { rule: ruleWith(a, b, c), sent: undefined };
        const isPreventing = [a, b, c].some((effect) => effect === 'prevent' || effect === 'block');
        expect(open({ asked }).arming.prevents(id)).toBe(isPreventing);
      }
  expect(open({ asked: { rule: undefined, sent: undefined } }).arming.prevents(id)).toBe(false);
});

test('what starts is expected with what its engine keeps of it on its disk', () => {
  const { arming, expected } = open({});
  const command = ['web', '--listen'];
  const known = { container: id, name: 'web', imageId: 'sha256:known', imageName: 'shop/web:1' };
  const start = { ...known, labels: { a: 'b' }, command };
  arming.expect({ ...start, environment: 'prod' });
  arming.expect({ ...start, imageId: 'sha256:other' });
  const image = { id: 'sha256:known', name: 'shop/web:1' };
  const fact = { id, name: 'web', state: 'created', image, labels: { a: 'b' }, command };
  expect(expected).toEqual([
    { fact: { ...fact, subject: subjectNamed, environment: 'prod' } },
    { fact: { ...fact, image: { ...image, id: 'sha256:other' } } },
  ]);
});

test('an image that is not known yet is asked about, and expected again', async () => {
  const { arming, expected } = open({});
  const start = { container: id, name: 'web', imageId: 'sha256:late', imageName: 'shop/web:2' };
  arming.expect({ ...start, labels: {}, command: [] });
  await expect.poll(() => expected.length).toBe(2);
  expect(expected.map(({ fact }) => fact.subject)).toEqual([undefined, subjectNamed]);
});

test('what was refused for an image that was not known in time may start again', async () => {
  const asked = { rule: ruleWith('prevent', 'alert', 'alert'), sent: undefined };
  const found = await open({ asked }).arming.wait(id, performance.now(), AbortSignal.timeout(10));
  expect(found).toMatchObject({ kind: 'late', startsAgain: true });
});

test('what neither the engine nor its files describe is watched by no sensor', () => {
  expect(open({ configuration: configurationWith(ruleWith('prevent', 'alert', 'alert')) }).arming.prevents(id)).toBe(
    false,
  );
});

test('a container that is not armed in time is late, with why', async () => {
  const asked = { rule: ruleWith('prevent', 'alert', 'alert'), sent: { number: 5, version: 9 } };
  const late = async ({ arming }: ReturnType<typeof open>) =>
    await arming.wait(id, performance.now(), AbortSignal.timeout(10));
  expect(await late(open({ asked, contact: away }))).toEqual({ kind: 'late', reason: 'It died.', startsAgain: true });
  expect(await late(open({ asked }))).toMatchObject({ reason: 'The sensor has not reported it.', startsAgain: false });
  const marked = open({ asked });
  const reported = { cgroup: 7n, policy: 5, version: 9, mechanisms: [], since: 0 };
  marked.armed.hear(id, { ...reported, problem: { kind: 'not-marked', reason: 'EXDEV' } });
  expect(await late(marked)).toMatchObject({ reason: 'EXDEV' });
  const began = performance.now();
  marked.armed.hear(id, reported);
  expect(await marked.arming.wait(id, began, AbortSignal.timeout(0))).toEqual({ kind: 'armed' });
});
