import { expect, test } from 'vitest';
import { ArmedFact, type RuntimeRule } from '../../contract.ts';
import { mechanism, problem } from '../wire/words.ts';
import type { ArmedFrame } from '../wire/frames.ts';
import { armedFactOf, type AskedPolicy, isAsked, type SentPolicy } from './armed-fact.ts';
import { type ReportedContainer, reportedContainer } from './reported-container.ts';

const id = 'c1'.repeat(32);
const rule: RuntimeRule = {
  id: 'prod',
  version: 3,
  name: 'Prod',
  state: 'on',
  drift: 'prevent',
  code: 'prevent',
  process: 'alert',
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
};
const sents: readonly (SentPolicy | undefined)[] = [
  undefined,
  { number: 5, version: 9 },
  { number: 5, version: 9, refusal: 'it is full' },
  { number: 0, version: 9 },
];
const askeds: readonly (AskedPolicy | undefined)[] = [undefined, ...sents.map((sent) => ({ rule, sent }))];
const said = (policy: number, version: number): ReportedContainer => ({
  cgroup: 7n,
  policy,
  version,
  mechanisms: ['exec-killed'],
  since: 0,
});
const reporteds = [undefined, said(5, 9), said(5, 8), said(6, 9), said(0, 0), said(0, 9)];

test('a policy counts as asked only when exactly it, in exactly this version, is reported and was taken', () => {
  for (const hasConfiguration of [true, false])
    for (const asked of askeds)
      for (const reported of reporteds) {
        const { policy } = armedFactOf(id, { hasConfiguration, asked, reported });
        const sent = asked?.sent;
        const isExact =
          sent?.refusal === undefined && sent?.number === 5 && reported?.policy === 5 && reported.version === 9;
        const kind = !hasConfiguration
          ? 'no-orders'
          : reported === undefined
            ? 'not-reported'
            : isExact
              ? 'asked'
              : 'other';
        expect(policy.kind, JSON.stringify([hasConfiguration, sent, reported?.policy, reported?.version])).toBe(kind);
        expect(isAsked({ asked, reported })).toBe(isExact);
      }
});

test('says which rule asks for it, or why another policy is in force', () => {
  const of = (sent: SentPolicy | undefined, reported: ReportedContainer) =>
    armedFactOf(id, { hasConfiguration: true, asked: { rule, sent }, reported }).policy;
  const sent = { number: 5, version: 9 };
  expect(of(sent, said(5, 9))).toEqual({ kind: 'asked', rule: { id: 'prod', version: 3 } });
  expect(of(sent, said(5, 8))).toMatchObject({ reason: expect.stringContaining('older version') });
  expect(of(sent, said(6, 9))).toMatchObject({ reason: expect.stringContaining('another rule') });
  expect(of(sent, said(0, 0))).toMatchObject({ reason: expect.stringContaining('the default policy is') });
  expect(of(undefined, said(0, 0))).toMatchObject({ reason: expect.stringContaining('image is not known') });
  expect(of({ ...sent, refusal: "the kernel's table is full" }, said(5, 9))).toMatchObject({
    reason: "The sensor did not take its policy: the kernel's table is full",
  });
});

test('every problem and mechanism of the wire reaches the console in a form that it takes', () => {
  const all = Object.values(mechanism).reduce((sum, bit) => sum | bit, 0);
  for (const word of Object.keys(problem) as ArmedFrame['problem'][]) {
    const frame = {
      kind: 'armed',
      cgroup: 7n,
      since: 5n,
      policy: 5,
      version: 9,
      mechanisms: all,
      problem: word,
      id,
    } as const;
    const reported = reportedContainer({ ...frame, reason: 'Why\nso.' }, 1_000);
    const fact = armedFactOf(id, { hasConfiguration: true, asked: undefined, reported });
    expect(ArmedFact.parse(fact)).toEqual(fact);
    expect(fact.mechanisms).toHaveLength(Object.keys(mechanism).length);
    expect(fact.problem === undefined).toBe(word === 'none');
    expect(fact.since).toBe('1970-01-01T00:00:01.000Z');
  }
  const none = reportedContainer(
    {
      kind: 'armed',
      cgroup: 7n,
      since: 5n,
      policy: 5,
      version: 9,
      mechanisms: mechanism.execKilled,
      problem: 'none',
      id,
      reason: '',
    },
    0,
  );
  expect(none.mechanisms).toEqual(['exec-killed']);
});
