import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createUser, listUsers } from '#access/contract.ts';
import { listAlerts, listModels, listRuntimeRules, putRuntimeRule } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { AgentHost } from './agent-host.ts';
import { atWork } from './agent-protects.ts';
import { type ConsoleContainer, consoleIn } from './console-container.ts';
import { type Deployment, preventing } from './world.ts';

/** Seconds for a start beside an agent that scans all images for the first time. */
const patience = 400;
const image = 'seawall/console';
/** There is no tool in the image but Node. */
const drop = [
  "const { chmodSync, copyFileSync } = require('node:fs')",
  "copyFileSync('/mark/intruder', '/tmp/dropped')",
  "chmodSync('/tmp/dropped', 0o755)",
  "const { status } = require('node:child_process').spawnSync('/tmp/dropped', { env: { MARK: '/mark/ran' } })",
  'process.exit(status === 0 ? 0 : 1)',
].join('; ');

/** Our own console under a model of its own image. */
export const ownModelCases: readonly LabCase<Deployment>[] = [
  {
    id: 'O2',
    title:
      'a model of the console’s image, learned of its container, prevents a dropped program in it; the console goes on, after a restart too',
    protectedBy: 'the sensor with a rule that prevents',
    minutes: 20,
    async run(world) {
      const shore = await atWork(world);
      const { images } = await world.released();
      const archive = images.find(({ name }) => name === image)?.archive ?? '';
      await shore.engine.must('load', '-q', '-i', archive);
      chmodSync(shore.marks, 0o777);
      await processes(world, 'prevent');
      const console = await consoleIn(shore.engine, { options: ['-v', `${shore.marks}:/mark`] });
      try {
        await console.run();
        await console.served(patience);
        return await underItsModel(world, shore, console);
      } finally {
        await console.remove();
        await processes(world, 'ignore');
      }
    },
  },
];

async function underItsModel(world: Deployment, shore: AgentHost, console: ConsoleContainer): Promise<string> {
  const token = await console.token('administrator');
  const inspect = async (what: string) => (await shore.engine.must('inspect', '--format', what, console.name)).trim();
  const [id, digest] = [await inspect('{{.Id}}'), await inspect('{{.Image}}')];
  const began = performance.now();
  let made = 0;
  const work = async (): Promise<void> => {
    await console.ask(createUser, token, { body: { name: `sailor-${randomUUID()}`, role: 'auditor' } });
    made += 1;
    expectThat((await console.ask(listUsers, token)).users.length > made, 'a user is missing');
  };
  if (world.armed) {
    const isActive = async (): Promise<boolean> => {
      await work();
      // Other cases start a shell of the image, which gets a model of its own.
      const { models } = await world.ask(listModels, { query: { image: digest } });
      return models.some(({ key, state }) => key.entrypoint.includes('console') && state === 'active');
    };
    await until('an active model of the console', isActive, { seconds: 600, every: 1000 });
    await shore.shown(id, ({ state }) => state === 'protected', 120);
  }
  const learned = Math.round((performance.now() - began) / 1000);
  const since = new Date();
  shore.wasMarked();
  const { code } = await shore.engine.docker('exec', console.name, '/usr/lib/seawall/bin/node', '-e', drop);
  expectThat(!shore.wasMarked() && code !== 0, 'a dropped program ran in the console’s container');
  await work();
  await shore.engine.must('restart', console.name);
  // What it printed before the restart stands in the same log.
  const works = () =>
    work().then(
      () => true,
      () => false,
    );
  await until('the console after its restart', works, { seconds: patience });
  const { alerts } = await world.ask(listAlerts, { query: { container: id, since: since.toISOString(), limit: 1000 } });
  const ours = alerts.filter(({ effect, process }) => effect !== 'alert' && process.path !== '/tmp/dropped');
  expectThat(ours.length === 0, `of the console itself: ${ours.map(({ message }) => message).join('; ')}`);
  return `learned in ${learned} s, ${made} users made`;
}

/** What is done about processes that are not in a model. */
async function processes({ ask }: Deployment, process: 'ignore' | 'prevent'): Promise<void> {
  const { rules } = await ask(listRuntimeRules);
  const basedOn = rules.find(({ rule }) => rule.id === 'shore')?.rule.version ?? 0;
  await ask(putRuntimeRule, { params: { id: 'shore' }, body: { basedOn, rule: { ...preventing, process } } });
}
