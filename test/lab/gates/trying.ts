import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listDecisions } from '#admission/contract.ts';
import { type ComplianceRuleText, deleteComplianceRule, putComplianceRule } from '#compliance/contract.ts';
import { listTrials, type TrialLine } from '#gate/contract.ts';
import { listAlerts, listIncidents, listModels } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { type Dock, ledgerOf, onEach } from './dock.ts';
import { plugIn } from './plugin.ts';
import type { Quay } from './quay.ts';

/** Seconds within which each line is tried; the product takes an hour. */
const period = 3;
/** Beyond what a round takes on a busy machine, where each try takes seconds. */
const patience = { seconds: 45, every: 200 };
const shortened = `period shortened to ${period} s`;

/** Lines that both rings decide, that only the engine's plugin sees, and that only the wrapper sees. */
const tried = [
  ['CTR-001', 1],
  ['CTR-001', 2],
  ['CTR-070', 1],
  ['CTR-070', 2],
  ['CTR-028', 1],
  ['CTR-045', 2],
] as const;

const id = 'tried';

const rule: ComplianceRuleText = {
  name: 'Lines that are tried',
  state: 'on',
  lines: ['CTR-001', 'CTR-070', 'CTR-045', 'CTR-028'].map((id) => ({ checks: { by: 'check', id }, effect: 'block' })),
  notAssessed: 'ignore',
  running: 'alert',
};

const runc = '/usr/sbin/runc';
const real = '/usr/sbin/runc.seawall-real';

/** On each host, while a rule with these lines is in force. */
async function whileTried(dock: Dock, run: (dock: Dock, quay: Quay) => Promise<string>): Promise<string | undefined> {
  const body = { rule: structuredClone(rule) as never, basedOn: 0 };
  await dock.ask(putComplianceRule, { params: { id }, body });
  try {
    return await onEach(dock, async (quay) => {
      try {
        await ready(dock, quay);
        return await run(dock, quay);
      } finally {
        await quay.gate('remove');
        await quay.endAgent();
        quay.startAgent();
      }
    });
  } finally {
    await dock.ask(deleteComplianceRule, { params: { id } });
  }
}

/** The rule in force on the host, both rings in place, and the agent with the shortened period. */
async function ready(dock: Dock, quay: Quay): Promise<void> {
  const isInForce = async (): Promise<boolean> =>
    ledgerOf(quay).compliance?.rules.some((one) => one.id === id) === true;
  await until(`the rule on ${quay.name}`, isInForce, patience);
  await plugIn(dock, quay, '--trial-every', `${period}`);
}

async function linesOf({ ask }: Dock, { hostName }: Quay): Promise<readonly TrialLine[]> {
  return (await ask(listTrials, { query: { host: hostName } })).trials?.lines ?? [];
}

/** Waits until each of the lines stands so at its ring, and answers with them. */
async function untilAll(
  dock: Dock,
  quay: Quay,
  { at, stands }: { readonly at: readonly (1 | 2)[]; readonly stands: (line: TrialLine) => boolean },
): Promise<readonly TrialLine[]> {
  let seen: readonly TrialLine[] = [];
  const wanted = tried.filter(([, ring]) => at.includes(ring));
  const all = async (): Promise<readonly TrialLine[] | undefined> => {
    seen = await linesOf(dock, quay);
    const found = wanted.map(([check, ring]) => seen.find((one) => one.check === check && one.ring === ring));
    const lines = found.filter((one) => one !== undefined && stands(one));
    return lines.length === wanted.length ? lines.filter((one) => one !== undefined) : undefined;
  };
  try {
    return await until('trials', all, patience);
  } catch {
    const words = seen.map(({ check, ring, state, reason = '' }) => `${check} ${ring} ${state} ${reason}`.trim());
    throw new Error(`trials at rings ${at.join(' and ')} do not come to stand so: ${words.join('; ') || 'none'}`);
  }
}

const isRefused = ({ state }: TrialLine): boolean => state === 'refused';

/** What others look at, and what a start would leave behind. */
async function footprint({ ask }: Dock, { engine, state }: Quay): Promise<Readonly<Record<string, unknown>>> {
  const { decisions, total } = await ask(listDecisions, { query: { limit: 1 } });
  // Engines list what was made in one second in any order.
  const listed = async (...words: readonly string[]) => (await engine.must(...words)).split('\n').toSorted();
  return {
    containers: await listed('ps', '-aq', '--no-trunc'),
    images: await listed('images', '-aq', '--no-trunc'),
    networks: await listed('network', 'ls', '-q'),
    volumes: await listed('volume', 'ls', '-q'),
    runtime: readdirSync(join(state, 'gate/canary/runtime')),
    decisions: [total, decisions[0]?.id],
    incidents: (await ask(listIncidents, { query: { limit: 1 } })).total,
    alerts: (await ask(listAlerts, { query: { limit: 1, notices: 'with' } })).alerts.map(({ id }) => id),
    models: (await ask(listModels, { query: { limit: 1 } })).total,
  };
}

