import type { Detection } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { isMarked, type Learned, type Site } from './site.ts';
import { pause } from './workload.ts';

/** One line for each workload: what it learned, what was told of it, and that nothing of its own was refused. */
export function workloadCase(id: string, title: string, shownBy?: string): LabCase<Site> {
  return {
    id,
    title: `${title}: learned, then undisturbed under prevent, and an intruder refused`,
    protectedBy: 'the sensor with a rule that prevents',
    ...(shownBy === undefined ? {} : { shownBy }),
    async run(site) {
      const workload = await site.of(id);
      const story = site.armed ? await worksOn(site, workload) : [];
      const since = new Date();
      const seen = await workload.service.intrude();
      await pause(site.armed ? 0 : 1);
      expectThat(!isMarked(workload), `the intruder ran: ${seen.slice(0, 200)}`);
      const stopped = await until(
        'the alert of the intruder',
        async () => (await workload.alerts(since)).find(({ outcome }) => outcome !== 'observed'),
        { seconds: site.armed ? 15 : 1, every: 250 },
      );
      return [...story, `intruder: ${listOf([stopped])}`].join('; ');
    },
  };
}

/** Traffic, rare events and a restart under prevent. Answers the story in parts; throws where something was refused. */
async function worksOn({ pier, prevents }: Site, workload: Learned): Promise<readonly string[]> {
  const { service, decided, seconds, lines, raised } = workload;
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['traffic', service.traffic],
    ...Object.entries(service.rare),
    ['restart', () => pier.docker('restart', '-t', '3', workload.id)],
    ['traffic after the restart', () => until('traffic', () => service.traffic().then(() => true), { seconds: 60 })],
    ['more traffic', service.traffic],
  ];
  let fault = '';
  for (const [what, step] of steps) {
    fault = await step().then(
      () => '',
      (error: Error) => `${what}: ${error.message.slice(0, 300)}; `,
    );
    if (fault === '') continue;
    const top = await pier.docker('top', workload.id).catch((error: Error) => error.message);
    fault += `${top.replaceAll(/\s*\n/g, ' | ')}; `;
    break;
  }
  await pause(3);
  const reported = await workload.alerts(prevents);
  const refused = reported.filter(({ id, outcome }) => outcome !== 'observed' && !decided.has(id));
  expectThat(
    fault === '' && refused.length === 0,
    `${fault}refused: ${listOf(refused)}; all alerts: ${listOf(reported)}; while learning: ${listOf(raised)}`,
  );
  const rare = Object.keys(service.rare);
  return [
    `${lines} lines after ${seconds} s, alerts while learning: ${listOf(raised)}`,
    `under prevent ${[...rare, 'restart'].join(', ')}: ${listOf(reported.filter(({ id }) => !decided.has(id)))}`,
    ...(decided.size === 0 ? [] : [`allowed by a person: ${listOf(reported.filter(({ id }) => decided.has(id)))}`]),
  ];
}

/** `drift x refused ×2, shell-from-server dash observed`. */
function listOf(alerts: readonly Detection[]): string {
  const counts = new Map<string, number>();
  for (const { detector, file, process, outcome, count } of alerts) {
    const program = [process.path, process.applet].filter((one) => one !== undefined).join(' as ');
    const name = `${detector} ${file?.path ?? program} ${outcome}`;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  if (counts.size === 0) return 'none';
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ');
}
