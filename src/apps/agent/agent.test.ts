import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ImageDigest, SubjectId } from '#base/index.ts';
import { readExecutables } from '#catalog/agent/index.ts';
import { listWantedScans, ScanPublication } from '#catalog/contract.ts';
import { route } from '#http/console/index.ts';
import { ContainerFact, HostFact, ImageFact, PresentFact, SubjectFact, UnscannedFact } from '#inventory/contract.ts';
import { ask, busyboxImage, removeContainer, startContainer } from '#inventory/agent/testing.ts';
import { startTestLink, type TestLink } from '#link/console/testing.ts';
import { SensorFact } from '#runtime/contract.ts';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { dpkgStatus, osRelease } from '../../../test/make/packages.ts';
import { openHostPackages } from './host-packages.ts';
import type { HostScanNews } from './news.ts';

const main = join(import.meta.dirname, '../cli/main.ts');
const soon = { timeout: 45_000, interval: 20 };
const made = busyboxImage(
  ['shop/box:1'],
  [osRelease('debian', '12'), dpkgStatus([{ name: 'libc6', version: '2.36-9', source: 'glibc' }])],
);
const schemas = {
  host: HostFact,
  image: ImageFact,
  container: ContainerFact,
  present: PresentFact,
  subject: SubjectFact,
  unscanned: UnscannedFact,
  scan: ScanPublication,
  sensor: SensorFact,
};
type Kind = keyof typeof schemas;

/** A console as agents meet it: keeps what they send, wants what it has no scan of. */
interface Harbour {
  readonly link: TestLink;
  readonly facts: { readonly kind: Kind; readonly body: unknown }[];
  readonly had: Set<SubjectId>;
}

async function openHarbour(): Promise<Harbour> {
  const facts: Harbour['facts'] = [];
  const had = new Set<SubjectId>();
  const take = (kind: Kind) => async (_: unknown, __: unknown, reported: readonly { readonly body: unknown }[]) => {
    for (const { body } of reported) {
      const fact = schemas[kind].parse(body);
      facts.push({ kind, body: fact });
      if (kind === 'scan') had.add(idOf(fact as ScanPublication));
    }
  };
  const kinds = Object.keys(schemas) as Kind[];
  const link = await startTestLink({
    handlers: {
      ...Object.fromEntries(kinds.map((kind) => [kind, take(kind)])),
      use: async () => undefined,
    },
    routes: [
      route({ ...listWantedScans, needs: 'report' }, async ({ body }) => ({
        wanted: body.subjects.filter((subject) => !had.has(subject) && !subject.startsWith('host:')),
      })),
    ],
  });
  return { link, facts, had };
}

function idOf({ subject }: ScanPublication): SubjectId {
  return subject.kind === 'image' ? (subject.digest as string as SubjectId) : subject.id;
}

