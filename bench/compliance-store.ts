/**
 * What a console does with facts of many containers, over HTTP as people and agents ask it: how long 90,000 first results
 * take until they are stored and how long signing in and the first page of the explorer take meanwhile, beside the same with
 * nothing to do; then how long pages take with 10,000 containers in 400 configurations, and what one container that changes
 * costs there. The peers are what each may take.
 */
import { createHash } from 'node:crypto';
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createUser, signIn } from '#access/contract.ts';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import {
  type ComplianceFact,
  getCompliance,
  getComplianceSummary,
  listFindingsByCheck,
  listSubjectsOfCheck,
} from '#compliance/contract.ts';
import { containerOfInspect } from '#inventory/index.ts';
import type { AgentLink } from '#link/agent/index.ts';
import { containerChecks } from '../src/compliance/checks/container/index.ts';
import { documentText } from '../src/compliance/document.ts';
import { aroundFor, recorded } from '../src/inventory/settings/container/testing.ts';
import { freePort } from '../test/journeys/make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from '../test/journeys/real-console.ts';
import { type Joined, joinAsAgent } from './compliance/agent.ts';
import { treeSeconds, untilQuiet } from './compliance/cpu.ts';

const results = 90_000;
const [hosts, containersEach, configurations] = [10, 1000, 400];
const changes = 20;
const signIns = 14;
/** Seconds and milliseconds that each may take. */
const limits = { store: 5, busy: 1.5, page: 200, change: 100 };
const closers: (() => Promise<unknown> | void)[] = [];
const around = aroundFor({ containers: { plain: { hostNamespaces: [], mounts: [] } } });

try {
  const { folder: state, remove } = makeStateFolder();
  closers.push(remove);
  const linkPort = await freePort();
  const served = await startConsole({ state, linkPort });
  closers.push(() => served.end('SIGTERM'));
  const joined = { origin: served.origin, linkPort, token: await newToken(state, 'bench', 'administrator') };
  const bench: Bench = {
    served,
    joined,
    ask: (endpoint, input = {}) => call(endpoint, input, { baseUrl: joined.origin, token: joined.token }),
  };
  await measureFirst(bench);
  await measurePages(bench);
  console.log(`compliance-store load=${loadavg()[0]?.toFixed(1)}`);
} finally {
  for (const close of closers.toReversed()) await close();
}

interface Bench {
  readonly served: RealConsole;
  readonly joined: Joined;
  ask<E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>): Promise<ReplyOf<E>>;
}

/** One host tells of so many containers of which no two are alike that they have 90,000 results. */
async function measureFirst(bench: Bench): Promise<void> {
  const { served, joined, ask } = bench;
  const count = Math.ceil(results / containerChecks.length);
  const facts = await factsOf('first', count, { ways: count, from: 10_000 });
  const links = Array.from({ length: 2 * signIns }, (_, at) => at);
  const secrets: string[] = [];
  for (const at of links)
    secrets.push((await ask(createUser, { body: { name: `user-${at}`, role: 'developer' } })).secret ?? '');
  const { link, close } = await joinAsAgent(joined, 'first');
  await untilQuiet(served.pid);
  const idle = await pages(joined, secrets.splice(0, signIns), () => false);
  const [began, cpu] = [performance.now(), treeSeconds(served.pid)];
  let isStored = false;
  const stored = storeAll(bench, link, facts).then(() => {
    isStored = true;
    return (performance.now() - began) / 1000;
  });
  const busy = await pages(joined, secrets, () => !isStored);
  const took = await stored;
  print('compliance-first-results', took, limits.store);
  console.log(
    `compliance-first-results-processor ours=${(treeSeconds(served.pid) - cpu).toFixed(2)}s for ${count * containerChecks.length} results of ${count} containers`,
  );
  for (const name of ['signIn', 'explorer'] as const)
    print(`compliance-first-results-${name.toLowerCase()}-p95`, p95(busy[name]), limits.busy * p95(idle[name]));
  for (const { subject } of facts) await link.send('compliance', { subject, documents: [] });
  await link.flushed();
  await untilQuiet(served.pid);
  await close();
}

/** Sends facts and waits until all of them have their results. */
async function storeAll({ ask }: Bench, link: AgentLink, facts: readonly ComplianceFact[]): Promise<void> {
  await Promise.all(facts.map(async (fact) => await link.send('compliance', fact)));
  await link.flushed();
  for (;;) {
    const { subjects, unanswered } = await ask(getComplianceSummary);
    if (subjects >= facts.length && unanswered === 0) return;
    await wait(100);
  }
}

interface Times {
  readonly signIn: number[];
  readonly explorer: number[];
}

