import { hostname } from 'node:os';
import { theConsole } from '#access/console/index.ts';
import type { Environment } from '#base/index.ts';
import type { Link } from '#link/console/index.ts';
import { unassigned } from '#link/contract.ts';
import { version } from '../cli/version.ts';

/** Whether this is the console's image, which says so: its own addresses and its file system are not those of its host. */
export function isInContainer(env: Environment): boolean {
  return env['SEAWALL_IN_CONTAINER'] === '1';
}

/** Whether kubelet started it: then neither its links nor its agents come by `docker`. */
export function isInPod(env: Environment): boolean {
  return isInContainer(env) && env['KUBERNETES_SERVICE_HOST'] !== undefined;
}

/** The command that prints a new sign-in link, from where a person sits. An engine names a container by its id, kubelet by its pod. */
export function newLinkCommand(env: Environment, name: string = hostname()): string {
  if (!isInContainer(env)) return 'bin/seawall console --sign-in-link';
  if (isInPod(env)) return `kubectl exec ${name} -- seawall console --sign-in-link`;
  return `docker exec ${/^[0-9a-f]{12}$/.test(name) ? name : 'seawall'} seawall console --sign-in-link`;
}

/** Hours in which the agent of this host may be started. */
const hours = 24;

/** How to start the agent of the console's host, while none ever joined; else nothing. */
export async function agentWords(link: Link, linkUrl: string): Promise<string> {
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
    '  docker run -d --name seawall-agent --restart unless-stopped --pid host --network host \\',
    '    --cap-add SYS_ADMIN --cap-add SYS_PTRACE --cap-add SYS_NICE --cap-add NET_ADMIN \\',
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
