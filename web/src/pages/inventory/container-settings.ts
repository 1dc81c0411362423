import type { Container } from '#inventory/contract.ts';

/** A setting of a container that gives whoever breaks out of it more than an ordinary one would. */
export interface Setting {
  readonly word: string;
  readonly why: string;
  /** `grave`: hands over the host. */
  readonly weight: 'grave' | 'plain';
}

/** Where engines listen; who reaches one is root on the host. */
const engineSockets = /(?:^|\/)(?:docker|containerd|podman|crio)\.sock$/;

type Settings = Pick<
  Container,
  | 'privileged'
  | 'user'
  | 'hostNamespaces'
  | 'sharedByDefault'
  | 'mounts'
  | 'capabilities'
  | 'incomplete'
  | 'securityOptions'
>;

/** What of a container's settings a person should see, the gravest first. One that is not known has none and says so elsewhere. */
export function settingsOf(container: Settings): readonly Setting[] {
  if (container.incomplete === true) return [];
  const sockets = container.mounts.filter((mount) => engineSockets.test(mount.source));
  const unconfined = container.securityOptions.filter((option) => /[=:]unconfined$|^label[=:]disable$/.test(option));
  return [
    ...grave(container.privileged, 'privileged', 'Has every capability and every device of the host.'),
    ...grave(
      sockets.length > 0,
      'engine socket',
      `Reaches the engine by ${sockets[0]?.source}, and so is root on the host.`,
    ),
    ...chosenNamespaces(container).map(
      (one): Setting => ({
        word: `host ${one}`,
        why: `Shares the ${one} namespace with the host.`,
        weight: one === 'cgroup' ? 'plain' : 'grave',
      }),
    ),
    ...plain(isRoot(container.user), 'root', 'Runs as root.'),
    ...unconfined.map((option): Setting => ({ word: 'unconfined', why: `Runs with ${option}.`, weight: 'plain' })),
    ...plain(
      container.capabilities.added.length > 0 && !container.privileged,
      `+${container.capabilities.added.length} cap`,
      `Has further capabilities: ${container.capabilities.added.join(', ')}.`,
    ),
  ];
}

/** Namespaces of the host that somebody chose for this container: what its engine gives to every one is no fault of it. */
function chosenNamespaces({
  hostNamespaces,
  sharedByDefault,
}: Pick<Settings, 'hostNamespaces' | 'sharedByDefault'>): Container['hostNamespaces'] {
  const byDefault: readonly string[] = sharedByDefault;
  return hostNamespaces.filter((one) => !byDefault.includes(one));
}

/** What it may do as root of its container. A privileged one has everything, whatever was added or dropped. */
export function capabilitiesOf({ privileged, capabilities }: Pick<Settings, 'privileged' | 'capabilities'>): string {
  if (privileged) return 'all, because it is privileged';
  const { added, dropped } = capabilities;
  if (added.length + dropped.length === 0) return "the engine's default set";
  const less = dropped.includes('ALL') ? 'none' : `default set without ${dropped.join(', ')}`;
  const base = dropped.length === 0 ? 'default set' : less;
  return added.length === 0 ? base : base === 'none' ? added.join(', ') : `${base}, with ${added.join(', ')}`;
}

/** As configured: empty is root, and so is `0` with or without a group. */
export function isRoot(user: string): boolean {
  return /^(?:|0|root)(?::.*)?$/.test(user);
}

/** `0.0.0.0:8080 → 80/tcp`: where the host listens for a container; ports that are not published are left out. */
export function publishedPorts(ports: Container['ports']): readonly string[] {
  return ports.flatMap(({ container, protocol, host }) =>
    host === undefined ? [] : [`${addressOf(host.address)}:${host.port} → ${container}/${protocol}`],
  );
}

const everywhere: readonly string[] = ['0.0.0.0', '::'];

/** `8080 → 80`: the same for a narrow column, once for all addresses; an address is named where it is one of several. */
export function shortPorts(ports: Container['ports']): readonly string[] {
  const all = ports.flatMap(({ container, protocol, host }) => {
    if (host === undefined) return [];
    const from = everywhere.includes(host.address) ? '' : `${addressOf(host.address)}:`;
    return [`${from}${host.port} → ${container}${protocol === 'tcp' ? '' : `/${protocol}`}`];
  });
  return [...new Set(all)];
}

function addressOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function grave(holds: boolean, word: string, why: string): readonly Setting[] {
  return holds ? [{ word, why, weight: 'grave' }] : [];
}

function plain(holds: boolean, word: string, why: string): readonly Setting[] {
  return holds ? [{ word, why, weight: 'plain' }] : [];
}
