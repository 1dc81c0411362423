import { listContainers, listHosts } from '#inventory/contract.ts';
import { joinConsole } from '#link/agent/index.ts';
import { createJoinToken, listAgents, protocolVersion, revokeAgent } from '#link/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Estate } from './estate.ts';
import { soundOpenssl, surgeImage } from './images.ts';

/** Who may report, and for which environment. */
export const agentCases: readonly LabCase<Estate>[] = [
  {
    id: 'A1',
    title: 'a label chooses an environment only where the agent’s option allows it',
    protectedBy: 'the option of the agent (the container runs where it is allowed)',
    async run({ armed, ask, load, piers }) {
      const pier = armed ? piers.prod : piers.test;
      await load(surgeImage({ name: 'surge/label:1', packages: [soundOpenssl] }), pier);
      const words = ['--network', 'none', '--label', 'seawall.environment=dev', 'surge/label:1'];
      const id = await pier.docker('run', '-d', ...words);
      const found = await until(
        'the container',
        async () =>
          (await ask(listContainers, { query: { host: `pier/${pier.name}` } })).containers.find(
            (one) => one.id === id && one.state === 'running',
          ),
        { seconds: 5 },
      );
      await pier.docker('rm', '-f', id);
      expectThat(found.environment !== 'dev', 'a label moved a container of prod to dev');
      return undefined;
    },
  },
  {
    id: 'A2',
    title: 'a join token is used once, and not for another environment',
    protectedBy: 'the limits of the token',
    async run({ armed, ask, linkPort, state }) {
      const limits = armed ? { uses: 1, environments: ['dev'] } : { uses: 10, environments: ['dev', 'prod'] };
      const { secret } = await ask(createJoinToken, { body: { name: 'twice', ...limits } });
      const join = async (instance: string, environment: string): Promise<string> =>
        await joinConsole({
          consoleUrl: `https://127.0.0.1:${linkPort}`,
          token: secret,
          stateFolder: `${state}/join-${instance}`,
          introduction: { protocol: protocolVersion, host: 'stranger', instance, version: '0', environment },
        }).then(
          () => 'joined',
          (error: { readonly code?: string }) => error.code ?? 'failed',
        );
      expectThat((await join('wrong', 'prod')) === 'join-refused', 'a token of dev let an agent join as prod');
      const first = await join('first', 'dev');
      expectThat(first === 'joined', `the first join: ${first}`);
      const second = await join('second', 'dev');
      expectThat(second === 'join-refused', 'a token of one use was used twice');
      return undefined;
    },
  },
  {
    id: 'A3',
    title: 'a revoked agent is refused at once, its host is shown stale, and a new token takes it back',
    async run({ ask, piers }) {
      const { agents } = await ask(listAgents);
      const agent = agents.find(({ name, state }) => name === 'pier/dev' && state === 'live');
      expectThat(agent !== undefined, 'the agent of dev is not live');
      await ask(revokeAgent, { params: { id: agent.id } });
      const started = performance.now();
      await until(
        'the host as stale',
        async () => (await ask(listHosts)).hosts.find((host) => host.name === 'pier/dev')?.stale,
        { seconds: 10 },
      );
      const time = Math.round(performance.now() - started);
      await until('the agent’s own word', async () => piers.dev.said().includes('revoked'), { seconds: 20 });
      const { secret } = await ask(createJoinToken, { body: { name: 'again', environments: ['dev'] } });
      await piers.dev.rejoin(secret);
      await until(
        'the host as live',
        async () => (await ask(listHosts)).hosts.find((host) => host.name === 'pier/dev')?.stale === false,
        { seconds: 30 },
      );
      return `stale after ${time} ms`;
    },
  },
];
