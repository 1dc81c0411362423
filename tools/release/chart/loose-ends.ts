import type { KubernetesObject } from './objects.ts';

/** What schemas do not see, and the API server or kubelet refuses: names that lead nowhere. */

interface Named {
  readonly name: string;
}

interface Container extends Named {
  readonly args?: readonly string[];
  readonly ports?: readonly Named[];
  readonly env?: readonly Named[];
  readonly volumeMounts?: readonly (Named & { readonly mountPath: string })[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface Probe {
  readonly httpGet: { readonly port: string | number; readonly path: string; readonly host?: string };
}

type Labels = Readonly<Record<string, string>>;

/** A pod as a workload makes it. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly hostNetwork?: boolean;
    readonly hostPID?: boolean;
    readonly automountServiceAccountToken?: boolean;
    readonly securityContext?: Readonly<Record<string, unknown>>;
    readonly imagePullSecrets?: readonly Named[];
    readonly containers: readonly (Container & {
      readonly image: string;
      readonly imagePullPolicy: string;
      readonly securityContext: Readonly<Record<string, unknown>>;
    })[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Named[];
  };
}

interface Workload {
  readonly template: PodTemplate;
  readonly selector: { readonly matchLabels: Labels };
  readonly volumeClaimTemplates?: readonly { readonly metadata: Named }[];
}

/** The workloads among objects. */
export function workloadsIn(
  objects: readonly KubernetesObject[],
): readonly (KubernetesObject & { readonly spec: Workload })[] {
  const kinds = ['StatefulSet', 'DaemonSet', 'Deployment', 'Job'];
  return objects.filter((object): object is KubernetesObject & { readonly spec: Workload } =>
    kinds.includes(object.kind),
  );
}

export function looseEnds(objects: readonly KubernetesObject[]): readonly string[] {
  const workloads = workloadsIn(objects);
  const pods = workloads.map(({ spec }) => spec.template);
  return [
    ...doubles(objects),
    ...objects.flatMap(nameFaults),
    ...workloads.flatMap(({ metadata, spec }) =>
      podFaults(spec, objects).map((fault) => `pods of ${metadata.name}: ${fault}`),
    ),
    ...objects.filter(({ kind }) => kind === 'Service').flatMap((service) => serviceFaults(service, pods)),
    ...objects.filter(({ kind }) => kind === 'NetworkPolicy').flatMap((policy) => policyFaults(policy, pods)),
  ];
}

function doubles(objects: readonly KubernetesObject[]): readonly string[] {
  const keys = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${key} is there twice`);
}

/** Names of services ask the most; pods get eleven characters more, which count as a label. */
function nameFaults({ kind, metadata }: KubernetesObject): readonly string[] {
  const { name } = metadata;
  const isLabel = /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= (kind === 'Service' ? 63 : 52);
  return isLabel || kind.startsWith('Validating') ? [] : [`${kind} ${name} cannot be called so`];
}

function podFaults(workload: Workload, objects: readonly KubernetesObject[]): readonly string[] {
  const { template, selector, volumeClaimTemplates = [] } = workload;
  const { initContainers = [], volumes = [], serviceAccountName } = template.spec;
  const containers = [...initContainers, ...template.spec.containers];
  const volumeNames = [...volumes, ...volumeClaimTemplates.map(({ metadata }) => metadata)].map(({ name }) => name);
  const mounted = containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
  return [
    ...(covers(selector.matchLabels, template.metadata.labels) ? [] : ['the selector does not select them']),
    ...(accounts.includes(serviceAccountName) ? [] : [`there is no service account ${serviceAccountName}`]),
    ...repeated(volumeNames).map((name) => `two volumes are called ${name}`),
    ...mounted.filter(({ name }) => !volumeNames.includes(name)).map(({ name }) => `there is no volume ${name}`),
    ...volumes
      .filter(({ name }) => !mounted.some((mount) => mount.name === name))
      .map(({ name }) => `no container mounts ${name}`),
    ...containers.flatMap(containerFaults),
  ];
}

function containerFaults({ ports = [], env = [], volumeMounts = [], ...container }: Container): readonly string[] {
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
  const portNames = ports.map(({ name }) => name);
  return [
    ...repeated(volumeMounts.map(({ mountPath }) => mountPath)).map((path) => `${path} is mounted twice`),
    ...repeated(env.map(({ name }) => name)).map((name) => `${name} is set twice`),
    ...repeated(portNames).map((name) => `two ports are called ${name}`),
    ...probes.flatMap((probe) => {
      const port = probe?.httpGet.port;
      return typeof port === 'string' && !portNames.includes(port) ? [`a probe asks a port ${port}`] : [];
    }),
  ];
}

function serviceFaults(service: KubernetesObject, pods: readonly PodTemplate[]): readonly string[] {
  const { selector, ports } = service['spec'] as {
    readonly selector: Labels;
    readonly ports: readonly { readonly targetPort: string | number }[];
  };
  const selected = pods.filter(({ metadata }) => covers(selector, metadata.labels));
  const name = `Service ${service.metadata.name}`;
  if (selected.length !== 1) return [`${name} selects ${selected.length} kinds of pods`];
  return ports
    .filter(({ targetPort }) => !portsOf(selected).includes(targetPort))
    .map(({ targetPort }) => `${name}: its pods have no port ${targetPort}`);
}

function policyFaults(policy: KubernetesObject, pods: readonly PodTemplate[]): readonly string[] {
  const { podSelector, ingress } = policy['spec'] as {
    readonly podSelector: { readonly matchLabels: Labels };
    readonly ingress: readonly { readonly ports: readonly { readonly port: string | number }[] }[];
  };
  const selected = pods.filter(({ metadata }) => covers(podSelector.matchLabels, metadata.labels));
  const name = `NetworkPolicy ${policy.metadata.name}`;
  if (selected.length !== 1) return [`${name} selects ${selected.length} kinds of pods`];
  const unknown = ingress.flatMap(({ ports }) => ports).filter(({ port }) => !portsOf(selected).includes(port));
  return unknown.map(({ port }) => `${name}: its pods have no port ${port}`);
}

function portsOf(pods: readonly PodTemplate[]): readonly (string | number)[] {
  return pods.flatMap(({ spec }) => spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name)));
}

function covers(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}
