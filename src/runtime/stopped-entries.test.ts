import { describe, expect, test } from 'vitest';
import type { Detection, Fact, Entry, Model, Phase, RuntimeEffect, RuntimeRule } from './contract.ts';
import { emptyEvidence } from './evidence.ts';
import { emptyRing, encodeHours, hourOf, withHour } from './hours.ts';
import { entryKeyOf } from './entry-key.ts';
import { entryText } from './entry-text.ts';
import { policyOf } from './policy-of.ts';
import { evidenceOf, evidenceTogether } from './stop-evidence.ts';
import { stopOf } from './stop-of.ts';
import { foldStopped } from './stopped-entries.ts';
import { hour, testContainer, testModel, testRule } from './testing.ts';

const now = Date.UTC(2026, 10, 28, 12);
const day = 24 * hour;
const sha256 = 'a'.repeat(64);
const none = encodeHours(emptyRing);
const seen = (...ago: readonly number[]) =>
  encodeHours(ago.map((hours) => hourOf(now - hours * hour, 3600)).reduce(withHour, emptyRing));
const strict: RuntimeRule = {
  ...testRule,
  drift: 'prevent',
  code: 'prevent',
  process: 'prevent',
  preventFrom: 'active',
  execSessions: 'record',
};

const program = (path: string, more: object = {}): Fact => ({
  dimension: 'process',
  path,
  caller: '/usr/sbin/apache2',
  ...more,
});

function entry(fact: Fact, more: Partial<Entry> = {}): Entry {
  const usual = { class: 'benign', state: 'confirmed', source: 'learned', boot: none, run: seen(2) } as const;
  const at = new Date(now - 2 * hour).toISOString();
  return { key: entryKeyOf(fact), fact, ...usual, days: [], firstSeenAt: at, lastSeenAt: at, ...more };
}

/** A model that a person activated. */
function model(items: readonly Entry[], more: Partial<Model> = {}): Model {
  return testModel({ ...emptyEvidence, items: [...items], starts: seen(3) }, { activatedBy: 'ada', ...more });
}

