import { messageOf } from '#base/index.ts';
import { type ComplianceRuleText, getCompliance, newComplianceRule } from '#compliance/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { soundOpenssl, surgeImage } from '../estate/images.ts';
import type { Dock } from '../gates/dock.ts';
import type { Quay } from '../gates/quay.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { deleteRule, saveRule, tryRule } from './saved-rules.ts';
import type { World } from './world.ts';

/** Without `--pids-limit` a container fails it. */
const check = 'CTR-060';
const pump = surgeImage({ name: 'surge/pump:9', packages: [soundOpenssl], build: 'pump 9' });

const alerting: ComplianceRuleText = {
  ...newComplianceRule,
  name: 'A ceiling for processes',
  lines: [{ checks: { by: 'check', id: check }, effect: 'alert' }],
  notAssessed: 'ignore',
};
const stopping: ComplianceRuleText = {
  ...alerting,
  lines: [{ checks: { by: 'check', id: check }, effect: 'block' }],
  running: 'stop',
};

/** A host on which containers run, those of a case. */
interface Place {
  readonly dock: Dock;
  readonly quay: Quay;
  run(name: string, ...words: readonly string[]): Promise<string>;
}

/** Gives the case a host without containers, and takes away what it left: containers and this rule. */
async function onHost(world: World, rule: string, act: (place: Place) => Promise<string>): Promise<string> {
  const dock = await world.dock();
  const [quay] = dock.quays;
  expectThat(quay !== undefined, 'there is no host');
  await dock.load(quay, pump);
  const run: Place['run'] = async (name, ...words) =>
    (
      await quay.engine.must(
        'run',
        '-d',
        '--stop-timeout',
        '1',
        '--network',
        'none',
        '--name',
        name,
        ...words,
        'surge/pump:9',
      )
    ).trim();
  try {
    return await act({ dock, quay, run });
  } finally {
    const ids = (await quay.engine.docker('ps', '-aq')).stdout.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await quay.engine.docker('rm', '-f', ...ids);
    await deleteRule(dock, rule).catch(() => undefined);
  }
}

/** Waits until the console has judged the container so. */
async function mustStand({ dock, quay }: Place, id: string, state: 'pass' | 'fail'): Promise<void> {
  const params = { host: quay.hostName, kind: 'container', id } as const;
  await until(
    `${check} ${state} of ${id.slice(0, 12)}`,
    async () =>
      (await dock.ask(getCompliance, { params })).results?.some((one) => one.id === check && one.state === state),
    { seconds: 60, every: 200 },
  );
}

async function running({ quay }: Place): Promise<readonly string[]> {
  return (await quay.engine.must('ps', '--format', '{{.Names}}')).split('\n').filter((name) => name !== '');
}

/** Seconds for what a host does by a rule. It takes up to 14, and a shorter wait without one would show nothing. */
const patience = ({ dock }: Place): number => (dock.armed ? 60 : 25);

/** Waits until only so many run. Answers milliseconds. */
async function untilLeft(place: Place, count: number): Promise<number> {
  const began = performance.now();
  const isSo = async () => (await running(place)).length <= count;
  await until(`the end of all but ${count}`, isSo, { seconds: patience(place), every: 250 });
  return Math.round(performance.now() - began);
}

async function mustBeRefused(what: string, says: RegExp, act: () => Promise<unknown>): Promise<void> {
  const refusal = await act().then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  expectThat(refusal !== undefined, `${what} is saved`);
  expectThat(says.test(refusal), `${what} is refused otherwise: ${refusal}`);
}

/** Containers whose stop is waited for: hosts stop one after another, and the brake lets all three be stopped. */
const stops = Number(process.env['SEAWALL_LAB_STOPS'] ?? 3);

