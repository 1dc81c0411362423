import { readFileSync } from 'node:fs';
import { listVulnerabilities } from '#explorer/contract.ts';
import { withClosers } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { sensors } from '../sensors.ts';
import { agentName } from './agent-host.ts';
import { type Estate, openEstate } from './restore-ground.ts';
import type { Deployment } from './world.ts';

/** Megabytes that console, database and agent may take together, and seconds of rest before somebody looks. */
const [most, rest] = [600, Number(process.env['SEAWALL_LAB_REST'] ?? 300)];

/** What it takes to run all of it. */
export const memoryCases: readonly LabCase<Deployment>[] = [
  {
    id: 'I10',
    title: `console, database, agent and sensor take less than ${most} MB together, ${rest} s after the first scan`,
    minutes: 20,
    run: (world) => withClosers(async (closers) => measured(world, await openEstate(world, closers, 'on'))),
  },
];

async function measured({ harbour }: Deployment, { console, shore, ask }: Estate): Promise<string> {
  const scanned = async () => (await ask(listVulnerabilities)).vulnerabilities[0];
  await until('the first scan', scanned, { seconds: 240, every: 500 });
  await new Promise((resolve) => setTimeout(resolve, rest * 1000));
  const ground = await harbour('docker');
  const inConsole = await ground.must('top', console.name, '-eo', 'pid,args');
  const inAgent = await shore.engine.must('top', agentName, '-eo', 'pid,args');
  const [ofConsole, ofAgent] = [pidsIn(inConsole), pidsIn(inAgent)];
  const sensor = sensors(shore.instance);
  expectThat(ofConsole.length > 2 && ofAgent.length > 0 && sensor.length > 0, `${inConsole}${inAgent}${sensor}`);
  const parts = {
    console: pss(ofConsole),
    agent: pss(ofAgent.filter((pid) => !sensor.includes(pid))),
    sensor: pss(sensor),
  };
  const sum = parts.console + parts.agent + parts.sensor;
  const figures = `${sum} MB: console with database ${parts.console}, agent ${parts.agent}, sensor ${parts.sensor}`;
  expectThat(sum < most, figures);
  return figures;
}

/** Lines of `docker top` begin with a number of the machine. */
function pidsIn(text: string): readonly number[] {
  return [...text.matchAll(/^\s*(\d+) /gm)].map(([, pid]) => Number(pid));
}

/** Megabytes; what several share counts in parts (proc_pid_smaps_rollup). */
function pss(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
  );
  return Math.round(kilobytes.reduce((sum, own) => sum + own, 0) / 1024);
}
