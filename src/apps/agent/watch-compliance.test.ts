import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog, type SubjectId } from '#base/index.ts';
import { ComplianceFact, type ComplianceOrder, ComplianceStopFact } from '#compliance/contract.ts';
import { type Collecting, collectors, createReporter } from '#inventory/agent/index.ts';
import { startTestEngine, type TestEngine } from '../../../test/make/docker.ts';
import { startRegistry, type TestRegistry } from '../../../test/make/registry.ts';
import { programsImage } from '../../../test/native/programs.ts';
import type { AgentConfig } from './config.ts';
import { type ComplianceWatch, watchCompliance } from './watch-compliance.ts';

let engine: TestEngine;
let registry: TestRegistry;
let collecting: Collecting;
let watch: ComplianceWatch | undefined;
let image = '';
const folder = mkdtempSync(join(tmpdir(), 'seawall-compliance-'));
/** What the console orders, and what became of it. */
let orders: readonly ComplianceOrder[] = [];
const stops: ComplianceStopFact[] = [];
/** What was said of each subject last, by kind and name. */
const said = new Map<string, string>();
const docker = (...words: readonly string[]): string =>
  execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  registry = await startRegistry({});
  image = `${registry.host}/team/shop:1`;
  await engine.load(programsImage(image).bytes);
  docker('push', image);
  const config = {
    local: true,
    dockerSocket: engine.socket,
    introduction: { host: 'node' },
  } as unknown as AgentConfig;
  const send = async (kind: string, body: unknown): Promise<void> => {
    if (kind === 'compliance-stop') stops.push(ComplianceStopFact.parse(body));
    if (kind !== 'compliance') return;
    const { subject, documents } = ComplianceFact.parse(body);
    said.set(`${subject.kind} ${subject.name}`, documents.map(({ text }) => text).join());
  };
  const reporter = createReporter({ send }, silentLog);
  const [collector] = collectors;
  if (collector === undefined) throw new Error('there is no collector');
  collecting = collector.start({
    socket: engine.socket,
    stateFolder: folder,
    settings: { allowEnvironments: [] },
    reporter,
    log: silentLog,
    identify: async (id) => id as SubjectId,
    onEngine: () => watch?.engineChanged(),
    onChange: (change) => watch?.changed(change),
    onImages: () => undefined,
    onContainer: (container) => watch?.describe(container),
  });
  const call = async () => ({ revision: JSON.stringify(orders), orders });
  watch = watchCompliance({ config, link: { call: call as never }, reporter, collecting, log: silentLog });
}, 60_000);
afterAll(async () => {
  await watch?.close();
  await collecting?.close();
  if (docker('ps', '-aq') !== '') docker('rm', '-f', 'shop');
  await engine.stop();
  await registry.end();
  rmSync(folder, { recursive: true });
});

/** Waits until something is said that holds these words. */
async function saidWithin10s(key: string, words: RegExp): Promise<void> {
  await expect.poll(() => said.get(key) ?? '', { timeout: 10_000, interval: 20 }).toMatch(words);
}

test('what changes on a host is told within 10 seconds', async () => {
  await saidWithin10s('host node', /"dataRoot"/);
  docker('run', '-d', '--name', 'shop', '--network', 'none', image, '/bin/sleep', '9999');
  await saidWithin10s('container shop', /"limits":/);
  await saidWithin10s(`reference ${image}`, /"tag"/);
  docker('update', '--memory', '64m', '--memory-swap', '64m', 'shop');
  await saidWithin10s('container shop', /"memory":\{[^}]*"value":67108864/);
  await engine.reload({ debug: true });
  await saidWithin10s('engine node', /"debug":\{[^}]*"value":true/);
  const settings = join(engine.root, '../daemon.json');
  chmodSync(settings, 0o666);
  await saidWithin10s('host node', /"engineConfig":\{[^[]*\[\{"gid":0,"kind":"file","mode":438,/);
}, 60_000);

test('a registry that a container names is asked, and sees no password', async () => {
  await saidWithin10s(`registry ${registry.host}`, /"anonymousListing":\{[^}]*"value":"allowed"/);
  expect(said.get(`registry ${registry.host}`)).toMatch(/"deployedTags":\{[^[]*\[\{"current":"sha256:/);
  expect(registry.said()).not.toMatch(/authorization/i);
}, 60_000);

test('a container is stopped by order, once, and what became of it is told', async () => {
  const id = docker(
    'run',
    '-d',
    '--restart',
    'always',
    '--name',
    'bold',
    '--network',
    'none',
    image,
    '/bin/sleep',
    '9999',
  );
  orders = [{ id: 'first', act: 'stop', container: id }];
  await expect.poll(() => stops, { timeout: 20_000 }).toEqual([{ order: 'first', container: id, outcome: 'stopped' }]);
  expect(docker('inspect', '--format', '{{.State.Status}}', 'bold')).toBe('exited');
  docker('start', 'bold');
  // The list still holds the order that was carried out, and brings another one.
  orders = [...orders, { id: 'second', act: 'stop', container: 'f'.repeat(64) }];
  await expect.poll(() => stops[1], { timeout: 20_000 }).toMatchObject({ order: 'second', outcome: 'ended' });
  expect(docker('inspect', '--format', '{{.State.Status}}', 'bold')).toBe('running');
  orders = [];
  docker('rm', '-f', 'bold');
}, 60_000);