async function fromAlertToStop(place: Place): Promise<string> {
  const { dock, run } = place;
  const rule = 'tried';
  await saveRule(dock, rule, { rule: alerting });
  for (const name of ['first', 'second']) await mustStand(place, await run(name), 'fail');
  const said = await tryRule(dock, rule, stopping);
  expectThat(said.stopped === 2 && said.blocked === 2, `it would stop ${said.stopped} and block ${said.blocked} of 2`);
  const names = said.examples.filter(({ was, would }) => was === 'alert' && would === 'block').map(({ name }) => name);
  expectThat(names.toSorted().join() === 'first,second', `it shows ${names.join()}`);
  const { seal, stopped } = said;
  const replay = dock.armed ? { replay: { seal, stopped } } : {};
  await mustBeRefused('another rule than the one that was tried', /not the rule that was tried/, () =>
    saveRule(dock, rule, { rule: { ...stopping, notAssessed: 'block' }, ...replay }),
  );
  await mustStand(place, await run('third'), 'fail');
  await mustBeRefused('a rule that would stop more than was said', /would stop 3 containers now; 2/, () =>
    saveRule(dock, rule, { rule: stopping, ...replay }),
  );
  expectThat((await running(place)).length === 3, 'something was stopped by a rule that was not saved');
  const again = await tryRule(dock, rule, stopping);
  await saveRule(dock, rule, { rule: stopping, replay: { seal: again.seal, stopped: again.stopped } });
  return `it shows 2 of 2; saved with the seal, it stops ${stops} of 3 after ${await untilLeft(place, 3 - stops)} ms`;
}

/** Saves the rule that stops as its replay allows; without the replay it stops nothing. */
async function saveStopping({ dock }: Place, id: string, would: number): Promise<void> {
  const { seal, stopped } = await tryRule(dock, id, stopping);
  expectThat(stopped === would, `the replay says that it stops ${stopped}, not ${would}`);
  await saveRule(dock, id, { rule: stopping, ...(dock.armed && { replay: { seal, stopped } }) });
}

async function turned(place: Place): Promise<string> {
  const { dock, quay, run } = place;
  const id = await run('turning', '--pids-limit', '64');
  await run('staying', '--pids-limit', '64');
  await mustStand(place, id, 'pass');
  await saveStopping(place, 'turned', 0);
  await quay.engine.must('update', '--pids-limit', '-1', 'turning');
  const milliseconds = await untilLeft(place, 1);
  expectThat((await running(place)).join() === 'staying', 'the container that passes was stopped');
  await until(
    'the incident that says so',
    async () => {
      const { incidents } = await dock.ask(listIncidents, { query: { container: id, outcome: 'stopped' } });
      return incidents.some(({ title }) => title.includes('It was stopped by the compliance rule'));
    },
    { seconds: 30 },
  );
  return `stopped ${milliseconds} ms after docker update`;
}

const [many, most] = [50, 3];
/** Without the rule fewer show that nothing holds. */
const fewer = 10;

async function brakes(place: Place): Promise<string> {
  const { dock, run } = place;
  const count = dock.armed ? many : fewer;
  const names = Array.from({ length: count }, (_, at) => `pump-${at}`);
  const began = performance.now();
  for (let at = 0; at < count; at += 5) await Promise.all(names.slice(at, at + 5).map((name) => run(name)));
  const ready = Math.round((performance.now() - began) / 1000);
  await until(
    `${count} containers that would be stopped`,
    async () => (await tryRule(dock, 'braked', stopping)).stopped === count,
    { seconds: 90, every: 500 },
  );
  await saveStopping(place, 'braked', count);
  await until(
    'the incident of the brake',
    async () => {
      const { incidents } = await dock.ask(listIncidents, { query: { state: 'open', severity: 'critical' } });
      return incidents.some(({ title }) => title.includes('would stop more containers than it may'));
    },
    { seconds: patience(place), every: 250 },
  );
  await untilLeft(place, count - most);
  // Whoever would stop more does it within this time: looks come at once.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const left = (await running(place)).length;
  expectThat(left === count - most, `${count - left} of ${count} were stopped`);
  return `${most} of ${count} stopped, ${left} run on (${ready} s to start them)`;
}

/** What fails a check while it runs is stopped by a rule that somebody tried, and never everything at once. */
export const stopCases: readonly LabCase<World>[] = [
  {
    id: 'C22',
    title: 'a rule edited from alert to stop shows what it would stop, and is saved with the seal of that',
    protectedBy: 'the seal of the replay',
    run: async (world) => await onHost(world, 'tried', fromAlertToStop),
  },
  {
    id: 'C23',
    title: 'a container that fails a check after docker update is stopped by rule',
    protectedBy: 'the rule that somebody tried',
    run: async (world) => await onHost(world, 'turned', turned),
  },
  {
    id: 'C24',
    title: `the brake holds when ${many} containers would be stopped`,
    protectedBy: 'the rule that somebody tried',
    run: async (world) => await onHost(world, 'braked', brakes),
  },
];
