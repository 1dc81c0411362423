import { AppError } from '#base/index.ts';
import type { CallInput } from '#http/index.ts';
import { type Container, listContainers, listHosts } from '#inventory/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';
import { byNeed, describeContainers, exitCodeOf, reasonOf } from '../runtime/protected-containers.ts';

type Query = CallInput<typeof listContainers>['query'];

const atOnce = 500;

/**
 * `seawall containers`: what runs, and how it is protected. 0: as its rules ask; 1: something lacks what its rule asks
 * for; 3: nothing is known to lack it, and nobody can say of everything, or a host is away. Throws `not-found` where no
 * host is asked about: nothing is known then.
 */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  const { terminal } = call;
  const query = queryOf(call);
  return await withConsole<ExitCode>(call, async (console) => {
    const containers = (await readAll(console, query)).toSorted(byNeed);
    const away = await readAway(console, query, containers);
    if (format === 'json') for (const one of containers) terminal.out(`${plainJson(JSON.stringify(one))}\n`);
    else terminal.out(describeContainers(containers, away, terminal.columns));
    const code = exitCodeOf(containers, away);
    if (code !== 0) terminal.err(`${reasonOf(containers, away)}\n`);
    return code;
  });
}

function queryOf({ options }: CommandCall): Query {
  const query = {
    state: 'up',
    host: text(options['host']),
    environment: text(options['environment']),
    ...(options['notProtected'] === true ? { protection: 'not-protected' } : {}),
  };
  const read = listContainers.query?.safeParse(query);
  if (read?.success !== true)
    throw new AppError('usage', 'That is no name of a host or an environment.', {
      next: 'See their names with `seawall containers`.',
    });
  return read.data;
}

async function readAll({ ask }: RuntimeConsole, query: Query): Promise<readonly Container[]> {
  const found: Container[] = [];
  for (;;) {
    const page = await ask(listContainers, { query: { ...query, limit: atOnce, offset: found.length } });
    found.push(...(page.containers as readonly Container[]));
    if (page.containers.length < atOnce) return found;
  }
}

/** Hosts that are asked about and whose agents are away: what runs there may be another by now. */
async function readAway(
  { ask }: RuntimeConsole,
  { host, environment }: Query,
  containers: readonly Container[],
): Promise<readonly string[]> {
  const { hosts } = await ask(listHosts, {});
  const asked = hosts.filter(
    (one) =>
      (host === undefined || one.name === host) &&
      (environment === undefined || (one.environment ?? 'none') === environment),
  );
  if (asked.length === 0 && containers.length === 0) {
    const named = [host === undefined ? '' : ` called ${host}`, environment === undefined ? '' : ` in ${environment}`];
    throw new AppError('not-found', `No host${named.join('')} reports to the console, so nothing is known of it.`, {
      next: 'Check the name on the page Hosts, or join the host with `seawall agent`.',
    });
  }
  return asked.filter(({ stale }) => stale).map(({ name }) => name);
}
