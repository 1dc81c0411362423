import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { listAlerts, listRuntimeRules, putRuntimeRule } from '#runtime/contract.ts';
import { makeIntruders } from '../../make/servers/servers.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { sensors } from '../sensors.ts';
import { type Dock, onBoth, onEach } from './dock.ts';
import { soundImage } from './images.ts';
import type { Quay } from './quay.ts';
import { mustRun } from './starts.ts';

/** Starts of the whole case over both hosts; fewer in the short form. */
const starts = Number(process.env['SEAWALL_LAB_FIRSTS'] ?? '200');

/** Milliseconds for a start that waits for no sensor longer than it may; the machine may be busy. */
const mostHeld = 5000;

/** Once for all hosts, which do the same side by side. */
async function ruled({ ask }: Dock, effect: 'alert' | 'prevent'): Promise<void> {
  await until(
    'the runtime rule of the quays',
    async () => {
      const { rules } = await ask(listRuntimeRules);
      const known = rules.find(({ rule }) => rule.id === 'quays')?.rule;
      if (known?.drift === effect) return true;
      const rule = { ...quaysRule, neverLearn: [], drift: effect, code: effect };
      await ask(putRuntimeRule, { params: { id: 'quays' }, body: { basedOn: known?.version ?? 0, rule } });
      // The hosts hear of it, and tell their sensors.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return true;
    },
    { seconds: 20 },
  );
}

const quaysRule = {
  name: 'Protect the quays',
  state: 'on',
  process: 'ignore',
  preventFrom: 'active',
  execSessions: 'record',
} as const;

/** The wrapper waits until the sensor has armed a container, so that its first instruction runs under policy. */
export const sensorCases: readonly LabCase<Dock>[] = [
  {
    id: 'G30',
    title: 'a binary from a volume as first program is refused before its first instruction, each time',
    protectedBy: 'the runtime rule',
    async run(dock) {
      if (dock.armed) await ruled(dock, 'prevent');
      const { program } = makeIntruders(dock.state);
      return await onEach(dock, async (quay) => {
        await dock.install(quay);
        await dock.load(quay, soundImage);
        return await refusedEachTime(dock, quay, program);
      });
    },
  },
  onBoth(
    {
      id: 'G31',
      title: 'a sensor that does not answer in 100 ms is an incident, each time, where the rule only alerts',
      protectedBy: 'the gate',
      isLongDisarmed: true,
    },
    async (dock, quay) => {
      await dock.install(quay);
      await dock.load(quay, soundImage);
      await ruled(dock, 'alert');
      await mustRun(quay, 'surge/pump:2');
      const found = sensors(quay.name);
      expectThat(found.length > 0, 'no sensor watches');
      const took: number[] = [];
      const ids: string[] = [];
      for (const pid of found) process.kill(pid, 'SIGSTOP');
      try {
        for (let round = 0; round < 3; round += 1) {
          const began = performance.now();
          ids.push(await quay.engine.must('run', '-d', '--network', 'none', 'surge/pump:2'));
          took.push(Math.round(performance.now() - began));
        }
      } finally {
        for (const pid of found) process.kill(pid, 'SIGCONT');
      }
      expectThat(Math.max(...took) < mostHeld, `starts were held by the sensor: ${took.join(', ')} ms`);
      for (const id of ids)
        await until(
          `an incident of ${id.slice(0, 12)}`,
          async () => {
            const { alerts } = await dock.ask(listAlerts, { query: { container: id.trim() } });
            return alerts.some(({ detector }) => detector === 'gate');
          },
          { seconds: dock.armed ? 40 : 3 },
        );
      await quay.engine.must('rm', '-f', ...ids.map((id) => id.trim()));
      return `starts took ${took.join(', ')} ms`;
    },
  ),
  onBoth(
    {
      id: 'G32',
      title: 'where the rule prevents, a container that is not armed in time is refused, and one that is starts',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await dock.install(quay);
      await dock.load(quay, soundImage);
      await ruled(dock, 'prevent');
      const took: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const began = performance.now();
        await mustRun(quay, 'surge/pump:2');
        took.push(Math.round(performance.now() - began));
      }
      // The engine's own first program is no image's, and known by its content.
      await mustRun(quay, 'surge/pump:2', '--init');
      const found = sensors(quay.name);
      expectThat(found.length > 0, 'no sensor watches');
      for (const pid of found) process.kill(pid, 'SIGSTOP');
      try {
        const { code, stderr } = await quay.engine.docker('run', '-d', '--network', 'none', 'surge/pump:2');
        expectThat(code !== 0, 'it started, though nobody had armed it');
        expectThat(/the sensor had not armed it within/.test(stderr), stderr);
      } finally {
        for (const pid of found) process.kill(pid, 'SIGCONT');
      }
      await mustRun(quay, 'surge/pump:2');
      return `armed starts took ${took.join(', ')} ms`;
    },
  ),
];

async function refusedEachTime(
  { state, quays, armed }: Dock,
  { store, engine }: Quay,
  program: string,
): Promise<string> {
  const marks = join(state, `marks-${store}`);
  mkdirSync(marks, { recursive: true, mode: 0o777 });
  copyFileSync(program, join(marks, 'intruder'));
  const words = ['--rm', '--network', 'none', '-v', `${marks}:/mark`, '--entrypoint', '/mark/intruder', 'surge/pump:2'];
  const isRefused = async () => (await engine.docker('run', ...words)).code !== 0;
  if (armed) await until('a first refusal', isRefused, { seconds: 20 });
  const count = Math.ceil(starts / quays.length);
  for (let round = 1; round <= count; round += 1) {
    const { code, stdout } = await engine.docker('run', ...words);
    expectThat(code !== 0 && !stdout.includes('intruder ran'), `it ran in start ${round} of ${count}`);
  }
  return `${count} of ${count}`;
}
