import { type Field, known, missing } from '#base/index.ts';
import type { PublishedPort } from '../container-shape.ts';
import type { EngineContext, EngineDocument } from './engine-document.ts';
import { both, flatMapped, valueOf } from './member.ts';

interface Binding {
  readonly HostIp?: string | null | undefined;
  readonly HostPort?: string | null | undefined;
}
type Bindings = Readonly<Record<string, readonly Binding[] | null | undefined>>;

/** Networks, ports and names. */
export function networkFields({ document }: EngineContext) {
  const { host } = document;
  return {
    networks: networksOf(document),
    ports: portsOf(document),
    publishAll: valueOf(host.PublishAllPorts, (value) => value, false),
    links: valueOf(host.Links, (links) => links, []),
    extraHosts: valueOf(host.ExtraHosts, (entries) => entries.map(nameOf), []),
  };
}

function networksOf({ host, origin }: EngineDocument): Field<readonly string[]> {
  if (origin.kind === 'inspect')
    return flatMapped(origin.state.NetworkSettings, (settings) =>
      settings?.Networks === undefined || settings.Networks === null
        ? missing('the document does not name its networks')
        : known(sortedOnce(Object.keys(settings.Networks)), 'NetworkSettings.Networks'),
    );
  return both(valueOf(host.NetworkMode, networksOfMode, ['bridge']), origin.create.NetworkingConfig, (first, more) =>
    sortedOnce([...first, ...Object.keys(more?.EndpointsConfig ?? {})]),
  );
}

function networksOfMode(mode: string): readonly string[] {
  if (mode.startsWith('container:')) return [];
  return [mode === '' || mode === 'default' ? 'bridge' : mode];
}

function sortedOnce(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

/** A running container's are those that the engine opened; else those that it is to open. */
function portsOf({ host, config, origin }: EngineDocument): Field<readonly PublishedPort[]> {
  const bound = valueOf(host.PortBindings, publishedBy, []);
  if (origin.kind === 'inspect') {
    const running = valueOf(origin.state.State, ({ Running }) => Running, false);
    const open = valueOf(origin.state.NetworkSettings, ({ Ports }) => publishedBy(Ports ?? {}), []);
    const exposed = valueOf(config.ExposedPorts, (ports) => Object.keys(ports), []);
    const all = valueOf(host.PublishAllPorts, (value) => value, false);
    const asked = both(
      bound,
      both(exposed, all, (ports, isOn) => (isOn ? ports : [])),
      (ports, picked) => withPicked(ports, picked),
    );
    const opened = both(open, asked, (ports, wanted) => ports.map((port) => asAsked(port, wanted)));
    return flatMapped(running, (isRunning) => (isRunning ? opened : asked));
  }
  return flatMapped(
    valueOf(host.PublishAllPorts, (value) => value, false),
    (all) => (all ? missing('it publishes what its image exposes, and the request does not say that') : bound),
  );
}

/** Where the engine picked the port of the host, from all or from a range, it picks another one at the next start. */
function asAsked(open: PublishedPort, asked: readonly PublishedPort[]): PublishedPort {
  const same = asked.filter(({ port, protocol }) => port === open.port && protocol === open.protocol);
  if (same.some(({ from, to }) => from === open.from && to === open.to)) return open;
  const picked = same.find(({ from, to }) => from === 0 || (from <= open.from && open.to <= to));
  return picked === undefined ? open : { ...open, from: picked.from, to: picked.to };
}

/** Ports that the engine picks for those that were not bound to one. */
function withPicked(ports: readonly PublishedPort[], exposed: readonly string[]): readonly PublishedPort[] {
  const picked = exposed.flatMap((words) => publishedBy({ [words]: [{}] }));
  const isBound = ({ port, protocol }: PublishedPort): boolean =>
    ports.some((other) => other.port === port && other.protocol === protocol);
  return [...ports, ...picked.filter((port) => !isBound(port))];
}

function publishedBy(bindings: Bindings): readonly PublishedPort[] {
  return Object.entries(bindings).flatMap(([words, all]) => {
    const [port = '', protocol = 'tcp'] = words.split('/');
    return (all ?? []).map(({ HostIp, HostPort }) => {
      const [from = '', to = from] = (HostPort ?? '').split('-');
      return { protocol, port: Number(port), address: HostIp ?? '', from: Number(from), to: Number(to) };
    });
  });
}

/** `Registry.example.:10.0.0.1`, `name=::1` → `registry.example` */
function nameOf(entry: string): string {
  return (/^[^:=]*/.exec(entry)?.[0] ?? '').toLowerCase().replace(/\.$/, '');
}