describe('whether a fact would have been stopped', () => {
  const known = model([
    entry(program('/usr/bin/date')),
    entry(program('/tmp/allowed', { origin: 'upper', sha256 }), { source: 'user' }),
    entry({ dimension: 'file', kind: 'code-file', path: '/usr/bin/php', file: '/srv/a.php', sha256 }),
    entry(program('/lib64/ld-linux-x86-64.so.2', { caller: '/bin/allowed' })),
    entry(program('/usr/bin/nc', { caller: '/bin/allowed' })),
    entry(program('/bin/busybox', { applet: 'ls' })),
    entry(program('/usr/bin/java', { applet: 'Main' })),
  ]);
  const other = 'b'.repeat(64);
  interface How {
    readonly rule?: RuntimeRule;
    readonly of?: Model;
    readonly phase?: Phase;
  }
  const part = (fact: Fact, { rule = strict, of = known, phase = 'run' }: How = {}) =>
    stopOf(fact, { rule, policy: policyOf(of, rule) }, phase)?.part;

  test.each([
    ['an edge of the model', program('/usr/bin/date'), undefined],
    ['whatever its arguments', program('/usr/bin/date', { shape: 'date {new}' }), undefined],
    ['an applet of the model', program('/bin/busybox', { applet: 'ls' }), undefined],
    ['another applet of the same program', program('/bin/busybox', { applet: 'vi' }), 'model'],
    ['an applet that nobody told', program('/bin/busybox'), undefined],
    ['another class, which the kernel does not tell apart', program('/usr/bin/java', { applet: 'Other' }), undefined],
    ['a program of another caller', program('/usr/bin/date', { caller: '/bin/sh' }), 'model'],
    ['brought in by the engine', program('/usr/bin/date', { caller: undefined }), 'model'],
    ['a program that the model lacks', program('/bin/sh'), 'model'],
    ['of a health check', program('/bin/sh', { session: 'health-check' }), 'model'],
    ['of a session that is recorded', program('/bin/sh', { session: 'exec' }), undefined],
    ['a tool of such a session', program('/usr/bin/nc', { session: 'exec' }), undefined],
    ['drift', program('/tmp/x', { origin: 'upper', sha256: other }), 'drift'],
    ['drift in a session', program('/tmp/x', { origin: 'upper', session: 'exec' }), 'drift'],
    ['in memory', program('/memfd:x', { origin: 'memory' }), 'drift'],
    ['what a person allowed by its content', program('/tmp/elsewhere', { origin: 'upper', sha256 }), undefined],
    ['a loader', program('/lib64/ld-linux-x86-64.so.2'), 'drift'],
    ['a loader that the model holds', program('/lib64/ld-linux-x86-64.so.2', { caller: '/bin/allowed' }), undefined],
    ['a code file', { dimension: 'file', kind: 'code-file', path: '/usr/bin/php', file: '/srv/x.php' }, 'code'],
    ['one that was allowed', { dimension: 'file', kind: 'code-file', path: '/x', file: '/y', sha256 }, undefined],
    ['generated code', { dimension: 'file', kind: 'generated-code', path: '/java', folder: '/work' }, 'code'],
  ] as const)('%s', (_, fact, expected) => {
    expect(part(fact as Fact)).toBe(expected);
  });

  test('sessions that are judged are stopped as others are', () => {
    const judged = { ...strict, execSessions: 'judge' } as const;
    expect(part(program('/bin/sh', { session: 'exec' }), { rule: judged })).toBe('model');
  });

  test('a tool is stopped from the first second, and other programs while a model learns are not', () => {
    const young = { ...known, state: 'learning' } as const;
    expect(part(program('/usr/bin/nc'), { of: young })).toBe('tool');
    expect(part(program('/usr/bin/nc', { caller: '/bin/allowed' }), { of: young })).toBeUndefined();
    expect(part(program('/usr/bin/nc', { caller: undefined }), { of: young })).toBeUndefined();
    expect(part(program('/bin/own'), { rule: { ...strict, neverLearn: ['own'] }, of: young })).toBe('tool');
    expect(part(program('/bin/sh'), { of: young })).toBeUndefined();
  });

  const effects: readonly RuntimeEffect[] = ['ignore', 'alert', 'prevent', 'block'];
  test.each(effects.flatMap((effect) => (['drift', 'code', 'process'] as const).map((of) => [of, effect] as const)))(
    '%s: %s',
    (of, effect) => {
      const rule = { ...strict, drift: 'alert', code: 'alert', process: 'alert', [of]: effect } as RuntimeRule;
      const facts = {
        drift: program('/tmp/x', { origin: 'upper' }),
        code: { dimension: 'file', kind: 'code-file', path: '/x', file: '/y' },
        process: program('/bin/sh'),
      } as const;
      const stopping = effect === 'prevent' || effect === 'block' ? effect : undefined;
      for (const [name, fact] of Object.entries(facts))
        expect(stopOf(fact as Fact, { rule, policy: policyOf(known, rule) }, 'run')?.effect, name).toBe(
          name === of ? stopping : undefined,
        );
    },
  );

  test('a start needs one start that was seen', () => {
    const { activatedBy: _, ...byEvidence } = known;
    const process = { verdict: 'active', starts: 0 } as never;
    const unseen = { ...byEvidence, convergence: { process } };
    expect(part(program('/bin/sh'), { of: unseen, phase: 'boot' })).toBeUndefined();
    expect(part(program('/bin/sh'), { of: unseen })).toBe('model');
    const once = { ...byEvidence, convergence: { process: { verdict: 'active', starts: 1 } as never } };
    expect(part(program('/bin/sh'), { of: once, phase: 'boot' })).toBe('model');
  });
});

