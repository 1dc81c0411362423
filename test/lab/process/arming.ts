import { execFileSync } from 'node:child_process';
import { listContainers, type Protection } from '#inventory/contract.ts';
import { type Incident, listIncidents, listRuntimeRules } from '#runtime/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { sensors } from '../sensors.ts';
import type { Dock } from './dock.ts';

/** What a container is armed with is what is shown, and nothing else. */
export const armingCases: readonly LabCase<Dock>[] = [
  {
    id: 'AR1',
    title: 'a container whose root is in another mount namespace is shown as not protected, with why',
    protectedBy: 'the report of the sensor on each container',
    async run(dock) {
      await dock.pier.docker('rm', '-f', await unmarked(dock));
      return undefined;
    },
  },
  {
    id: 'AR1i',
    title: 'such a container is an incident after the grace of a minute, until it ends',
    protectedBy: 'the report of the sensor on each container',
    shownBy: '`npm test` opens and closes the incident after the grace, in src/runtime/console/protection.test.ts.',
    async run(dock) {
      const began = Date.now();
      const id = await unmarked(dock);
      const found = await incidentOf(dock, id, 'open');
      expectThat(found.title.includes('another mount namespace'), found.title);
      const took = Math.round((Date.now() - began) / 1000);
      await dock.pier.docker('rm', '-f', id);
      await incidentOf(dock, id, 'closed');
      return `an incident after ${took} s, closed with the container`;
    },
  },
  {
    id: 'AR2',
    title: 'an agent that a rule did not reach is not shown as protecting by it',
    protectedBy: 'the report of the sensor on each container',
    isLongDisarmed: true,
    async run(dock) {
      await unreached(dock, async (id) => {
        const [first] = await read(dock, id);
        expectThat(first?.state !== 'protected', `it is shown as ${first?.state} by a rule that nobody applies`);
      });
      return undefined;
    },
  },
  {
    id: 'AR2a',
    title: 'such a container is shown as unknown once its agent is away',
    protectedBy: 'the report of the sensor on each container',
    shownBy: '`npm test` lets an agent fall silent, in web-estate.test.ts and protection.test.ts.',
    async run(dock) {
      await unreached(dock, async (id) => {
        await shownAs(dock, id, ({ state, cause }) => state === 'unknown' && cause === 'agent-away');
      });
      return undefined;
    },
  },
];

/** Starts a container that a new sensor cannot mark, and waits until it is shown so. Gives its id. */
async function unmarked(dock: Dock): Promise<string> {
  const { id } = await dock.nginx();
  await shownAs(dock, id, ({ state }) => state === 'protected');
  execFileSync('umount', ['--lazy', await mergedOf(dock, id)]);
  for (const pid of sensors(dock.pier.name)) process.kill(pid, 'SIGKILL');
  const shown = await shownAs(dock, id, ({ cause }) => cause === 'not-marked');
  expectThat(shown.state === 'partly', `it is shown as ${shown.state}`);
  expectThat(/another mount namespace/.test(shown.reason), shown.reason);
  const parts = shown.parts.map(({ what, state }) => `${what} ${state}`).join(', ');
  expectThat(parts === 'programs armed, code files missing, mapped code armed', parts);
  const rule = (await dock.ask(listRuntimeRules)).rules.find(({ rule: { id: one } }) => one === 'dock');
  expectThat((rule?.protection.partly ?? 0) > 0, 'the rule counts it as protected');
  return id;
}

/** Changes the rule while the agent of a container is stopped, and looks. Expects that it protects by the rule after. */
async function unreached(dock: Dock, look: (id: string) => Promise<void>): Promise<void> {
  const { id } = await dock.nginx();
  await shownAs(dock, id, ({ state }) => state === 'protected');
  process.kill(dock.pier.agentPid(), 'SIGSTOP');
  try {
    await dock.rule({ code: 'block' });
    await look(id);
  } finally {
    process.kill(dock.pier.agentPid(), 'SIGCONT');
  }
  await shownAs(dock, id, ({ state }) => state === 'protected');
  await ruledIn(dock, id, {});
  await dock.pier.docker('rm', '-f', id);
}

/** Saves the lab's rule with these changes, and waits until the sensor holds the container by it. */
export async function ruledIn(dock: Dock, id: string, changes: Parameters<Dock['rule']>[0]): Promise<void> {
  await dock.rule(changes);
  const { rules } = await dock.ask(listRuntimeRules);
  const saved = rules.find(({ rule }) => rule.id === 'dock')?.rule.version;
  await shownAs(dock, id, ({ state, rule }) => state === 'protected' && rule?.version === saved);
}

async function read(dock: Dock, id: string): Promise<readonly Protection[]> {
  const { containers } = await dock.ask(listContainers, { query: { search: id, limit: 1 } });
  return containers.flatMap(({ protection }) => protection ?? []);
}

async function shownAs(dock: Dock, id: string, fits: (one: Protection) => boolean): Promise<Protection> {
  let last: Protection | undefined;
  const wanted = async (): Promise<Protection | undefined> => {
    [last] = await read(dock, id);
    return last !== undefined && fits(last) ? last : undefined;
  };
  try {
    return await until(`${id.slice(0, 12)} with another protection`, wanted, { seconds: dock.armed ? 60 : 10 });
  } catch {
    throw new Error(`It is shown as ${last?.state}, ${last?.cause}: ${last?.reason} ${JSON.stringify(last)}`);
  }
}

async function incidentOf(dock: Dock, container: string, state: Incident['state']): Promise<Incident> {
  return await until(
    `an incident of ${container.slice(0, 12)} that is ${state}`,
    async () => (await dock.ask(listIncidents, { query: { container, state } })).incidents[0],
    { seconds: 120 },
  );
}

/** Where the engine mounts the root of a container. */
async function mergedOf({ pier }: Dock, id: string): Promise<string> {
  const merged = await pier.docker('inspect', '--format', '{{index .GraphDriver.Data "MergedDir"}}', id);
  return merged === '' || merged === '<no value>' ? `${pier.engine.root}/rootfs/overlayfs/${id}` : merged;
}
