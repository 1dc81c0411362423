import { existsSync } from 'node:fs';
import { getCompliance } from '#compliance/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { sensors } from '../sensors.ts';
import { atWork } from './agent-protects.ts';
import { agentName, hostSystem, rights, secondRoot } from './agent-host.ts';
import type { Deployment } from './world.ts';

/** The check that only root has uid 0. */
const onlyRoot = 'HST-061';

/** What the agent in a container reads and changes is the host's, or nothing. */
export const ofHostCases: readonly LabCase<Deployment>[] = [
  {
    id: 'A5',
    title: 'facts of the host are the host’s, not those of the agent’s container',
    async run(world) {
      const shore = await atWork(world);
      const ofHost = async () => (await world.ask(listHosts)).hosts.find(({ name }) => name === shore.name)?.facts?.os;
      const told = await until('the host’s system', ofHost, { seconds: 30 });
      expectThat(told === hostSystem, `the host is called ${told}`);
      const params = { host: shore.name, kind: 'host', id: 'self' } as const;
      const ofAccounts = async () =>
        (await world.ask(getCompliance, { params })).results?.find(({ id }) => id === onlyRoot);
      const result = await until('how the host’s accounts stand', ofAccounts, { seconds: 60 });
      expectThat(result.seen?.join().includes(secondRoot) === true, `${onlyRoot}: ${JSON.stringify(result)}`);
      return `${told}; ${onlyRoot} names ${result.seen}`;
    },
  },
  {
    id: 'A6',
    title: 'without the host’s processes or a capability the agent does not start, and says what it lacks',
    async run(world) {
      const shore = await world.agentHost();
      const apart = await shore.tryAgent(rights.slice(2));
      expectThat(apart.code === 2 && apart.stderr.includes('Start it with --pid host.'), apart.stderr);
      const weak = await shore.tryAgent(['--pid', 'host', '--cap-add', 'SYS_ADMIN']);
      expectThat(weak.code === 2 && weak.stderr.includes('--cap-add SYS_PTRACE'), weak.stderr);
      return undefined;
    },
  },
  {
    id: 'A7',
    title:
      'the gate is installed from the agent’s container; the authorization plugin is refused; what runs starts without both',
    async run(world) {
      const shore = await atWork(world);
      const { engine, gate } = shore;
      const plugin = await gate('install', '--authorization');
      expectThat(plugin.code === 2 && /it runs in a container/.test(plugin.stderr), JSON.stringify(plugin));
      const installed = await gate('install', '--when-broken', 'allow');
      expectThat(installed.code === 0, JSON.stringify(installed));
      const under = await shore.server();
      await engine.must('rm', '-f', agentName);
      await engine.must('restart', '-t', '0', under);
      const again = new Date();
      await shore.startAgent();
      // Until it has gone on in the host, `docker exec` sees the mounts of the container.
      await shore.isHeard(again);
      const removed = await gate('remove');
      expectThat(removed.code === 0, JSON.stringify(removed));
      await engine.must('rm', '-f', agentName);
      await engine.must('restart', '-t', '0', under);
      await engine.must('rm', '-f', under);
      return undefined;
    },
  },
  {
    id: 'A10',
    title: 'a second agent is refused, with what to do; the first one goes on protecting',
    async run(world) {
      const shore = await atWork(world);
      const second = await shore.tryAgent(rights);
      expectThat(second.code === 2 && second.stderr.includes('already works with the state'), JSON.stringify(second));
      await shore.isHeard(new Date());
      return undefined;
    },
  },
  {
    id: 'A8',
    title: 'one command removes the agent: container, sensor and all that it kept on the host',
    async run(world) {
      const shore = await atWork(world);
      const { code, stdout, stderr } = await shore.tryAgent(rights, '--remove');
      expectThat(code === 0, stderr);
      expectThat((await shore.engine.docker('inspect', agentName)).code !== 0, 'the container is there');
      expectThat(sensors(shore.instance).length === 0, 'the sensor runs');
      const folders = ['/var/lib/seawall', '/run/seawall', `/sys/fs/bpf/seawall/${shore.instance}`];
      const left = folders.filter((folder) => existsSync(shore.host.place(folder)));
      expectThat(left.length === 0, `${left} is there`);
      return stdout.trim().split('\n').join(' ');
    },
  },
];