describe('entries that would have been stopped', () => {
  const cgi = program('/usr/lib/cgi-bin/report');
  const shell = program('/usr/bin/dash', { shape: 'dash -c {code:1}' });
  const fold = (of: Model, how: 'whole' | 'detected' = 'whole', rule = strict) =>
    foldStopped({ model: of, rule, since: now - 7 * day, bucketSeconds: 3600, how });

  function detection(fact: Fact, more: Partial<Detection> = {}): Detection {
    const line = entryText(fact);
    return {
      id: 'one',
      time: new Date(now - hour).toISOString(),
      detector: 'unexpected-process',
      dimension: fact.dimension,
      severity: 'medium',
      class: 'benign',
      notice: false,
      effect: 'alert',
      outcome: 'observed',
      container: { id: testContainer.id, name: 'web', image: testContainer.image },
      entrypoint: [],
      session: 'entry',
      process: { path: fact.path },
      ancestors: [{ path: '/usr/sbin/apache2' }],
      seen: '',
      message: '',
      ...(line === undefined ? {} : { allow: { line, key: entryKeyOf(fact) } }),
      remedy: '',
      count: 2,
      ...more,
    };
  }

  test('hold what a model saw while it learned and does not trust, without an alert', () => {
    const rare = entry(shell, { class: 'notable', state: 'unconfirmed', run: seen(2, 30) });
    const { entries } = fold(
      model([entry(cgi), rare, entry(program('/bin/old'), { state: 'review', run: seen(24 * 8) })]),
    );
    expect(entries()).toMatchObject([
      {
        key: rare.key,
        path: '/usr/bin/dash',
        caller: '/usr/sbin/apache2',
        part: 'model',
        effect: 'prevent',
        detectors: [],
        alerts: 0,
        stopped: 0,
        hours: 2,
        state: 'unconfirmed',
        lastAt: new Date(now - 2 * hour).toISOString(),
      },
    ]);
  });

  test('count each alert once, beside the hours of the same entry, whatever its kind', () => {
    const rare = entry(shell, { class: 'notable', state: 'review' });
    const { add, entries, left } = fold(model([rare]));
    expect(add(detection(shell), 'quay-1')).toMatchObject({ part: 'model' });
    add(detection(shell, { outcome: 'refused', also: ['shell-from-server'] }), 'quay-2');
    add(detection(shell, { notice: true, count: 1 }), 'quay-1');
    expect(entries()).toMatchObject([
      {
        hours: 1,
        alerts: 3,
        stopped: 2,
        detectors: ['unexpected-process', 'shell-from-server'],
        containers: [
          { name: 'web', host: 'quay-1' },
          { name: 'web', host: 'quay-2' },
        ],
        containerCount: 2,
        lastAt: new Date(now - hour).toISOString(),
      },
    ]);
    expect(left()).toBe(0);
  });

  test('leave out what would run: known edges, sessions, moves, and what the console itself tells', () => {
    const { add, entries } = fold(model([entry(cgi)]));
    for (const one of [
      detection(cgi),
      detection(program('/bin/ls', { session: 'exec' }), { session: 'exec', detector: 'exec-session' }),
      detection(program('/bin/x'), { detector: 'cgroup-move' }),
      detection(program('/bin/x'), { detector: 'protection' }),
    ])
      expect(add(one, 'quay-1'), one.detector).toBeUndefined();
    expect(entries()).toEqual([]);
  });

  test('hold what no entry can allow, and say by which part of the rule it goes', () => {
    const { add, entries } = fold(model([]));
    const { allow: _, ...loader } = detection(program('/lib64/ld-linux-x86-64.so.2'), {
      detector: 'loader',
      class: 'forbidden',
      time: new Date(now).toISOString(),
    });
    add(loader, 'quay-1');
    add(detection(program('/memfd:x', { origin: 'memory' }), { detector: 'fileless' }), 'quay-1');
    add(
      detection(
        { dimension: 'file', kind: 'code-file', path: '/usr/bin/php', file: '/srv/x.php' },
        { detector: 'code-drift', file: { path: '/srv/x.php' } },
      ),
      'quay-1',
    );
    expect(entries()).toMatchObject([
      { path: '/lib64/ld-linux-x86-64.so.2', part: 'drift', caution: 'loader' },
      { path: '/memfd:x', part: 'drift', caution: 'drift' },
      { path: '/usr/bin/php', file: '/srv/x.php', part: 'code', caution: 'code' },
    ]);
    expect(entries().every(({ key }) => key === undefined)).toBe(true);
  });

  test('put those that a person denied last', () => {
    const denied = entry(cgi, { state: 'denied', decidedBy: 'ada', lastSeenAt: new Date(now).toISOString() });
    const { entries } = fold(model([denied, entry(shell, { state: 'review' })]));
    expect(entries().map(({ path, decidedBy }) => [path, decidedBy])).toEqual([
      ['/usr/bin/dash', undefined],
      ['/usr/lib/cgi-bin/report', 'ada'],
    ]);
  });

  test('of a model that does not run hold alerts alone', () => {
    const { add, entries } = fold(model([entry(shell, { state: 'review' })]), 'detected');
    expect(entries()).toEqual([]);
    add(detection(shell), 'quay-1');
    expect(entries()).toMatchObject([{ alerts: 2, hours: 0 }]);
  });

  test('are none under a rule that alerts', () => {
    const { add, entries } = fold(model([entry(shell, { state: 'review' })]), 'whole', testRule);
    add(detection(shell), 'quay-1');
    expect(entries()).toEqual([]);
  });

  test('are bounded, and say how many are left out', () => {
    const { add, entries, left } = fold(model([]));
    for (let at = 0; at < 5_003; at++) add(detection(program(`/bin/${at}`)), 'quay-1');
    expect([entries().length, left()]).toEqual([5_000, 3]);
  });
});

