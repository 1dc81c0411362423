import { describe, expect, test } from 'vitest';
import { evaluate } from '#compliance/index.ts';
import { containerOfInspect, type ContainerShape, notSeenBy } from '#inventory/index.ts';
import { containerChecks } from '../../compliance/checks/container/index.ts';
import { aroundFor, recorded } from '../../inventory/settings/container/testing.ts';
import { podContainer } from './pod-container.ts';
import { type Container, PodSpec } from './schema.ts';

type Change = Readonly<Record<string, unknown>>;

function fieldsOf(container: Change = {}, pod: Change = {}) {
  const spec = PodSpec.parse({ containers: [{ name: 'app', image: 'app:1', ...container }], ...pod });
  return podContainer(spec, spec.containers[0] as Container);
}

const context = (securityContext: Change): Change => ({ securityContext });
const hostPath = { volumes: [{ name: 'v', hostPath: { path: '/etc' } }] };
const mounted = (more: Change = {}): Change => ({ volumeMounts: [{ name: 'v', mountPath: '/e', ...more }] });
const etc = (writable: boolean) => [
  { source: '/etc', target: '/e', place: { kind: 'paths', paths: ['/etc'] }, writable },
];
const limits = (words: Change): Change => ({ resources: { limits: words } });

type Row = readonly [field: keyof ContainerShape, container: Change, pod: Change, value: unknown];

test.each<Row>([
  ['privileged', {}, {}, false],
  ['privileged', context({ privileged: true }), {}, true],
  ['capabilities', context({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }), {}, ['NET_ADMIN']],
  ['seccompProfile', {}, {}, 'unconfined'],
  ['seccompProfile', context({ seccompProfile: { type: 'RuntimeDefault' } }), {}, 'default'],
  ['seccompProfile', {}, context({ seccompProfile: { type: 'RuntimeDefault' } }), 'default'],
  ['noNewPrivileges', {}, {}, false],
  ['noNewPrivileges', context({ allowPrivilegeEscalation: false }), {}, true],
  ['noNewPrivileges', context({ allowPrivilegeEscalation: true }), {}, false],
  ['readonlyRoot', {}, {}, false],
  ['readonlyRoot', context({ readOnlyRootFilesystem: true }), {}, true],
  ['systemPaths', context({ procMount: 'Unmasked' }), {}, 'open'],
  ['writableCgroups', context({ privileged: true }), {}, true],
  ['mounts', mounted(), {}, []],
  ['mounts', mounted(), hostPath, etc(true)],
  ['mounts', mounted({ readOnly: true }), hostPath, etc(false)],
  ['propagations', mounted({ mountPropagation: 'Bidirectional' }), hostPath, [{ target: '/e', mode: 'shared' }]],
  ['propagations', mounted({ mountPropagation: 'HostToContainer' }), {}, [{ target: '/e', mode: 'slave' }]],
  ['propagations', mounted({ mountPropagation: 'None' }), {}, []],
  ['ports', { ports: [{ containerPort: 80 }] }, {}, []],
  [
    'ports',
    { ports: [{ containerPort: 80, hostPort: 8080, hostIP: '10.0.0.1', protocol: 'UDP' }] },
    {},
    [{ protocol: 'udp', port: 80, address: '10.0.0.1', from: 8080, to: 8080 }],
  ],
  ['memory', {}, {}, 0],
  ['memory', limits({ memory: '128Mi' }), {}, 134_217_728],
  ['memory', limits({ memory: '1e3' }), {}, 1000],
  ['cpu', limits({ cpu: '500m' }), {}, { most: 0.5, weight: 512 }],
  ['cpu', { resources: { requests: { cpu: '250m' } } }, {}, { most: 0, weight: 256 }],
  ['cpu', {}, {}, { most: 0, weight: 0 }],
  ['cpu', limits({ cpu: 2 }), {}, { most: 2, weight: 2048 }],
  ['sysctls', {}, context({ sysctls: [{ name: 'net.b' }, { name: 'net.a' }] }), ['net.a', 'net.b']],
  ['groups', {}, context({ supplementalGroups: [0], fsGroup: 998 }), ['0', '998']],
  ['extraHosts', {}, { hostAliases: [{ hostnames: ['Registry.example'] }] }, ['registry.example']],
])('%s of %j in %j', (...[field, container, pod, value]) => {
  expect(fieldsOf(container, pod)[field]).toMatchObject({ kind: 'known', value });
});

