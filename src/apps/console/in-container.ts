import { hostname, networkInterfaces } from 'node:os';
import { ownProgram, type RunsFrom } from '#access/contract.ts';
import { theConsole } from '#access/console/index.ts';
import type { Environment } from '#base/index.ts';
import type { Link } from '#link/console/index.ts';
import { unassigned } from '#link/contract.ts';
import { agentCapabilities } from '../agent-capabilities.ts';
import { version } from '../cli/version.ts';

/** Whether this is the console's image, which says so: its own addresses and its file system are not those of its host. */
export function isInContainer(env: Environment): boolean {
  return env['SEAWALL_IN_CONTAINER'] === '1';
}

/** The command that prints a new sign-in link, from where a person sits. An engine names a container by its id, kubelet by its pod. */
export function newLinkCommand(from: RunsFrom, name: string = hostname()): string {
  return `${ownProgram(from, from === 'pod' ? name : containerName(name))} console --sign-in-link`;
}

/** How the console is stopped: a container in the background has no terminal. */
export function howToStop(from: RunsFrom, name: string = hostname()): string {
  if (from === 'pod') return `To stop it: kubectl delete pod ${name}; its controller starts another.`;
  return from === 'image' ? `To stop it: docker stop ${containerName(name)}.` : 'Ctrl-C stops it.';
}

function containerName(host: string): string {
  return /^[0-9a-f]{12}$/.test(host) ? host : 'seawall';
}

/** Hours in which the agent of this host may be started. */
const hours = 24;

const unreached =
  'This container has no network: no browser and no agent reaches it. Run it without `--network none`, and with `-p 127.0.0.1:8083:8083 -p 8084:8084`.\n\n';

/** Whether others can reach this container at all. */
export function hasNetwork(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): boolean {
  return Object.values(interfaces).some((addresses) => addresses?.some(({ internal }) => !internal));
}

/** How to start the agent of the console's host, while none ever joined; else nothing. */
export async function agentWords(link: Link, linkUrl: string): Promise<string> {
  if (!hasNetwork()) return unreached;
  if (await link.hasAgents()) return '';
  const wanted = { name: 'agent of the console’s host', environments: [unassigned], uses: 1, hours };
  const { secret } = await link.createJoinToken(wanted, theConsole);
  return wordsOf({ linkUrl, secret, version });
}

interface AgentStart {
  readonly linkUrl: string;
  readonly secret: string;
  readonly version: string;
}

/** On the console's own host its port is that of loopback; others need a name, which only a person knows. */
export function wordsOf({ linkUrl, secret, version }: AgentStart): string {
  const lines = [
    `Start the agent of this host with this, once and within ${hours} hours:`,
    '',
    `  SEAWALL_TOKEN=${secret} \\`,
    '  docker run -d --pull never --name seawall-agent --restart unless-stopped --pid host --network host \\',
    `    ${agentCapabilities.map((name) => `--cap-add ${name}`).join(' ')} \\`,
    '    --security-opt apparmor=unconfined -e SEAWALL_TOKEN \\',
    `    seawall/agent:${version} --console ${linkUrl}`,
    '',
  ];
  const reach = isLoopback(new URL(linkUrl).hostname)
    ? 'Other hosts cannot reach that address: for them, add `console --host-name NAME` to the command of this container.'
    : 'Other hosts: Hosts → Add a host.';
  return [...lines, reach, '', ''].join('\n');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
