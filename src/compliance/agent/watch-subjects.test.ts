import { afterEach, expect, test } from 'vitest';
import { known, silentLog } from '#base/index.ts';
import { createReporter } from '#inventory/agent/index.ts';
import { ComplianceFact, type ComplianceLookedFact } from '../contract.ts';
import { type SubjectWatch, type WatchedSubjects, watchSubjects } from './watch-subjects.ts';

interface Sent {
  readonly id: string;
  readonly documents: number;
  readonly value: unknown;
}

const sent: Sent[] = [];
const looked: (readonly string[])[] = [];
const reads: string[] = [];
const forgets: number[] = [];
const values = new Map<string, unknown>();
let watch: SubjectWatch | undefined;

afterEach(async () => {
  await watch?.close();
  for (const one of [sent, looked, reads, forgets]) one.splice(0);
  values.clear();
});

const subjectOf = (id: string): ComplianceFact['subject'] => ({ kind: 'container', id, name: id });

function start(period: number, before: (id: string) => Promise<void> = async () => undefined): SubjectWatch {
  const reporter = createReporter(
    {
      async send(kind, body) {
        if (kind === 'compliance-looked')
          return void looked.push((body as ComplianceLookedFact).subjects.map(({ id }) => id));
        const { subject, documents } = body as ComplianceFact;
        const text = documents[0]?.text;
        const value = text === undefined ? undefined : (JSON.parse(text) as { a: { value: unknown } }).a.value;
        sent.push({ id: subject.id, documents: documents.length, value });
      },
    },
    silentLog,
  );
  const subjects: WatchedSubjects = {
    all: async () => [...values.keys()].map(subjectOf),
    forget: () => void forgets.push(reads.length),
    async read({ id }) {
      reads.push(id);
      await before(id);
      const value = values.get(id);
      if (value === 'cannot be seen') throw new Error('it cannot be seen');
      return value === undefined ? undefined : [{ kind: 'inspect', fields: { a: known(value, 'A') } }];
    },
  };
  watch = watchSubjects({ reporter, subjects, log: silentLog, period });
  return watch;
}

test('what is there is reported once, and again when it changed', async () => {
  values.set('one', 1).set('two', 2);
  start(50);
  await expect.poll(() => reads.length).toBeGreaterThan(4);
  expect(sent).toEqual([
    { id: 'one', documents: 1, value: 1 },
    { id: 'two', documents: 1, value: 2 },
  ]);
  expect(looked).toContainEqual(['one', 'two']);
  values.set('two', 3);
  await expect.poll(() => looked.at(-1)).toEqual(['one']);
  await expect.poll(() => sent.slice(2)).toEqual([{ id: 'two', documents: 1, value: 3 }]);
});

test('what something happened to is read at once, whatever the period', async () => {
  values.set('one', 1);
  const looking = start(1_000_000);
  await expect.poll(() => sent.length).toBe(1);
  values.set('one', 2).set('new', 1);
  for (let at = 0; at < 5; at++) looking.look(subjectOf('one'));
  looking.look(subjectOf('new'));
  await expect.poll(() => sent.length).toBe(3);
  expect(reads).toEqual(['one', 'one', 'new']);
  // At the round's begin, and before they were read again.
  expect(forgets).toEqual([0, 1, 1, 1, 1, 1, 1]);
});

test('what happens all the time is read all the same, with a rest after each', async () => {
  values.set('one', 1);
  const looking = start(1_000_000);
  await expect.poll(() => sent.length).toBe(1);
  const flood = setInterval(() => looking.look(subjectOf('one')), 20);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  clearInterval(flood);
  expect(reads.length).toBeGreaterThan(2);
  // Two seconds have room for six times 300 ms.
  expect(reads.length).toBeLessThan(9);
});

test('what happens during a round is said at once, and what the round found of it before is not said after', async () => {
  const reading = Promise.withResolvers<void>();
  values.set('one', 1).set('two', 2);
  const looking = start(1_000_000, async (id) => (id === 'two' ? await reading.promise : undefined));
  await expect.poll(() => reads).toEqual(['one', 'two']);
  values.set('one', 3);
  looking.look(subjectOf('one'));
  await new Promise((resolve) => setTimeout(resolve, 350));
  reading.resolve();
  await expect.poll(() => sent.length).toBe(2);
  expect(sent.map(({ id, value }) => [id, value])).toEqual([
    ['one', 3],
    ['two', 2],
  ]);
});

test('a round comes in time, however much happens between', async () => {
  values.set('one', 1).set('two', 2);
  const looking = start(900);
  await expect.poll(() => sent.length).toBe(2);
  values.set('two', 3);
  const events = setInterval(() => looking.look(subjectOf('one')), 100);
  await expect.poll(() => sent.at(-1), { timeout: 2500 }).toMatchObject({ id: 'two', value: 3 });
  clearInterval(events);
});

test('what is gone is said to be gone once, and what cannot be seen stays as it was', async () => {
  values.set('one', 1).set('two', 2).set('three', 3);
  start(50);
  await expect.poll(() => sent.length).toBe(3);
  values.delete('one');
  values.set('three', 'cannot be seen');
  await expect.poll(() => sent.length).toBe(4);
  const before = reads.length;
  await expect.poll(() => reads.length).toBeGreaterThan(before + 4);
  expect(sent.slice(3)).toEqual([{ id: 'one', documents: 0, value: undefined }]);
  values.set('one', 1);
  await expect.poll(() => sent.slice(4)).toEqual([{ id: 'one', documents: 1, value: 1 }]);
});

test('what is read again at once and is the same is said to be so, and what cannot be seen is not', async () => {
  values.set('one', 1).set('two', 'cannot be seen');
  const looking = start(1_000_000);
  await expect.poll(() => sent.length).toBe(1);
  expect(looked).toEqual([]);
  looking.look(subjectOf('one'));
  looking.look(subjectOf('two'));
  await expect.poll(() => looked).toEqual([['one']]);
  expect(reads).toEqual(['one', 'two', 'one', 'two']);
});

test('what somebody called on several lines, or has too much of, is reported so that the console takes it', async () => {
  const bodies: unknown[] = [];
  const reporter = createReporter({ send: async (_, body) => void bodies.push(body) }, silentLog);
  const names = ['a\nb', 'n'.repeat(3000), '\u202eevil'];
  const subjects: WatchedSubjects = {
    all: async () => names.map((name, at) => ({ kind: 'network', id: `${at}`, name })),
    forget: () => undefined,
    read: async ({ id }) => {
      const many = id === '0' ? Array(200_000).fill('host:1.2.3.4') : [];
      return [{ kind: 'inspect', fields: { few: known(['x'], 'A'), many: known(many, 'B') } }];
    },
  };
  watch = watchSubjects({ reporter, subjects, log: silentLog, period: 60_000 });
  await expect.poll(() => bodies.length).toBe(names.length);
  const facts = bodies.map((body) => ComplianceFact.parse(body));
  expect(facts.map(({ subject: { name } }) => name)).toEqual(['a b', `${'n'.repeat(511)}…`, ' evil']);
  expect(JSON.parse(facts[0]?.documents[0]?.text ?? '')).toMatchObject({
    few: { kind: 'known' },
    many: { kind: 'missing' },
  });
});