/** Signs in with each link and asks for the explorer's first page, by turns; goes on with pages while there is work. */
async function pages({ origin, token }: Joined, secrets: readonly string[], goesOn: () => boolean): Promise<Times> {
  const times: Times = { signIn: [], explorer: [] };
  const headers = { authorization: `Bearer ${token}` };
  for (let at = 0; at < secrets.length || goesOn(); at += 1) {
    const secret = secrets[at];
    const body = JSON.stringify({ by: 'link', secret });
    if (secret !== undefined)
      times.signIn.push(
        await answered(origin + signIn.path, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
      );
    times.explorer.push(await answered(`${origin}/api/v1/vulnerabilities`, { headers }));
    await wait(100);
  }
  return times;
}

async function answered(url: string, request: RequestInit): Promise<number> {
  const start = performance.now();
  const reply = await fetch(url, request);
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${text}`);
  return performance.now() - start;
}

/** 10,000 containers in 400 configurations on ten hosts. */
async function measurePages(bench: Bench): Promise<void> {
  const { served, joined, ask } = bench;
  const links: AgentLink[] = [];
  for (let at = 0; at < hosts; at += 1) {
    const { link, close } = await joinAsAgent(joined, `host-${at}`);
    closers.push(close);
    links.push(link);
    for (const fact of await factsOf(`host-${at}`, containersEach, { ways: configurations }))
      await link.send('compliance', fact);
  }
  for (const link of links) await link.flushed();
  await untilQuiet(served.pid, 300);
  const { subjects, unanswered } = await ask(getComplianceSummary);
  if (subjects < hosts * containersEach || unanswered > 0) throw new Error(`${subjects} subjects, ${unanswered} wait.`);
  const { id = '' } = (await factsOf('host-3', 1, { ways: 1 }))[0]?.subject ?? {};
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    summary: () => ask(getComplianceSummary),
    'findings-by-check': () => ask(listFindingsByCheck),
    'subjects-of-check': () =>
      ask(listSubjectsOfCheck, { params: { check: 'CTR-006' }, query: { status: 'fail', limit: 100 } }),
    subject: () => ask(getCompliance, { params: { host: 'host-3', kind: 'container', id } }),
  };
  for (const [name, one] of Object.entries(asked)) {
    const times: number[] = [];
    for (let run = 0; run < 20; run += 1) times.push(await milliseconds(one));
    print(`compliance-page-${name}-p95`, p95(times), limits.page);
  }
  const [first] = links;
  if (first !== undefined) await measureChange(bench, first);
}

/** One of a host's thousand containers is another: what that costs the console until nothing is left to do. */
async function measureChange({ served }: Bench, link: AgentLink): Promise<void> {
  const facts = await factsOf('host-0', changes, { ways: changes });
  const [other] = await factsOf('host-0', 1, { ways: 1, from: 5000 });
  const idle = await used(served, async () => void (await wait(changes * 1000)));
  const cost = await used(served, async () => {
    for (const { subject } of facts) {
      await link.send('compliance', { subject, documents: other?.documents ?? [] });
      await wait(1000);
    }
  });
  print('compliance-change', (Math.max(cost - idle, 0) * 1000) / changes, limits.change);
}

async function used({ pid }: RealConsole, work: () => Promise<void>): Promise<number> {
  const before = treeSeconds(pid);
  await work();
  return treeSeconds(pid) - before;
}

interface Variety {
  readonly ways: number;
  readonly from?: number;
}

/** Facts of a host's containers, in so many configurations, from this number on. */
async function factsOf(host: string, count: number, { ways, from = 0 }: Variety): Promise<readonly ComplianceFact[]> {
  const plain = recorded('inspect-plain') as { readonly HostConfig: object };
  const facts: ComplianceFact[] = [];
  for (let at = 0; at < count; at += 1) {
    const HostConfig = { ...plain.HostConfig, PidsLimit: 100 + from + (at % ways) };
    const text = documentText(await containerOfInspect({ ...plain, HostConfig }, around));
    const id = createHash('sha256').update(`${host} ${at}`).digest('hex');
    const subject = { kind: 'container', id, name: `container-${at}` } as const;
    facts.push({ subject, documents: [{ kind: 'inspect', text }] });
  }
  return facts;
}

function p95(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.95)] ?? Number.NaN;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Only storing is shown in seconds. */
function print(name: string, ours: number, peer: number): void {
  const words = (value: number): string =>
    name === 'compliance-first-results' ? `${value.toFixed(2)}s` : `${value.toFixed(1)}ms`;
  console.log(`${name} ours=${words(ours)} peer=${words(peer)} ratio=${(ours / peer).toFixed(2)}`);
  if (ours > peer) process.exitCode = 1;
}
