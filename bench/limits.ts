import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { admissionSchema } from '../src/admission/console/index.ts';
import { reactions } from '../src/apps/console/reactions.ts';
import { isAppError, type SubjectId } from '../src/base/index.ts';
import { publishScan, type ScanPublication } from '../src/catalog/contract.ts';
import { ask, debianPackage, estateSchemas, publicationOf } from '../src/explorer/console/testing.ts';
import { liveEventsPath, listFlaws } from '../src/explorer/contract.ts';
import type { Principal } from '../src/http/console/index.ts';
import { answerOf, userNamed } from '../src/http/console/testing.ts';
import { inventoryHandlers } from '../src/inventory/console/index.ts';
import { containerFact } from '../src/inventory/console/testing.ts';
import { listHosts } from '../src/inventory/contract.ts';
import { type Channel, openChannel } from '../src/link/agent/channel.ts';
import { joinConsole } from '../src/link/agent/index.ts';
import { introductionOf, startTestLink } from '../src/link/console/testing.ts';
import { deliver } from '../src/link/contract.ts';
import { readPlacedVerdicts } from '../src/policy/console/index.ts';
import { runtimeSchema } from '../src/runtime/console/index.ts';
import { readTrustedKeys, threadMatcher } from '../src/vulnerability/index.ts';
import { servicesOn, untilIdle } from './estate/services.ts';
import { imageOf, now } from './estate/store.ts';

/*
 * What an ordinary user and an agent notice while others do their worst: the first page of the explorer and the
 * heartbeat of an agent, at the 95th percentile. The peer is the same console at the same work without them. One token
 * publishes images of as many findings as may be, and one of more packages than may be; one agent reports 80,000
 * containers; one reader of a part of the estate keeps 300 streams open and asks for hosts all the time.
 */
const images = 20;
const attackImages = 2;
const streams = 300;
const containers = 80_000;
const reader = userNamed('ann', ['read']);
const scoped = userNamed('eve', ['read'], ['nothing']);
const publisher: Principal = { kind: 'token', id: 'ci', name: 'ci', permissions: ['publish'], repositories: ['*'] };
const accepted = new Set<SubjectId>();
let published = 0;

const console_ = await startTestLink({
  schemas: [...estateSchemas.slice(2), admissionSchema, runtimeSchema],
  handlers: inventoryHandlers,
});
const { store } = console_;
const folder = await console_.newFolder();
const matcher = threadMatcher(() => readTrustedKeys({ folder: join(folder, 'keys'), files: [] }));
const services = await servicesOn(store, matcher);
await store.start(reactions(services));
await services.vulnerability.useDatabase(databaseFile());
for (let number = 0; number < images; number++) await publishNext();
await untilIdle(store);
console.error(`The estate is filled after ${seconds()} s.`);
const honest = await agentNamed('pier-1');
const hostile = await agentNamed('quay-1');

const peer = await measure(() => pause(10_000));
console.error(`Measured without the attackers after ${seconds()} s.`);
const ours = await measure(attack);
console.error(`Measured with them after ${seconds()} s.`);
print('limits-first-page-p95', ours.page, peer.page);
print('limits-heartbeat-p95', ours.heartbeat, peer.heartbeat);
await untilIdle(store);
const verdicts = await readPlacedVerdicts(store, [...accepted]);
const judged = new Set(verdicts.map(({ subject }) => subject)).size;
console.log(
  `limits-judged-afterwards ours=${judged} peer=${accepted.size} ratio=${(judged / accepted.size).toFixed(2)}`,
);
for (const agent of [honest, hostile]) agent.channel.close();
await services.vulnerability.close();
await services.policy.close();
await services.admission.close();
await console_.close();

/** A signed database file of the estate. */
function databaseFile(): string {
  const file = join(folder, 'advisories.db');
  const script = join(import.meta.dirname, 'estate/database.ts');
  const made = spawnSync(process.execPath, [script, file, join(folder, 'keys'), now.toISOString()], {
    stdio: 'inherit',
  });
  if (made.status !== 0) throw new Error('The database could not be made.');
  return file;
}

async function publish(publication: ScanPublication): Promise<void> {
  const input = { body: publication, principal: publisher };
  const { subject } = (await ask(services.catalog.routes, publishScan.path, input)) as { readonly subject: SubjectId };
  accepted.add(subject);
}