describe('what the answer rests on', () => {
  const watched = Array.from({ length: 48 }, (_, ago) => ago);
  const exposure = (hours: readonly number[], lost: readonly number[] = []) => ({
    process: { exposure: seen(...hours), lost: seen(...lost) },
  });
  const terms = (of: Model, more: object = {}) =>
    ({ model: of, days: 2, now, bucketSeconds: 3600, scanned: 'whole', silent: [], left: 0, ...more }) as const;
  const kinds = (of: Model, more: object = {}) => evidenceOf(terms(of, more)).unknown.map(({ kind }) => kind);
  const whole = testModel({ ...emptyEvidence, dimensions: exposure([...watched, 48]), starts: seen(5) });

  test('says nothing more where everything was watched', () => {
    expect(evidenceOf(terms(whole))).toEqual({
      days: 2,
      from: new Date(now - 2 * day).toISOString(),
      to: new Date(now).toISOString(),
      watched: 49,
      of: 49,
      unknown: [],
    });
  });

  test.each([
    ['nothing-watched', testModel({ ...emptyEvidence, starts: seen(5) }), {}],
    ['short', testModel({ ...emptyEvidence, dimensions: exposure([0, 1, 2]), starts: seen(1) }), {}],
    ['gaps', testModel({ ...emptyEvidence, dimensions: exposure([0, 48]), starts: seen(1) }), {}],
    ['lost', testModel({ ...emptyEvidence, dimensions: exposure([...watched, 48], [4]), starts: seen(5) }), {}],
    ['no-start', testModel({ ...emptyEvidence, dimensions: exposure([...watched, 48]), starts: seen(80) }), {}],
    [
      'older-version',
      { ...whole, inheritedFrom: { digest: whole.key.digest, at: new Date(now - hour).toISOString() } },
      {},
    ],
    ['unscanned', whole, { scanned: 'no' }],
    ['host-unknown', whole, { silent: [{ name: 'web', reason: 'Its agent is away.' }] }],
    ['too-many', whole, { left: 3 }],
  ] as const)('names what is not known: %s', (kind, of, more) => {
    expect(kinds(of as Model, more)).toEqual([kind]);
  });

  test('counts hours without loss, and of many models the fewest', () => {
    const lossy = testModel({ ...emptyEvidence, dimensions: exposure([0, 1, 2, 3], [3]), starts: seen(5) });
    const both = [evidenceOf(terms(whole)), evidenceOf(terms(lossy)), evidenceOf(terms(lossy))];
    expect(evidenceTogether(both, { days: 2, now, left: 4 })).toMatchObject({
      from: new Date(now - 2 * day).toISOString(),
      watched: 3,
      of: 49,
      models: 3,
      left: 4,
      unknown: [
        { kind: 'short', models: 2 },
        { kind: 'lost', models: 2 },
      ],
    });
    expect(evidenceTogether([], { days: 2, now, left: 0 })).toMatchObject({ watched: 0, of: 0, models: 0 });
  });
});
