import { type CreateRequest, settingsOfCreate } from '#inventory/index.ts';
import { type AskContext, engineImage, unreadable, viewOf } from './request-kinds.ts';
import { readBody } from './body.ts';
import { judgeContainer } from './judge-container.ts';
import { type Outcome, refused } from './outcome.ts';
import { InspectedNetwork } from '#inventory/agent/index.ts';
import { ServiceRequest } from './schema.ts';

type Action = 'create service' | 'update service';

/** A swarm's tasks start without asking: what their service says is judged as a container that starts. */
export async function askService(action: Action, { request, ports }: AskContext): Promise<Outcome> {
  const body = readBody(request, ServiceRequest);
  if (body.kind === 'refused') return refused(action, 'a service', unreadable(body.why));
  const { TaskTemplate: task, Networks } = body.value;
  const spec = task.ContainerSpec;
  const isPlugin =
    isGiven(task.PluginSpec) || isGiven(task.NetworkAttachmentSpec) || /plugin/i.test(task.Runtime ?? '');
  if (isPlugin || spec === undefined || spec === null) {
    return refused(action, 'a service', 'Only services of containers can be judged; let root on the host make others.');
  }
  const imageName = spec.Image ?? '';
  const held = await engineImage(imageName, ports);
  const image = held?.id ?? /@(sha256:[0-9a-f]{64})$/.exec(imageName)?.[1];
  const targets = [...(task.Networks ?? []), ...(Networks ?? [])].map(({ Target }) => Target ?? '');
  const networks = [...new Set(targets)];
  const settings = async () => {
    const isHosts = (await Promise.all(networks.map((name) => isHostNetwork(name)))).includes(true);
    const asked = { ...createRequestOf(spec, isHosts ? 'host' : ''), Volumes: held?.volumes ?? {} };
    return settingsOfCreate(asked, await viewOf(ports));
  };
  const labels = spec.Labels ?? {};
  const judged = await judgeContainer(
    { imageName, ...(image !== undefined && { image }), labels, settings, unknown: 'waits' },
    ports,
  );
  return { action, subject: imageName, ...judged };

  async function isHostNetwork(name: string): Promise<boolean> {
    if (name === 'host') return true;
    return (await ports.ask(`/networks/${encodeURIComponent(name)}`, InspectedNetwork))?.Driver === 'host';
  }
}

type ContainerSpec = NonNullable<ServiceRequest['TaskTemplate']['ContainerSpec']>;

/** The container that the engine makes of a task. */
function createRequestOf(spec: ContainerSpec, network: string): CreateRequest {
  const { Mode = '', Profile = '' } = spec.Privileges?.Seccomp ?? {};
  const profile =
    Mode === 'custom' ? Buffer.from(Profile ?? '', 'base64').toString() : Mode === 'unconfined' ? Mode : '';
  return {
    Image: spec.Image ?? '',
    HostConfig: {
      NetworkMode: network,
      CapAdd: spec.CapabilityAdd ?? [],
      CapDrop: spec.CapabilityDrop ?? [],
      SecurityOpt: profile === '' ? [] : [`seccomp=${profile}`],
      Mounts: (spec.Mounts ?? []).map((mount) => ({ ...mount, Type: mount.Type ?? '' })),
    },
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