async function publishNext(): Promise<void> {
  await publish(imageOf(published++));
}

interface BenchAgent {
  readonly channel: Channel;
  readonly introduction: ReturnType<typeof introductionOf>;
  readonly epoch: string;
  sequence: number;
}

async function agentNamed(host: string): Promise<BenchAgent> {
  const introduction = introductionOf(host, { environment: 'prod' });
  const identity = await joinConsole({
    consoleUrl: console_.url,
    token: await console_.token({ environments: ['prod'] }),
    stateFolder: await console_.newFolder(),
    introduction,
  });
  return { channel: openChannel(identity), introduction, epoch: randomUUID(), sequence: 1 };
}

async function send(agent: BenchAgent, bodies: readonly object[]): Promise<void> {
  const { channel, introduction, epoch, sequence } = agent;
  const at = new Date().toISOString();
  const facts = bodies.map((body) => ({ kind: 'container', at, body: JSON.parse(JSON.stringify(body)) }));
  await channel.call(deliver, { body: { introduction, epoch, sequence, sentAt: at, lost: 0, facts } });
  agent.sequence += facts.length;
}

interface Measured {
  readonly page: number;
  readonly heartbeat: number;
}

/** While the work goes on, a build is published now and then, pages are read and an agent says that it is there. */
async function measure(work: () => Promise<unknown>): Promise<Measured> {
  let going = true;
  const working = work().finally(() => {
    going = false;
  });
  const [page, heartbeat]: [number[], number[]] = [[], []];
  const { routes } = services.explorer;
  for (let round = 0; going; round++) {
    if (round % 20 === 0) await publishNext();
    page.push(
      await milliseconds(async () => await answerOf(routes, { endpoint: listFlaws, input: {}, principal: reader })),
    );
    heartbeat.push(await milliseconds(async () => await send(honest, [])));
    await pause(50);
  }
  await working;
  return { page: percentile(page, 0.95), heartbeat: percentile(heartbeat, 0.95) };
}

async function attack(): Promise<void> {
  const leave = new AbortController();
  const asking = askForHosts(leave.signal);
  for (let stream = 0; stream < streams; stream++) {
    await services.explorer.streams
      .find(({ path }) => path === liveEventsPath)
      ?.open({ principal: scoped, query: {}, signal: leave.signal, send: () => undefined });
  }
  await Promise.all([attackAsToken(), attackAsAgent()]);
  await untilIdle(store);
  leave.abort();
  await asking;
}

async function attackAsToken(): Promise<void> {
  const refused = await publish(manyPackages(90_000, 130_000)).then(
    () => false,
    (error: unknown) => isAppError(error),
  );
  if (!refused) throw new Error('An image of 130,000 packages was accepted.');
  for (let number = 0; number < attackImages; number++) await publish(manyPackages(90_001 + number, 9_000));
}

/** Packages of a source that has four flaws. */
function manyPackages(number: number, count: number): ScanPublication {
  const source = { name: 'package-0', version: '1.0-1' };
  return publicationOf({
    number,
    names: [`registry.example.org/attack/${number}:1`],
    packages: Array.from({ length: count }, (_, at) => ({
      ...debianPackage(`attack-${number}-${at}`, '1.0-1'),
      source,
    })),
    scannedAt: now.toISOString(),
  });
}

async function attackAsAgent(): Promise<void> {
  const atOnce = 1_000;
  for (let from = 0; from < containers; from += atOnce) {
    await send(
      hostile,
      Array.from({ length: atOnce }, (_, at) => containerFact(`container-${from + at}`, 'shop/web:1')),
    );
  }
}

async function askForHosts(signal: AbortSignal): Promise<void> {
  const { routes } = services.inventory;
  while (!signal.aborted) await answerOf(routes, { endpoint: listHosts, input: {}, principal: scoped });
}

function seconds(): string {
  return (performance.now() / 1000).toFixed(0);
}

function percentile(times: readonly number[], part: number): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length * part)] ?? Number.NaN;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function print(name: string, ours: number, other: number): void {
  console.log(`${name} ours=${ours.toFixed(1)}ms peer=${other.toFixed(1)}ms ratio=${(ours / other).toFixed(2)}`);
}
