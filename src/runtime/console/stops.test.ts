import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { userNamed } from '#http/console/testing.ts';
import * as api from '../contract.ts';
import { entryKeyOf } from '../entry-key.ts';
import { entryText } from '../entry-text.ts';
import { after, environmentsOf, inEnvironment, usual, web } from './environments.testing.ts';
import { subjectOf } from './dependencies.ts';
import { behaviour, detection, digestNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const model = inEnvironment('prod');
const strict = { ...usual, drift: 'prevent', code: 'prevent', process: 'prevent', preventFrom: 'active' } as const;

describe('what prevent would have stopped', () => {
  let at: TestRuntime;
  const of = environmentsOf(() => at);
  const hours = Array.from({ length: 12 }, (_, hour) => after(hour));

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());

  beforeEach(async () => {
    await of.empty();
    await at.run({ name: 'web', image: web, host: 'prod-1' });
    await of.scan(web, ['serve', 'bin/date', 'bin/sh', 'bin/id']);
    // A shell that a server starts is notable: seen in two hours of one day, it is not trusted.
    await at.report('prod-1', 'behaviour', [
      behaviour(web, { paths: ['/serve', '/bin/date'], hours }),
      behaviour(web, {
        paths: ['/bin/sh'],
        hours: [after(3), after(4)],
        more: {
          state: 'unconfirmed',
          class: 'notable',
          firstSeenAt: after(3).toISOString(),
          lastSeenAt: after(4).toISOString(),
        },
      }),
    ]);
    const fact = { dimension: 'process', path: '/bin/id', caller: '/serve' } as const;
    const allow = { line: entryText(fact) ?? '', key: entryKeyOf(fact) };
    await at.report('prod-1', 'detection', [
      detection('dropped', { container: 'web', image: web, time: after(11) }),
      detection(
        'new',
        { container: 'web', image: web, time: after(10) },
        {
          detector: 'unexpected-process',
          process: { path: '/bin/id' },
          allow,
          class: 'benign',
          count: 3,
          notice: true,
        },
      ),
    ]);
  });

  const stops = async (query: object = {}, who?: ReturnType<typeof userNamed>) =>
    await at.ask(api.getStops, { params: { id: model }, query }, who);
  const entriesOf = ({ entries }: api.Stops) =>
    entries.map(({ path, part, alerts, hours: seen, state }) => [path, part, alerts, seen, state]);

  test('is reported entry by entry: what was seen while it learned, what was noted, and what is not the image’s', async () => {
    const reported = await stops();
    expect(entriesOf(reported)).toEqual([
      ['/tmp/dropped', 'drift', 1, 0, undefined],
      ['/bin/id', 'model', 3, 0, undefined],
      ['/bin/sh', 'model', 0, 2, 'unconfirmed'],
    ]);
    expect(reported).toMatchObject({
      total: 3,
      rule: { id: 'default' },
      entries: [
        { model, image: web, environment: 'prod', containers: [{ name: 'web', host: 'prod-1' }] },
        { entry: 'allow /bin/id by=/serve', caller: '/serve', detectors: ['unexpected-process'] },
        { detectors: [] },
      ],
      evidence: { days: 14, from: after(0).toISOString(), to: after(12).toISOString(), watched: 12, models: 1 },
    });
    expect(reported.evidence.unknown.map(({ kind }) => kind)).toEqual(['short', 'host-unknown']);
  });

  test('says that nobody knows what runs while no scan lists the programs, and where no sensor is', async () => {
    await of.empty();
    await at.run({ name: 'web', image: web, host: 'prod-1' });
    const { evidence, entries } = await stops({ days: 7 });
    expect(entries).toEqual([]);
    expect(evidence).toMatchObject({ days: 7, watched: 0 });
    expect(evidence.from).toBeUndefined();
    expect(evidence.unknown.map(({ kind }) => kind)).toEqual([
      'nothing-watched',
      'no-start',
      'unscanned',
      'host-unknown',
    ]);
  });

  test('follows what people decide: what is allowed goes, what is denied stays and is named', async () => {
    const decide = async (path: string, decision: 'allow' | 'deny') =>
      await at.ask(api.decideEntry, {
        params: { id: model },
        body: { key: entryKeyOf({ dimension: 'process', path, caller: '/serve' }), decision } as never,
      });
    await decide('/bin/sh', 'allow');
    await decide('/bin/date', 'deny');
    expect((await stops()).entries.map(({ path, decidedBy }) => [path, decidedBy])).toEqual([
      ['/tmp/dropped', undefined],
      ['/bin/id', undefined],
      ['/bin/date', 'ada'],
    ]);
  });

  test('is less once the evidence is to suffice, and looks back as far as it is asked', async () => {
    expect(entriesOf(await stops({ when: 'protect-ready' }))).toEqual([['/tmp/dropped', 'drift', 1, 0, undefined]]);
    at.turnTo(after(24 + 12));
    expect((await stops({ days: 1 })).entries).toEqual([]);
    expect((await stops({ days: 2 })).entries).toHaveLength(3);
  });

  test('of a version that was taken over counts for the next one, whatever never started between them', async () => {
    const [skipped, next] = ['shop/web:2', 'shop/web:3'];
    for (const image of [skipped, next]) await of.scan(image, ['serve', 'bin/date', 'bin/sh', 'bin/id']);
    at.turnTo(after(12.5));
    await at.hold('prod-1', skipped);
    await at.runtime.followSubject({ subject: subjectOf(digestNamed(skipped)) });
    expect((await at.ask(api.listModels, { query: {} })).total).toBe(2);
    at.turnTo(after(13));
    await at.run({ name: 'web-2', image: next, host: 'prod-1' });
    await at.runtime.inheritModel({ model: inEnvironment('prod', next) });
    const reported = await at.ask(api.getStops, { params: { id: inEnvironment('prod', next) }, query: {} });
    expect(entriesOf(reported)).toEqual([
      ['/tmp/dropped', 'drift', 1, 0, undefined],
      ['/bin/id', 'model', 3, 0, undefined],
      ['/bin/sh', 'model', 0, 2, 'unconfirmed'],
    ]);
    expect(reported.evidence.unknown.map(({ kind }) => kind)).toContain('older-version');
  });

  test('is shown as far as the caller may see', async () => {
    await at.run({ name: 'web-2', image: web, host: 'prod-2' });
    await at.collection('second', { hosts: ['prod-2'] });
    const reported = await stops({}, userNamed('rita', ['read'], ['second']));
    expect(entriesOf(reported)).toEqual([['/bin/sh', 'model', 0, 2, 'unconfirmed']]);
    expect(JSON.stringify(reported)).not.toContain('prod-1');
    const silent = reported.evidence.unknown.find(({ kind }) => kind === 'host-unknown');
    expect(silent?.reason).toMatch(/^web-2: /u);
    await at.collection('dev', { environments: ['dev'] });
    await expect(stops({}, userNamed('sam', ['read'], ['dev']))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is what the trial of a rule says, which counts what it lists', async () => {
    await at.ask(api.changeModel, { params: { id: model }, body: { to: 'active' } });
    const tried = await at.ask(api.replayRuntimeRule, { body: { rule: strict } as never });
    expect(entriesOf(tried.stops)).toEqual([
      ['/tmp/dropped', 'drift', 1, 0, undefined],
      ['/bin/id', 'model', 3, 0, undefined],
      ['/bin/sh', 'model', 0, 2, 'unconfirmed'],
    ]);
    // A notice is stopped all the same: the sensor knows no notices.
    expect(tried).toMatchObject({ stopped: 2, alerted: 0, ignored: 0, stops: { total: 3, evidence: { models: 1 } } });
    const alerting = await at.ask(api.replayRuntimeRule, { body: { rule: usual } as never });
    expect(alerting).toMatchObject({ stopped: 0, alerted: 1, ignored: 1, stops: { entries: [], total: 0 } });
  });
});
