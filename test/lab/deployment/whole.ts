import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createUser, listUsers } from '#access/contract.ts';
import { listContainers, listHosts } from '#inventory/contract.ts';
import { putRuntimeRule } from '#runtime/contract.ts';
import type { EngineStore } from '../../make/docker.ts';
import { type PrivateEngine, privateEngine } from '../../make/private-engine.ts';
import { openPrivateHost } from '../../make/private-host.ts';
import { makeIntruders } from '../../make/servers/servers.ts';
import type { Closers } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { agentName, endEngine, loadPrograms, programs } from './agent-host.ts';
import { type ConsoleContainer, consoleIn } from './console-container.ts';
import { type Deployment, preventing } from './world.ts';

/** Console and agent of the release together, by the two commands that users have. */
export const wholeCases: readonly LabCase<Deployment>[] = (['docker', 'containerd'] as const).map((store, at) => ({
  id: `W${at + 1}`,
  title: `on a fresh engine with ${store}'s store the console's image and the agent's command that it prints protect; both are healthy, outlast restarts, and a new image takes the volume over`,
  protectedBy: 'the sensor with a rule that prevents',
  minutes: 20,
  async run(world) {
    const closers: Closers = [];
    try {
      return await byTwoCommands(world, store, closers);
    } finally {
      for (const one of closers.toReversed()) await one();
    }
  },
}));

/** Seconds for a start beside an agent that scans all images for the first time. */
const patience = 400;

interface Ground {
  readonly engine: PrivateEngine;
  readonly console: ConsoleContainer;
  readonly instance: string;
  readonly marks: string;
  readonly token: string;
}

async function byTwoCommands(world: Deployment, store: EngineStore, closers: Closers): Promise<string> {
  const instance = `whole-${randomBytes(3).toString('hex')}`;
  const folder = join(world.state, instance);
  const marks = join(folder, 'marks');
  mkdirSync(marks, { recursive: true });
  copyFileSync(makeIntruders(folder).program, join(marks, 'intruder'));
  const host = await openPrivateHost();
  closers.push(() => host.close());
  const engine = privateEngine({ host, store, folder });
  await engine.start();
  closers.push(() => endEngine(engine, instance));
  await loadPrograms(engine, folder);
  for (const { archive } of (await world.released()).images) await engine.must('load', '-q', '-i', archive);
  const console = await consoleIn(engine);
  closers.push(() => console.remove());
  await console.run();
  await console.served(patience);
  const ground = { engine, console, instance, marks, token: await console.token('administrator') };
  await repeatPrinted(ground, world.armed ? [] : ['--no-runtime']);
  await heard(ground, new Date(0));
  const rule = { basedOn: 0, rule: { ...preventing } };
  await console.ask(putRuntimeRule, ground.token, { params: { id: 'shore' }, body: rule });
  const server = await serverOf(ground);
  if (world.armed) await isProtected(ground, server);
  await mustBeRefused(ground, server);
  const doctors = [await doctor(ground, console.name), await doctor(ground, agentName)];
  await healthy(ground);
  await engine.must('restart', agentName);
  await mustBeRefused(ground, server);
  await heard(ground, new Date());
  await console.ask(createUser, ground.token, { body: { name: 'sailor', role: 'auditor' } });
  await engine.must('rm', '-f', console.name);
  await engine.must('tag', 'seawall/console', 'seawall/console:next');
  await console.run({ image: 'seawall/console:next' });
  await console.served(patience);
  const { users } = await console.ask(listUsers, ground.token);
  expectThat(
    users.some(({ name }) => name === 'sailor'),
    'the user is gone with the image',
  );
  await heard(ground, new Date());
  await mustBeRefused(ground, server);
  return `doctor: ${doctors.join(' and ')}`;
}

/** What the console printed, word for word; added is only what parts this lab from others on the machine. */
async function repeatPrinted({ engine, console, instance }: Ground, more: readonly string[]): Promise<void> {
  const [, printed] = /\n( {2}SEAWALL_TOKEN=[^]*?[^\\])\n\n/.exec(await console.logs()) ?? [];
  expectThat(printed !== undefined, 'the console prints no command for the agent');
  const own = ['--instance', instance, '--engine', engine.socket, ...more];
  const { status, stderr } = spawnSync('sh', ['-c', `${printed} ${own.join(' ')}`], {
    env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}` },
    encoding: 'utf8',
  });
  expectThat(status === 0, `the printed command ended with ${status}: ${stderr}`);
}

async function heard({ console, token, instance, engine }: Ground, since: Date): Promise<void> {
  const look = async () =>
    (await console.ask(listHosts, token)).hosts.some(
      ({ name, stale, agent }) =>
        name.endsWith(`/${instance}`) && !stale && agent.seenAt !== undefined && new Date(agent.seenAt) >= since,
    );
  await until('the agent', look, { seconds: 180 }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}: ${(await engine.docker('logs', '--tail', '5', agentName)).stderr}`);
  });
}

async function serverOf({ engine, marks }: Ground): Promise<string> {
  const words = ['-d', '--network', 'none', '-v', `${marks}:/mark`, programs, '/bin/sleep', '100000'];
  return (await engine.must('run', ...words)).trim();
}

async function isProtected({ console, token }: Ground, id: string): Promise<void> {
  let last = '';
  const look = async (): Promise<boolean> => {
    const { containers } = await console.ask(listContainers, token, { query: { search: id, limit: 1 } });
    last = JSON.stringify(containers[0]?.protection);
    return containers[0]?.protection?.state === 'protected';
  };
  await until('protection', look, { seconds: 180 }).catch(() => expectThat(false, `it is shown as ${last}`));
}

async function mustBeRefused({ engine, marks }: Ground, id: string): Promise<void> {
  const drop = 'cp /mark/intruder /tmp/dropped && /tmp/dropped';
  const { code } = await engine.docker('exec', '-e', 'MARK=/mark/ran', id, '/bin/sh', '-c', drop);
  expectThat(!existsSync(join(marks, 'ran')) && code !== 0, 'a dropped program ran');
}

interface Probed {
  readonly state: string;
  readonly weight?: string;
}

/** Nothing is broken, by the program's own word. */
async function doctor({ engine, instance }: Ground, container: string): Promise<string> {
  const isAgent = container === agentName;
  const program = isAgent ? '/var/lib/seawall/program/current/bin/seawall' : 'seawall';
  const words = isAgent ? ['agent', '--instance', instance, '--engine', engine.socket] : ['console'];
  const { stdout, stderr } = await engine.docker('exec', container, program, 'doctor', ...words, '--format', 'json');
  expectThat(stdout !== '', `doctor in ${container} says nothing: ${stderr}`);
  const { probes } = JSON.parse(stdout) as { readonly probes: readonly Probed[] };
  const broken = probes.filter(({ state, weight }) => state === 'problem' && weight === 'stops');
  expectThat(broken.length === 0, `doctor in ${container}: ${JSON.stringify(broken)}`);
  return `${probes.filter(({ state }) => state === 'fine').length} of ${probes.length} fine`;
}

async function healthy({ engine, console }: Ground): Promise<void> {
  for (const name of [console.name, agentName]) {
    const state = async () => (await engine.must('inspect', '--format', '{{.State.Health.Status}}', name)).trim();
    await until(`health of ${name}`, async () => (await state()) === 'healthy', { seconds: 180 });
  }
}
