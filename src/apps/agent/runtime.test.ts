import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createHash, randomUUID, verify, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { listWantedScans, type ScanPublication } from '#catalog/contract.ts';
import { route } from '#http/console/index.ts';
import { codeVerdictOf, emptyEvidence, mergeEvidence, signedBytesOf } from '#runtime/index.ts';
import { startTestLink, type TestLink } from '#link/console/testing.ts';
import {
  BehaviourFact,
  type CodeQuestion,
  CodeStatement,
  Detection,
  getDesiredConfiguration,
  LossFact,
  type Model,
  type RuntimeRule,
  SensorFact,
  SignedCode,
} from '#runtime/contract.ts';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { docker, loadProgramImage } from '../../../test/make/program-image.ts';
import { openHostPackages } from './host-packages.ts';

const root = join(import.meta.dirname, '../../..');
const native = join(root, 'native');
const main = join(import.meta.dirname, '../cli/main.ts');
const soon = { timeout: 60_000, interval: 50 };
const image = 'programs:1';
const schemas = {
  behaviour: BehaviourFact,
  detection: Detection,
  loss: LossFact,
  sensor: SensorFact,
  code: SignedCode,
};
const instance = `test-${process.pid}`;

const watching: RuntimeRule = {
  id: 'watch',
  version: 1,
  name: 'Watch',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'protect-ready',
  execSessions: 'judge',
  neverLearn: [],
};

