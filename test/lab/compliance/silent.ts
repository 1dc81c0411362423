import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeConsole } from '#apps/console/compose.ts';
import { readConsoleConfig } from '#apps/console/config.ts';
import { getCompliance } from '#compliance/contract.ts';
import { leaseEnd } from '#compliance/index.ts';
import { getControl, getEvidencePackage, listSubjectsOfControl } from '#explorer/contract.ts';
import { call, download } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { freePort } from '../../journeys/make-scan.ts';
import { repository } from '../../journeys/seawall.ts';
import { openQuay, type Quay, type QuayConsole } from '../gates/quay.ts';
import type { Closers } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { World } from './world.ts';

const [template, control, question] = ['nist-800-190', '4.3.5', 'reporting'];
const params = { template, control };
const patience = { seconds: 30, every: 200 };
/** Until a host that just joined has been judged. */
const beginning = { seconds: 120, every: 200 };

/** A console whose clock goes on by leaps. */
interface LeapingConsole extends QuayConsole {
  /** Puts the clock forward, and does what is due then. */
  leap(milliseconds: number): Promise<void>;
  settle(): Promise<void>;
  now(): Date;
  /** What an auditor is given to read. */
  report(): Promise<string>;
}

async function openLeapingConsole(folder: string, closers: Closers): Promise<LeapingConsole> {
  const state = join(folder, 'silent');
  mkdirSync(state, { mode: 0o711 });
  // PostgreSQL runs as another user.
  chmodSync(state, 0o711);
  const [port, linkPort] = [await freePort(), await freePort()];
  const place = { stateFolder: state, checkout: repository, host: '127.0.0.1', port, linkPort, hostNames: [] };
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const console = await composeConsole(readConsoleConfig({}, place), { clock: now });
  closers.push(() => console.close());
  const { secret: token } = await console.access.createToken({ name: 'lab', role: 'administrator', repositories: [] });
  const asked = { baseUrl: console.url, token };
  return {
    state,
    linkPort,
    now,
    ask: (endpoint, input = {}) => call(endpoint, input, asked),
    settle: () => console.settle(),
    async leap(milliseconds) {
      ahead += milliseconds;
      await console.settle();
    },
    report: async () => {
      const input = { params: { template }, query: { format: 'html' as const } };
      return Buffer.from(await download(getEvidencePackage, input, asked)).toString();
    },
  };
}

/** What the pages say of the host. */
async function told(console: LeapingConsole, { hostName: host }: Quay) {
  await console.settle();
  const { subjects } = await console.ask(listSubjectsOfControl, { params, query: { host, question } });
  const { gaps } = await console.ask(getControl, { params });
  const { hosts } = await console.ask(listHosts);
  const [gap] = gaps.filter((one) => one.host === host);
  const answer = subjects[0]?.answers.find((one) => one.question === question);
  // What passes is left out of the answers.
  const reason = answer === undefined ? (subjects[0]?.state ?? 'no answer') : (answer.reason ?? answer.state);
  return { reason, gap, isStale: hosts.find(({ name }) => name === host)?.stale };
}

type Told = Awaited<ReturnType<typeof told>>;

/** Waits until the pages say so, and answers with what they say. */
async function untilTold(
  what: string,
  { console, quay }: { readonly console: LeapingConsole; readonly quay: Quay },
  isSo: (told: Told) => boolean,
): Promise<Told> {
  let last: Told | undefined;
  try {
    return await until(what, async () => (isSo((last = await told(console, quay))) ? last : undefined), patience);
  } catch (error) {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
  }
}

/** Has the agent read its host again, as it does when a file changes that checks look at. */
function touchSettings({ host }: Quay): void {
  const file = host.place('/etc/docker/daemon.json');
  writeFileSync(file, readFileSync(file));
}

async function silentAndBack(console: LeapingConsole, quay: Quay, { armed }: World): Promise<string> {
  const at = { console, quay };
  const { hostName: host } = quay;
  const isJudged = async (): Promise<boolean> => {
    const self = { host, kind: 'host', id: 'self' } as const;
    return (await console.ask(getCompliance, { params: self })).results !== undefined;
  };
  await until('the first results of checks of the host', isJudged, beginning);
  await untilTold('an agent that reports', at, ({ reason }) => reason === 'pass');
  quay.signalAgent('SIGSTOP');
  try {
    const lease = leaseEnd('host', new Date(0))?.getTime() ?? 0;
    if (armed) await console.leap(lease + 60_000);
    const silent = await untilTold('that the host is silent', at, ({ reason, gap }) => {
      return reason.startsWith('Silent since ') && gap !== undefined;
    });
    expectThat(silent.gap?.to === undefined, `the gap is over: ${JSON.stringify(silent.gap)}`);
    expectThat(silent.isStale === true, 'the page of hosts shows it as live');
    const before = await console.report();
    expectThat(before.includes(`${host} was silent and still is`), 'the report for an auditor does not name the gap');
    expectThat(before.includes('Silent since '), 'the report for an auditor does not say since when');
    quay.signalAgent('SIGCONT');
    await untilTold('that it reports again', at, ({ reason }) => reason === 'pass');
    touchSettings(quay);
    const back = await untilTold('the end of the gap', at, ({ gap }) => gap?.to !== undefined);
    expectThat(back.isStale === false, 'the page of hosts shows it as silent');
    expectThat(back.gap?.from === silent.gap?.from, `the gap begins otherwise now: ${JSON.stringify(back.gap)}`);
    const after = await console.report();
    expectThat(after.includes(`${host} was silent: `), 'the report for an auditor forgets the gap');
    return `the lease of ${lease / 60_000} min was passed by a leap of the console’s clock: ${silent.reason.slice(0, 37)}; gap ${back.gap?.from} to ${back.gap?.to}`;
  } finally {
    quay.signalAgent('SIGCONT');
  }
}

/** An agent that stands still says nothing, and what nobody says any more is not shown as it was. */
export const silenceCases: readonly LabCase<World>[] = [
  {
    id: 'L1',
    title: 'a stopped agent is silent since its last word when its lease ends, and the gap stays after it goes on',
    protectedBy: 'the end of its lease',
    shownBy: '`npm test` lets hosts fall silent and come back, in read-silences.test.ts and moments.test.ts.',
    async run(world) {
      const closers: Closers = [];
      try {
        const console = await openLeapingConsole(world.folder, closers);
        const quay = await openQuay({ store: 'docker', console, closers, name: 'quay-silent' });
        return await silentAndBack(console, quay, world);
      } finally {
        for (const close of closers.toReversed()) await close();
      }
    },
  },
];
