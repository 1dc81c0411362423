import { listContainers } from '#inventory/contract.ts';
import { listAgents } from '#link/contract.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Estate } from './estate.ts';
import type { Pier } from '../pier.ts';

/** The first is of the console, the second of the agent; from then on chance decides. */
const rounds = 2 * Number(process.env['SEAWALL_LAB_KILLS'] ?? 10);

/** What is left after everything dies at any moment. */
export const killCases: readonly LabCase<Estate>[] = [
  {
    id: 'K1',
    title: `console and agent killed ${rounds} times while containers start and stop: the inventory is right, no fact lost or doubled`,
    async run(estate) {
      const { piers, ask } = estate;
      const pier = piers.prod;
      const made: string[] = [];
      const work = new AbortController();
      const load = churn(pier, made, work.signal);
      let [consoles, agents] = [0, 0];
      for (let round = 0; round < rounds; round++) {
        await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 1500));
        const isConsole = round < 2 ? round === 0 : Math.random() < 0.4;
        if (isConsole) {
          consoles += 1;
          await estate.console().end('SIGKILL');
          await estate.restartConsole();
        } else {
          agents += 1;
          await pier.killAgent('SIGKILL');
          await pier.startAgent();
        }
      }
      work.abort();
      await load;
      const running = new Set((await pier.docker('ps', '-q', '--no-trunc')).split('\n').filter(Boolean));
      await until('the running containers', async () => same(await idsOf(estate, 'up'), running), { seconds: 60 });
      const known = await until(
        'every container that ever was',
        async () => {
          const ids = await idsOf(estate);
          return made.every((id) => ids.has(id)) ? ids : undefined;
        },
        { seconds: 20 },
      );
      const { agents: all } = await ask(listAgents);
      const lost = all.find(({ name, state }) => name === 'pier/prod' && state === 'live')?.lost;
      expectThat(lost === 0, `${lost} facts were given up`);
      for (const id of running) await pier.docker('rm', '-f', id);
      return `${consoles} × console, ${agents} × agent, ${made.length} containers, ${known.size} known`;
    },
  },
];

/** Starts and ends containers until it is told to stop. */
async function churn(pier: Pier, made: string[], signal: AbortSignal): Promise<void> {
  const alive: string[] = [];
  while (!signal.aborted) {
    const id = await pier.docker('run', '-d', '--network', 'none', 'surge/tide:1');
    made.push(id);
    alive.push(id);
    if (alive.length > 4) await pier.docker('rm', '-f', alive.shift() ?? '');
  }
}

async function idsOf({ ask }: Estate, state?: 'up'): Promise<Set<string>> {
  const ids: string[] = [];
  for (let offset = 0; ; offset += 500) {
    const query = { host: 'pier/prod', limit: 500, offset, ...(state === undefined ? {} : { state }) };
    const { containers, total } = await ask(listContainers, { query });
    ids.push(...containers.map(({ id }) => id));
    if (ids.length >= total) break;
  }
  expectThat(new Set(ids).size === ids.length, 'a container is listed twice');
  return new Set(ids);
}

function same(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every((id) => right.has(id));
}