describe('an agent with a sensor', { timeout: 180_000 }, () => {
  const reported: { readonly kind: string; readonly body: unknown }[] = [];
  const scanned = new Set<string>();
  let rules: readonly RuntimeRule[] = [watching];
  let models: readonly Model[] = [];
  let questions: readonly CodeQuestion[] = [];
  let link: TestLink;
  let engine: TestEngine;
  let state = '';
  let token = '';
  let agent: ChildProcess | undefined;
  let said = '';

  beforeAll(async () => {
    const built = spawnSync('flock', [native, 'make', '--silent', '-C', native]);
    if (built.status !== 0) throw new Error(`The sensor does not build: ${built.stderr}`);
    const take =
      (kind: keyof typeof schemas) => async (_: unknown, __: unknown, facts: readonly { readonly body: unknown }[]) => {
        for (const { body } of facts) reported.push({ kind, body: schemas[kind].parse(body) });
      };
    const ignored = ['host', 'image', 'container', 'present', 'subject', 'unscanned', 'use'];
    link = await startTestLink({
      handlers: {
        ...Object.fromEntries(ignored.map((kind) => [kind, async () => undefined])),
        scan: async (_: unknown, __: unknown, facts: readonly { readonly body: unknown }[]) => {
          for (const { body } of facts) {
            const { subject } = body as ScanPublication;
            if (subject.kind === 'image') scanned.add(subject.digest);
          }
        },
        ...Object.fromEntries((Object.keys(schemas) as (keyof typeof schemas)[]).map((kind) => [kind, take(kind)])),
      },
      routes: [
        route({ ...listWantedScans, needs: 'report' }, async ({ body }) => ({
          wanted: body.subjects.filter((subject) => !scanned.has(subject) && !subject.startsWith('host:')),
        })),
        route(getDesiredConfiguration, async ({ body }) => ({
          revision: createHash('sha256')
            .update(JSON.stringify([rules, models, questions]))
            .digest('hex')
            .slice(0, 16),
          bucketSeconds: 5,
          rules,
          collections: [],
          questions: [...questions],
          models: models.filter(({ key, version }) =>
            body.models.some((has) => isDeepStrictEqual(has.key, key) && has.version < version),
          ),
        })),
      ],
    });
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
    await loadProgramImage(engine, image);
    state = await link.newFolder();
    token = await link.token({ uses: 1 });
    await startAgent();
  }, 120_000);

  beforeEach(() => void (reported.length = 0));
  afterEach(async () => {
    const all = await docker(engine, 'ps', '-aq');
    if (all.stdout !== '') await docker(engine, 'rm', '-f', ...all.stdout.split('\n'));
  });
  afterAll(async () => {
    await endAgent('SIGTERM');
    for (const pid of sensors()) process.kill(pid, 'SIGTERM');
    spawnSync(join(native, 'build/seawall-sensor'), ['--instance', instance, '--remove']);
    await engine?.stop();
    await link?.close();
  });

  /** Processes of the sensor that the agent started. */
  function sensors(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
          return words[0]?.endsWith('seawall-sensor') === true && words.includes(instance);
        } catch {
          return false;
        }
      });
  }

  async function startAgent(): Promise<void> {
    const packages = openHostPackages(state);
    await packages.scanned(packages.current());
    const places = ['--console', link.url, '--engine', engine.socket, '--state', state];
    agent = spawn(process.execPath, [main, 'agent', ...places, '--host-name', 'pier-1', '--instance', instance], {
      env: { PATH: process.env['PATH'], SEAWALL_TOKEN: token, XDG_CACHE_HOME: join(state, 'cache') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    agent.stderr?.on('data', (text: Buffer) => void (said += text.toString()));
    const known = reported.length;
    const works = () =>
      reported.slice(known).some(({ kind, body }) => kind === 'sensor' && (body as SensorFact).state === 'working');
    await vi.waitUntil(works, soon);
  }

  async function endAgent(signal: NodeJS.Signals): Promise<void> {
    if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
    agent.kill(signal);
    await once(agent, 'exit');
  }

  /** Told twice with one id it counts once, as with the console. */
  const detections = (): readonly Detection[] => {
    const all = reported.flatMap(({ kind, body }) => (kind === 'detection' ? [body as Detection] : []));
    return [...new Map(all.map((one) => [one.id, one])).values()];
  };
  const about = (path: string) => detections().filter(({ process: { path: seen } }) => seen === path);

  /** Follows the configuration: the sensor has the policy that says so. */
  async function order(rule: RuntimeRule): Promise<void> {
    rules = [rule];
    const file = join(state, 'runtime/orders.json');
    const has = () => existsSync(file) && readFileSync(file, 'utf8').includes(`"version":${rule.version},`);
    await vi.waitUntil(has, soon);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  const dropped = ['sh', '-c', 'cp /bin/id /tmp/dropped; /tmp/dropped; sleep 300'];

  test('says what protects the host, learns what a container does, and keeps it', async () => {
    await docker(
      engine,
      'run',
      '-d',
      '--name',
      'web',
      '--network',
      'none',
      image,
      'sh',
      '-c',
      '/bin/ls; /bin/sleep 300; true',
    );
    const learned = () =>
      reported.flatMap(({ kind, body }) => (kind === 'behaviour' ? (body as BehaviourFact).evidence.items : []));
    const paths = () => new Set(learned().flatMap(({ fact }) => (fact.dimension === 'process' ? [fact.path] : [])));
    await expect.poll(() => [...paths()].toSorted(), soon).toEqual(['/bin/ls', '/bin/sh', '/bin/sleep']);
    const key = reported.flatMap(({ kind, body }) => (kind === 'behaviour' ? [(body as BehaviourFact).key] : []))[0];
    expect(key?.entrypoint).toEqual(['sh', '-c', '/bin/ls; /bin/sleep 300; true']);
    const started = () =>
      reported.some(
        ({ kind, body }) => kind === 'behaviour' && (body as BehaviourFact).evidence.starts.bits !== undefined,
      );
    await expect.poll(started, soon).toBe(true);
    expect(detections()).toEqual([]);
    // A file that is being written has another name until it is whole.
    const kept = [expect.stringMatching(/^[0-9a-f]{32}\.json\.zst$/)];
    await expect.poll(() => readdirSync(join(state, 'models')), soon).toEqual(kept);
  });

  test('tells a program that is not the image’s with its hashes, who started it, and the container', async () => {
    await docker(engine, 'run', '-d', '--name', 'odd', '--network', 'none', image, ...dropped);
    await expect.poll(() => about('/tmp/dropped').length, soon).toBe(1);
    const [detection] = about('/tmp/dropped');
    const busybox = readFileSync('/usr/bin/busybox');
    expect(detection).toMatchObject({
      dimension: 'process',
      effect: 'alert',
      outcome: 'observed',
      container: { name: 'odd', image },
      session: 'entry',
      process: {
        sha256: createHash('sha256').update(busybox).digest('hex'),
        md5: createHash('md5').update(busybox).digest('hex'),
      },
      rule: { id: 'watch' },
    });
    expect(detection?.ancestors.map(({ path }) => path)).toContain('/bin/sh');
  });

  /** What the host says of a container when it is asked. */
  async function codeOf(name: string): Promise<CodeStatement> {
    const { stdout } = await docker(engine, 'inspect', '--format', '{{.Id}}', name);
    const request = randomUUID();
    questions = [{ container: stdout, request }];
    const signed = () => reported.flatMap(({ kind, body }) => (kind === 'code' ? [body as SignedCode] : []));
    const statements = () => signed().map((one) => CodeStatement.parse(JSON.parse(one.statement)));
    await expect.poll(() => statements().some((one) => one.request === request), soon).toBe(true);
    const [statement] = statements().filter((one) => one.request === request);
    if (statement === undefined) throw new Error('It is not there any more.');
    for (const { statement: text, signature, certificate } of signed())
      expect(
        verify(
          'sha256',
          signedBytesOf(text),
          new X509Certificate(certificate).publicKey,
          Buffer.from(signature, 'base64'),
        ),
      ).toBe(true);
    return statement;
  }

  test('says what code runs in a container, with layer, package and hash', async () => {
    await docker(
      engine,
      'run',
      '-d',
      '--name',
      'whole',
      '--network',
      'none',
      image,
      'sh',
      '-c',
      '/bin/sleep 300; true',
    );
    await expect
      .poll(async () => (await docker(engine, 'top', 'whole', '-o', 'pid,args')).stdout, soon)
      .toMatch(/\s\/bin\/sleep 300$/m);
    const sha256 = createHash('sha256').update(readFileSync('/usr/bin/busybox')).digest('hex');
    const ofImage = { standing: 'image', mappings: 1, processes: 1, layer: 0, sha256 };
    // The sensor has the table of the image a moment after its first container.
    await expect.poll(async () => (await codeOf('whole')).files[0]?.standing, soon).toBe('image');
    const statement = await codeOf('whole');
    expect(statement).toMatchObject({
      host: `pier-1/${instance}`,
      name: 'whole',
      processes: 2,
      passed: 0,
      unjudged: 0,
      files: [
        { path: '/bin/sh', ...ofImage },
        { path: '/bin/sleep', ...ofImage },
      ],
    });
    expect(codeVerdictOf(statement, { now: new Date(), isAway: false, isSigned: true, ...statement })).toMatchObject({
      kind: 'proven',
    });
    const hidden = ['sh', '-c', '/bin/in-memory /bin/sleep sleep 300; true'];
    await docker(engine, 'run', '-d', '--name', 'hidden', '--network', 'none', image, ...hidden);
    await expect.poll(() => detections().length, soon).toBeGreaterThan(0);
    const other = await codeOf('hidden');
    expect(other.files[0]).toMatchObject({ path: 'memfd:hidden', standing: 'other', why: 'memory' });
    expect(codeVerdictOf(other, { now: new Date(), isAway: false, isSigned: true, ...other })).toMatchObject({
      kind: 'other',
    });
  });

  test('has it refused once a rule says so', async () => {
    await order({ ...watching, version: 2, drift: 'prevent' });
    await docker(engine, 'run', '-d', '--name', 'odd', '--network', 'none', image, ...dropped);
    await expect.poll(() => about('/tmp/dropped').map(({ outcome }) => outcome), soon).toHaveLength(1);
    expect(['refused', 'killed']).toContain(about('/tmp/dropped')[0]?.outcome);
  });

  test('ends the container where a rule says so', async () => {
    await order({ ...watching, version: 3, drift: 'block' });
    await docker(engine, 'run', '-d', '--name', 'odd', '--network', 'none', image, ...dropped);
    await expect.poll(() => about('/tmp/dropped').map(({ outcome }) => outcome), soon).toEqual(['stopped']);
    const ended = await docker(engine, 'inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', 'odd');
    expect(ended.stdout).toBe('exited 137');
  });

  test('has refused what a model lacks, after the container listens, and knows a health check', async () => {
    const script =
      '/bin/sleep 1; /bin/nc -l -p 4000 & /bin/sleep 2; [ -e /tmp/go ] && /bin/id; /bin/touch /tmp/done; /bin/sleep 300; true';
    const run = async (name: string, ...words: readonly string[]) => {
      const check = ['--health-cmd', '/bin/ls /tmp', '--health-interval', '1s'];
      await docker(
        engine,
        'run',
        '-d',
        '--name',
        name,
        '--network',
        'none',
        ...check,
        ...words,
        image,
        'sh',
        '-c',
        script,
      );
    };
    await order({ ...watching, version: 5, process: 'prevent', preventFrom: 'active' });
    await run('teacher');
    const evidence = () =>
      reported
        .flatMap(({ kind, body }) => (kind === 'behaviour' ? [body as BehaviourFact] : []))
        .filter(({ key }) => key.entrypoint.includes(script));
    const learned = () => evidence().reduce((sum, one) => mergeEvidence(sum, one.evidence), emptyEvidence);
    const has = (path: string, session?: string) =>
      learned().items.some(
        ({ fact }) => fact.dimension === 'process' && fact.path === path && fact.session === session,
      );
    await vi.waitUntil(
      () => has('/bin/touch') && has('/bin/sh', 'health-check') && has('/bin/ls', 'health-check'),
      soon,
    );
    expect(detections().filter(({ process: { path } }) => path !== '/bin/nc')).toEqual([]);
    const [key] = evidence().map((one) => one.key);
    if (key === undefined) throw new Error('Nothing was learned.');
    await docker(engine, 'rm', '-f', 'teacher');
    models = [
      {
        key,
        version: 1,
        state: 'active',
        partial: false,
        evidence: { ...learned(), items: learned().items.map((entry) => ({ ...entry, state: 'confirmed' })) },
        convergence: {},
        activatedBy: 'someone',
        activatedAt: new Date().toISOString(),
      },
    ];
    await run('pupil', '--tmpfs', '/tmp:mode=1777', '-e', 'A=1');
    await docker(engine, 'exec', 'pupil', 'touch', '/tmp/go');
    await expect.poll(() => about('/bin/id').map(({ outcome }) => outcome), soon).toHaveLength(1);
    expect(about('/bin/id')[0]).toMatchObject({ detector: 'unexpected-process', effect: 'prevent', session: 'entry' });
    expect(['refused', 'killed']).toContain(about('/bin/id')[0]?.outcome);
  });

  test('tells what happened while it was away, each once, and enforces all the time', async () => {
    await order({ ...watching, version: 4, drift: 'prevent' });
    await docker(engine, 'create', '--name', 'later', '--network', 'none', image, ...dropped);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = sensors();
    await endAgent('SIGKILL');
    await docker(engine, 'start', 'later');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(sensors()).toEqual(before);
    await startAgent();
    await expect.poll(() => about('/tmp/dropped').length, soon).toBe(1);
    expect(['refused', 'killed']).toContain(about('/tmp/dropped')[0]?.outcome);
    expect(about('/tmp/dropped')[0]?.container.name).toBe('later');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(new Set(detections().map(({ id }) => id)).size).toBe(detections().length);
    expect(reported.filter(({ kind }) => kind === 'loss')).toEqual([]);
    expect(said).not.toContain('Nothing is seen');
  });
});
