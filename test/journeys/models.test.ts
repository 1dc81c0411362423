import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ImageDigest, isImageDigest, isSubjectId } from '#base/index.ts';
import { call, type CallOptions } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { emptyEvidence, entryKeyOf, modelIdIn } from '#runtime/index.ts';
import {
  type Detection,
  getModel,
  getDesiredConfiguration,
  type Entry,
  listIncidents,
  listRuntimeRules,
} from '#runtime/contract.ts';
import { testStatement } from '#runtime/testing.ts';
import { freePort } from './make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { runSeawall } from './seawall.ts';

const digest = digestOf('gauge-ingest');
const key = { digest, entrypoint: ['/usr/bin/gauge', '--serve'] };

function digestOf(text: string): ImageDigest {
  const found = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  if (!isImageDigest(found)) throw new Error(found);
  return found;
}

describe('models and alerts, from a host to the command line', () => {
  const state = makeStateFolder();
  let seawall: RealConsole;
  let options: CallOptions & { readonly token: string };
  let host: ReportingHost;
  let container = '';

  beforeAll(async () => {
    const linkPort = await freePort();
    seawall = await startConsole({
      state: state.folder,
      linkPort,
      env: { SEAWALL_LEARNING_BUCKET_SECONDS: '60' },
    });
    options = { baseUrl: seawall.origin, token: await newToken(state.folder, 'test', 'administrator') };
    const { secret } = await call(createJoinToken, { body: { name: 'quay', environments: ['unassigned'] } }, options);
    host = await joinAsHost({ console: `https://127.0.0.1:${linkPort}`, token: secret, name: 'quay' });
    await host.host();
    const subject: string = digest;
    if (!isSubjectId(subject)) throw new Error(subject);
    await host.image({ id: digest, subject, names: ['surge/gauge-ingest:3.9'] });
    const image = { id: digest, name: 'surge/gauge-ingest:3.9' };
    container = await host.container({ name: 'gauge', image, subject, command: [...key.entrypoint] });
    await host.behaviour({ key, evidence: { ...emptyEvidence, items: [shell] } });
    await host.detection(dropped(container));
    await host.stored();
  }, 120_000);
  afterAll(async () => {
    await host?.close();
    await seawall?.end('SIGTERM');
    state.remove();
  });

  const fact = { dimension: 'process', path: '/bin/date', caller: '/usr/bin/gauge' } as const;
  const none = { base: 0, old: false };
  const shell: Entry = {
    key: entryKeyOf(fact),
    fact,
    class: 'benign',
    state: 'confirmed',
    source: 'learned',
    boot: none,
    run: none,
    days: [],
    firstSeenAt: '2026-11-24T11:00:00Z',
    lastSeenAt: '2026-11-24T11:00:00Z',
  };

  function dropped(id: string): Detection {
    return {
      id: 'one',
      time: new Date(Date.now() - 60_000).toISOString(),
      detector: 'drift',
      dimension: 'process',
      technique: 'T1105',
      severity: 'high',
      class: 'forbidden',
      notice: false,
      effect: 'alert',
      outcome: 'observed',
      container: { id, name: 'gauge', image: 'surge/gauge-ingest:3.9' },
      imageDigest: digest,
      entrypoint: key.entrypoint,
      session: 'entry',
      process: { path: '/tmp/x', sha256: 'a'.repeat(64), argv: ['/tmp/x', '-d'], uid: 0 },
      ancestors: [],
      expected: 'gauge starts /bin/sh.',
      seen: '/tmp/x -d, started by gauge',
      message: 'gauge started /tmp/x, which is not in its image.',
      remedy: 'Start it anew.',
      count: 1,
    };
  }

  /** By the token of a person elsewhere, and by who may read the console's folder. */
  const ways = [
    { way: 'a console by its address', words: () => ['--console', seawall.origin, '--token', options.token] },
    { way: 'the console that runs here', words: () => [] },
  ];
  const run = async (words: readonly string[]) => await runSeawall(words, { env: { SEAWALL_STATE: state.folder } });
  const lines = (text: string): readonly unknown[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('the console says that its hours are short', () => {
    expect(seawall.said()).toContain('an hour of 60 s');
  });

  test.each(ways)('are printed by $way', async ({ words }) => {
    const alerts = await run(['alerts', '--container', 'gauge', '--since', '1h', '--format', 'json', ...words()]);
    expect(alerts.stderr).toBe('');
    const { time } = lines(alerts.stdout)[0] as Detection;
    expect(lines(alerts.stdout)).toEqual([
      {
        time,
        detector: 'drift',
        dimension: 'process',
        technique: 'T1105',
        effect: 'alert',
        container: { id: container, name: 'gauge', image: 'surge/gauge-ingest:3.9' },
        imageDigest: digest,
        process: { path: '/tmp/x', sha256: 'a'.repeat(64), argv: ['/tmp/x', '-d'] },
        expected: 'gauge starts /bin/sh.',
        seen: '/tmp/x -d, started by gauge',
        message: 'gauge started /tmp/x, which is not in its image.',
      },
    ]);
    const shown = await run(['model', 'show', digest.slice(0, 19), '--format', 'json', ...words()]);
    const listed = await run(['model', 'list', '--format', 'json', ...words()]);
    expect(shown.stdout).toBe(listed.stdout);
    expect(lines(shown.stdout)).toMatchObject([
      {
        digest,
        entrypoint: key.entrypoint,
        state: 'learning',
        partial: false,
        process: [{ path: '/bin/date', seenIn: [], parents: ['/usr/bin/gauge'], source: 'learned', confidence: 1 }],
        syscalls: { boot: [], run: [] },
        convergence: { process: { verdict: 'learning', blockedBy: [expect.any(String)] } },
      },
    ]);
    expect((await run(['model', 'list', ...words()])).stdout).toContain(
      'surge/gauge-ingest:3.9  /usr/bin/gauge --serve',
    );
    expect((await run(['alerts', ...words()])).stdout).toContain(
      'high      observed  quay gauge  gauge started /tmp/x',
    );
    expect(await run(['model', 'show', 'nothing', ...words()])).toMatchObject({ code: 2 });
  });

  test.each(ways)('what prevent would have stopped is printed by $way, line by line', async ({ words }) => {
    const reported = await run(['model', 'replay', 'surge/gauge-ingest:3.9', ...words()]);
    expect(reported).toMatchObject({ code: 1, stderr: expect.stringMatching(/stopped 1 entry\b/) });
    expect(reported.stdout).toMatch(/^\/usr\/bin\/gauge --serve, environment none\n/u);
    expect(reported.stdout).toContain('starts /tmp/x');
    expect(reported.stdout).toMatch(
      /1 alert, last [\d: -]+ UTC; in gauge on quay; not the image's program; detected by drift/u,
    );
    expect(reported.stdout).toContain('Nothing was watched in the last 14 days.');
    expect(reported.stdout).toContain('not known: No scan that counts lists all programs');
    const json = await run(['model', 'replay', digest.slice(0, 19), '--days', '7', '--format', 'json', ...words()]);
    expect(lines(json.stdout)).toMatchObject([
      { digest, environment: 'none', total: 1, entries: [{ path: '/tmp/x', part: 'drift' }], evidence: { days: 7 } },
    ]);
    for (const [option, value] of [
      ['--days', '43'],
      ['--when', 'soon'],
      ['--environment', 'prod'],
    ] as const)
      expect(await run(['model', 'replay', digest.slice(0, 19), option, value, ...words()])).toMatchObject({ code: 2 });
  });

  test.each(ways)('what code runs in a container is printed by $way, once its host said so', async ({ words }) => {
    const file = { path: '/usr/bin/gauge', standing: 'image', mappings: 1, processes: 1 } as const;
    const whole = { package: 'pkg:deb/debian/gauge@3.9-1', layer: 2, sha256: 'b'.repeat(64) };
    const now = { at: new Date().toISOString(), host: 'quay', container, image: digest };
    const statement = testStatement({ ...now, files: [{ ...file, ...whole }] });
    await host.sensor({});
    await host.stored();
    const answered = (async () => {
      const asked = () => host.ask(getDesiredConfiguration, { body: { models: [], images: [], wait: 5 } });
      for (let configuration = await asked(); ; configuration = await asked()) {
        const [question] = configuration.questions ?? [];
        if (question === undefined) continue;
        expect(question.container).toBe(container);
        return await host.code({ ...statement, request: question.request });
      }
    })();
    const proven = await run(['code', 'gauge', '--all', ...words()]);
    await answered;
    expect(proven).toMatchObject({ code: 0, stderr: '' });
    expect(proven.stdout).toContain(
      '143 mappings in 2 processes: all of this image, none other since 2026-11-24 12:03:00 UTC.',
    );
    expect(proven.stdout).toMatch(/image\s+\/usr\/bin\/gauge\s+1×\s+2\s+deb\/debian\/gauge@3.9-1\s+b{12}$/mu);
    await host.code({
      ...statement,
      files: [{ ...file, path: '/tmp/\u202ex.so', standing: 'other', why: 'written' }],
      counts: { ...statement.counts, other: 1 },
    });
    await host.stored();
    const other = await run(['code', container.slice(0, 12), '--last', ...words()]);
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(/other, written here\s+\/tmp\/\ufffdx\.so/u);
    const json = await run(['code', 'gauge', '--last', '--format', 'json', ...words()]);
    expect(lines(json.stdout)).toMatchObject([
      { verdict: { kind: 'other' }, statement: { container }, signed: { signature: expect.any(String) } },
    ]);
    await host.code({ ...statement, unjudged: 1 });
    await host.stored();
    expect(await run(['code', 'gauge', '--last', ...words()])).toMatchObject({ code: 3 });
    await host.code({ ...statement, at: '2026-11-24T15:00:00.000Z' });
    await host.stored();
    const old = await run(['code', 'gauge', '--last', ...words()]);
    expect(old).toMatchObject({ code: 3, stdout: expect.stringContaining('What runs now is not known') });
    expect(await run(['code', 'nothing', ...words()])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No container that runs is called nothing\. .*page Containers.* \[not-found\]\n$/),
    });
    await host.sensor({ state: 'missing', reason: 'The sensor needs root.', mechanisms: [] });
    await host.stored();
    expect(await run(['code', 'gauge', ...words()])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no sensor on host quay\. .*needs root.* \[host-silent\]\n$/),
    });
  });

  test.each(ways)('how what runs is protected is printed by $way', async ({ words }) => {
    const containers = async (...more: readonly string[]) => await run(['containers', ...more, ...words()]);
    const { rules } = await call(listRuntimeRules, {}, options);
    const { id = '', version = 0 } = rules.at(-1)?.rule ?? {};
    const armed = { container, mechanisms: ['exec-refused'], since: '2026-11-28T01:00:00Z' } as const;
    await host.sensor({ state: 'missing', reason: 'The sensor needs root.', mechanisms: [] });
    await host.stored();
    const unknown = await containers();
    expect(unknown).toMatchObject({
      code: 3,
      stderr: 'not known to be protected as the rules ask: of 1 running: 1 unknown\n',
    });
    expect(unknown.stdout).toMatch(/^unknown +gauge +quay +Default, version 1$/mu);
    expect(unknown.stdout).toMatch(/\n\ngauge: The sensor needs root\.\n1 running: 1 unknown\.\n$/u);
    await host.sensor({});
    await host.armed({ ...armed, policy: { kind: 'asked', rule: { id, version } } });
    await host.stored();
    const watched = await containers('--host', 'quay');
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(/^watched only +2026-11-28 01:00:00 +gauge +quay +Default, version 1$/mu);
    expect(await containers('--not-protected')).toMatchObject({ code: 0, stdout: 'No container runs that fits.\n' });
    await host.armed({ ...armed, policy: { kind: 'other', reason: 'An older policy is in force.' } });
    await host.stored();
    const lacking = await containers('--format', 'json');
    expect(lacking.code).toBe(1);
    expect(lacking.stderr).toBe('not known to be protected as the rules ask: of 1 running: 1 not protected\n');
    expect(lines(lacking.stdout)).toMatchObject([{ name: 'gauge', protection: { state: 'unprotected' } }]);
    expect(await containers('--environment', '../x')).toMatchObject({ code: 2, stdout: '' });
    for (const nowhere of [
      ['--host', 'quai'],
      ['--environment', 'prod', '--not-protected'],
    ])
      expect(await containers(...nowhere)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/No host (called quai|in prod) reports to the console/),
      });
  });

  test('join an incident, and a model learns anew when it is told to', async () => {
    const { incidents } = await call(listIncidents, { query: {} }, options);
    expect(incidents).toMatchObject([{ host: 'quay', container: { name: 'gauge' }, detections: 1 }]);
    expect(await run(['model', 'relearn', 'surge/gauge-ingest:3.9'])).toMatchObject({ code: 0 });
    const { model } = await call(getModel, { params: { id: modelIdIn(key, undefined) } }, options);
    expect(model).toMatchObject({ state: 'relearning', evidence: { items: [] } });
  });
});