test.each<readonly [keyof ContainerShape, Change]>([
  ['memory', limits({ memory: 'much' })],
  ['memory', limits({ memory: '1Qi' })],
  ['seccompProfile', context({ seccompProfile: { type: 'Localhost' } })],
  ['mounts', { volumeMounts: Array.from({ length: 5000 }, (_, at) => ({ name: 'v', mountPath: `/m/${at}` })) }],
])('nothing is known of %s of %#', (field, container) => {
  expect(fieldsOf(container)[field].kind).toBe('missing');
});

test('a pod lacks exactly what is said of it', () => {
  const missing = Object.entries(fieldsOf()).filter(([, field]) => field.kind === 'missing');
  expect(missing.map(([name]) => name).toSorted()).toEqual(notSeenBy.pod.toSorted());
});

test('a privileged pod, and one with all that is asked for, are told apart by the checks', () => {
  const failed = (fields: ReturnType<typeof fieldsOf>) =>
    evaluate(containerChecks, fields, { now: new Date(), lists: {} }).flatMap(({ id, state }) =>
      state === 'fail' ? [id] : [],
    );
  expect(failed(fieldsOf(context({ privileged: true })))).toContain('CTR-001');
  const strict = {
    ...context({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    }),
    ...limits({ memory: '64Mi', cpu: '1' }),
  };
  expect(failed(fieldsOf(strict, { hostUsers: false }))).toEqual([]);
});

/** The recorded containers, as pods that ask for the same. */
const pods: readonly (readonly [name: string, container: Change, pod: Change, differing: readonly string[]])[] = [
  // Recorded on cgroup v1, where engines share the host’s cgroup namespace; pods never do.
  ['plain', context({ seccompProfile: { type: 'RuntimeDefault' } }), {}, ['CTR-054']],
  [
    'hardened',
    {
      ...context({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        seccompProfile: { type: 'RuntimeDefault' },
      }),
      ...limits({ memory: '64Mi', cpu: '500m' }),
      ports: [{ containerPort: 8080, hostPort: 18_080, hostIP: '127.0.0.1' }],
    },
    {},
    [],
  ],
  [
    'privileged',
    {
      ...context({ privileged: true, capabilities: { add: ['SYS_ADMIN'] }, allowPrivilegeEscalation: true }),
      ports: [
        { containerPort: 80, hostPort: 81 },
        { containerPort: 8443, hostPort: 8443, hostIP: '::' },
      ],
      volumeMounts: [
        { name: 'etc', mountPath: '/host-etc' },
        { name: 'run', mountPath: '/host-run', readOnly: true },
      ],
    },
    {
      hostPID: true,
      hostIPC: true,
      volumes: [
        { name: 'etc', hostPath: { path: '/etc' } },
        { name: 'run', hostPath: { path: '/run' } },
      ],
      hostAliases: [{ hostnames: ['registry-1.docker.io'] }],
      securityContext: { supplementalGroups: [0] },
    },
    // A pod has the name of its node with its network alone, and no way to publish all ports.
    ['CTR-046', 'CTR-028'],
  ],
];

describe.each(pods)('the %s container as a pod', (...[name, container, pod, differing]) => {
  test('gets the same answers as its engine’s words, or none', async () => {
    const given = { lists: { 'approved-ports': ['8443/tcp', '18080/tcp'] }, now: new Date() };
    const around = aroundFor({
      containers: { plain: { hostNamespaces: [], mounts: [] } },
      view: { cgroupNamespace: 'private' },
    });
    const engine = evaluate(containerChecks, await containerOfInspect(recorded(`inspect-${name}`), around), given);
    const states = new Map(engine.map(({ id, state }) => [id, state]));
    const others = evaluate(containerChecks, fieldsOf(container, pod), given).filter(
      ({ id, state }) => state !== 'not-assessed' && states.get(id) !== 'not-assessed' && states.get(id) !== state,
    );
    expect(others.map(({ id }) => id)).toEqual(differing);
  });
});