/** Seconds of this machine's clock, as engines take them. */
function moment(): string {
  return (Date.now() / 1000).toFixed(3);
}

/** That starts which break one line each are asked for and refused, and leave nothing behind. */
async function refusedWithoutTrace(dock: Dock, quay: Quay): Promise<string> {
  const first = await untilAll(dock, quay, { at: [1, 2], stands: isRefused });
  const counts = new Map(first.map(({ check, ring, tried: times }) => [`${check} ${ring}`, times]));
  const [before, since] = [await footprint(dock, quay), moment()];
  const later = await untilAll(dock, quay, {
    at: [1, 2],
    stands: (line) => isRefused(line) && line.tried >= (counts.get(`${line.check} ${line.ring}`) ?? 0) + 1,
  });
  const after = await footprint(dock, quay);
  const events = await quay.engine.must('events', '--since', since, '--until', moment());
  expectThat(events === '', `the engine tells of ${events}`);
  const [own, others] = [JSON.stringify(after), JSON.stringify(before)];
  expectThat(own === others, `trials left traces: ${own} after ${others}`);
  const sum = (of: (line: TrialLine) => number): number => later.reduce((all, line) => all + of(line), 0);
  const [refused, all] = [sum((line) => line.refused), sum((line) => line.tried)];
  expectThat(refused === all, `${all - refused} of ${all} tries were let through`);
  return `${shortened}: ${later.length} lines of rings 1 and 2 refused ${refused} of ${all} tries`;
}

/** Incidents that say that a ring of the host let a blocked start through. */
async function letThrough({ ask }: Dock, { hostName }: Quay): Promise<number> {
  const { alerts } = await ask(listAlerts, { query: {} });
  return alerts.filter(
    ({ host, incident, message }) =>
      host === hostName && incident !== undefined && message === 'The gate allowed a start that a rule blocks.',
  ).length;
}

/** The plain runtime lies where the wrapper did, then the wrapper again. */
async function withPlainRuntime(dock: Dock, quay: Quay): Promise<void> {
  const { host } = quay;
  const known = await letThrough(dock, quay);
  await host.must('sh', ['-c', `cp -p ${runc} ${runc}.kept && cp -p ${real} ${runc}.new && mv ${runc}.new ${runc}`]);
  try {
    await untilAll(dock, quay, { at: [2], stands: ({ state }) => state === 'passed' });
    await untilAll(dock, quay, { at: [1], stands: isRefused });
    await until('the incident', async () => (await letThrough(dock, quay)) > known, patience);
  } finally {
    await host.must('mv', [`${runc}.kept`, runc]);
  }
  await untilAll(dock, quay, { at: [1, 2], stands: isRefused });
  const told = (await letThrough(dock, quay)) - known;
  expectThat(told === 1, `${told} incidents tell of one gate that was open once`);
}

/** The plugin is taken out of the engine’s settings, then it is put back. */
async function withoutPlugin(dock: Dock, quay: Quay): Promise<void> {
  const { engine, host } = quay;
  const file = host.place('/etc/docker/daemon.json');
  const settings = readFileSync(file);
  const { 'authorization-plugins': plugins, ...others } = JSON.parse(settings.toString()) as Record<string, unknown>;
  expectThat(plugins !== undefined, 'the engine’s settings name no plugin');
  const startWith = async (text: string | Buffer): Promise<void> => {
    writeFileSync(file, text);
    await engine.stop();
    await engine.start();
  };
  await startWith(JSON.stringify(others));
  const isSaid = ({ state, reason = '' }: TrialLine): boolean =>
    state === 'untried' && reason.startsWith('The engine does not ask the authorization plugin');
  await untilAll(dock, quay, { at: [1], stands: isSaid });
  await untilAll(dock, quay, { at: [2], stands: isRefused });
  await startWith(settings);
  await untilAll(dock, quay, { at: [1, 2], stands: isRefused });
}

/** Starts that break one block line each are asked for again and again. */
export const trialCases: readonly LabCase<Dock>[] = [
  {
    id: 'G70',
    title: 'each block line is tried and refused at both rings, and the trials leave no trace',
    protectedBy: 'the gate',
    shownBy: '`npm test` tries both rings on one engine, in trials-on-host.test.ts and report-trials.test.ts.',
    run: (dock) => whileTried(dock, refusedWithoutTrace),
  },
  {
    id: 'G71',
    title:
      'a plain runtime in the wrapper’s place is told as let through and is one incident, a plugin that is off as not tried; back in place, both refuse again',
    protectedBy: 'the gate',
    shownBy: '`npm test` tries both rings on one engine, in trials-on-host.test.ts and report-trials.test.ts.',
    run: (dock) => whileTried(dock, openAndShut),
  },
];

async function openAndShut(dock: Dock, quay: Quay): Promise<string> {
  await untilAll(dock, quay, { at: [1, 2], stands: isRefused });
  await withPlainRuntime(dock, quay);
  await withoutPlugin(dock, quay);
  return shortened;
}