describe('an agent', { timeout: 120_000 }, () => {
  let harbour: Harbour;
  let engine: TestEngine;
  const agents: ChildProcess[] = [];
  beforeAll(async () => {
    harbour = await openHarbour();
    engine = await startTestEngine({ store: 'containerd' });
    await engine.load(made.bytes);
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) await end(agent, 'SIGKILL');
    harbour.facts.length = 0;
  });
  afterAll(async () => {
    await engine?.stop();
    await harbour?.link.close();
  });

  interface Running {
    readonly process: ChildProcess;
    readonly news: HostScanNews[];
    readonly said: () => string;
  }

  async function start(state: string, { token = '', words = [] as readonly string[] } = {}): Promise<Running> {
    const fixed = [
      'agent',
      '--console',
      harbour.link.url,
      '--engine',
      engine.socket,
      '--state',
      state,
      '--news',
      '--no-runtime',
      '--no-gates',
    ];
    // Reading this machine's own files takes long: the state says that they were scanned.
    const packages = openHostPackages(state);
    await packages.scanned(packages.current());
    const child = spawn(process.execPath, [main, ...fixed, '--host-name', 'pier-1', ...words], {
      env: { PATH: process.env['PATH'], SEAWALL_TOKEN: token, XDG_CACHE_HOME: join(state, 'cache') },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    agents.push(child);
    const news: HostScanNews[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => void news.push(JSON.parse(line) as HostScanNews));
    let said = '';
    child.stderr.on('data', (text: Buffer) => void (said += text.toString()));
    return { process: child, news, said: () => said };
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
    if (child.exitCode !== null || child.signalCode !== null) return 0;
    const began = performance.now();
    child.kill(signal);
    await once(child, 'exit');
    return performance.now() - began;
  }

  const last = <K extends Kind>(kind: K) =>
    harbour.facts.findLast((fact) => fact.kind === kind)?.body as ReturnType<(typeof schemas)[K]['parse']> | undefined;
  const scansOf = (subject: string) =>
    harbour.facts.filter(({ kind, body }) => kind === 'scan' && idOf(body as ScanPublication) === subject);

  test('joins, tells what its host holds, scans what is wanted, and ends when it is told to', async () => {
    const state = await harbour.link.newFolder();
    const token = await harbour.link.token({ environments: ['prod'] });
    const local = await start(state, { token, words: ['--environment', 'prod'] });
    // What one that watched said before must not hold on.
    await expect
      .poll(() => last('sensor'), soon)
      .toMatchObject({ state: 'missing', reason: expect.stringContaining('--no-runtime') });
    await expect.poll(() => last('scan'), soon).toMatchObject({ subject: { kind: 'image', digest: made.digest } });
    const publication = scansOf(made.digest)[0]?.body as ScanPublication;
    expect(publication).toMatchObject({
      target: 'shop/box:1',
      subject: { names: ['shop/box:1'] },
      catalog: {
        packages: [
          { name: 'libc6', version: '2.36-9' },
          { name: 'busybox', type: 'generic' },
        ],
      },
      scanner: { name: 'seawall' },
    });
    expect(harbour.facts.find(({ kind }) => kind === 'present')?.body).toMatchObject({ images: [expect.any(String)] });
    expect(last('image')).toMatchObject({ subject: made.digest, names: ['shop/box:1'] });
    expect(last('subject')).toEqual({ subject: 'host:pier-1', state: 'present', names: ['pier-1'] });
    expect(last('host')).toMatchObject({ environment: 'prod', engine: { kind: 'docker', imageStore: 'containerd' } });

    const before = performance.now();
    const id = await startContainer(engine.socket, {});
    await expect.poll(() => last('container'), soon).toMatchObject({ id, state: 'running', environment: 'prod' });
    expect(performance.now() - before).toBeLessThan(5000);
    await removeContainer(engine.socket, id);
    await expect.poll(() => last('container'), soon).toMatchObject({ id, state: 'removed' });

    expect(await end(local.process, 'SIGTERM')).toBeLessThan(4000);
    expect(local.process.exitCode).toBe(0);
    const ofScans = local.news.map(({ kind }) => kind).filter((kind) => kind !== 'sensor' && kind !== 'gate');
    expect(ofScans.slice(0, 2)).toEqual(['found', 'scanning']);
    expect(local.news.map(({ kind }) => kind)).toContain('sensor');
    expect(existsSync(join(state, 'agent.lock'))).toBe(false);
    const log = readFileSync(join(state, 'agent.log'), 'utf8');
    expect(
      log
        .split('\n')
        .filter(Boolean)
        .every((line) => JSON.parse(line).time !== undefined),
    ).toBe(true);
    expect(log).not.toContain('seawall-join_');
  });

  test('needs its token once, scans nothing twice, and shares its state with no other', async () => {
    const state = await harbour.link.newFolder();
    const token = await harbour.link.token();
    const local = { words: ['--instance', 'blue'] };
    const first = await start(state, { ...local, token });
    await expect.poll(() => last('present'), soon).toBeDefined();
    const second = await start(state, { ...local, token });
    await expect.poll(() => second.process.exitCode, soon).toBe(2);
    expect(second.said()).toContain('[already-running]');
    await end(first.process, 'SIGKILL');
    harbour.facts.length = 0;

    const third = await start(state, local);
    await expect.poll(() => last('present'), soon).toBeDefined();
    await expect.poll(() => third.news.length, soon).toBeGreaterThan(0);
    expect(scansOf(made.digest)).toEqual([]);
  });

  test('has the executables of what it scanned, and of what runs though others scanned it, until the image is gone', async () => {
    const extra = busyboxImage(['shop/other:1'], [osRelease('debian', '11')]);
    await engine.load(extra.bytes);
    harbour.had.add(made.digest as string as SubjectId).add(extra.digest as string as SubjectId);
    const state = await harbour.link.newFolder();
    const agent = await start(state, { token: await harbour.link.token(), words: ['--instance', 'grey'] });
    const known = async (digest: string) => await readExecutables(state, digest as ImageDigest);
    await expect.poll(() => agent.news.at(-1)?.kind, soon).toBe('idle');
    expect([await known(made.digest), await known(extra.digest)]).toEqual([undefined, undefined]);

    const id = await startContainer(engine.socket, {});
    await expect.poll(async () => await known(made.digest), soon).toBeDefined();
    const busybox = (await known(made.digest))?.executables.find(({ path }) => path.endsWith('busybox'));
    expect(busybox).toMatchObject({ kind: 'elf', elf: { type: 'executable' } });
    expect([await known(extra.digest), scansOf(made.digest), scansOf(extra.digest)]).toEqual([undefined, [], []]);

    await removeContainer(engine.socket, id);
    await ask(engine.socket, ['DELETE', '/images/shop%2Fbox:1?force=1']);
    await expect.poll(async () => await known(made.digest), soon).toBeUndefined();
    await engine.load(made.bytes);
  });

  test('without a token, of a host that has not joined, says what it needs', async () => {
    const agent = await start(await harbour.link.newFolder());
    await expect.poll(() => agent.process.exitCode, soon).toBe(2);
    expect(agent.said()).toContain('--token-file FILE');
  });

  test('tells a target that cannot be read, and takes it back when it can', async () => {
    const state = await harbour.link.newFolder();
    const archive = join(state, 'image.tar');
    writeFileSync(archive, made.bytes.subarray(0, 2000));
    const words = ['--no-local-scan', '--also', `archive:${archive}`, '--instance', 'green'];
    const first = await start(state, { token: await harbour.link.token(), words });
    await expect
      .poll(() => last('unscanned'), soon)
      .toMatchObject({
        target: `archive:${archive}`,
        state: 'unscanned',
        code: expect.stringMatching(/^target-/),
      });
    await expect.poll(() => first.news.at(-1), soon).toEqual({ kind: 'idle', known: 1, unscanned: 1 });
    await end(first.process, 'SIGTERM');

    writeFileSync(archive, made.bytes);
    const second = await start(state, { words });
    await expect.poll(() => last('subject'), soon).toMatchObject({ subject: made.digest, names: ['shop/box:1'] });
    await expect.poll(() => second.news.at(-1), soon).toEqual({ kind: 'idle', known: 1, unscanned: 0 });
    await expect.poll(() => last('unscanned'), soon).toMatchObject({ target: `archive:${archive}`, state: 'scanned' });
    second.process.stdin?.end();
    await ask(engine.socket, ['GET', '/_ping']);
  });

  test('ends with the program that started it', async () => {
    const words = ['--until-input-ends', '--no-local-scan', '--instance', 'red'];
    const agent = await start(await harbour.link.newFolder(), { token: await harbour.link.token(), words });
    await expect.poll(() => agent.news.at(-1)?.kind, soon).toBe('idle');
    agent.process.stdin?.end();
    await expect.poll(() => agent.process.exitCode, soon).toBe(0);
  });
});
