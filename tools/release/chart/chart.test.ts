import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { misunderstood } from '#apps/cli/testing.ts';
import { filledManifest } from '#apps/cli/gate/kubernetes-manifest.ts';
import { wordsOf as agentWordsOf } from '#apps/console/in-container.ts';
import { chartName } from '../chart.ts';
import { faultsOf } from './check-objects.ts';
import { helm } from './helm.ts';
import { type PodTemplate, workloadsIn } from './loose-ends.ts';
import { type KubernetesObject, objectsIn } from './objects.ts';
import { notesOf, rendered, root, unpackedChart, version } from './packed-chart.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-chart-test-'));
let chart = '';
beforeAll(async () => void (chart = await unpackedChart(join(folder, 'packed'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const line of notRun) console.log(`not run: ${line}`);
});

/** What only a cluster can show. */
const notRun = [
  'kubectl apply --dry-run=server of the chart: it needs an API server',
  'pods of the chart on nodes, their probes, volumes, network policies and Pod Security: they need a cluster',
  'an API server that asks the webhook of the chart: it needs a cluster',
];

const sets = ['default', 'external-database', 'agents-only', 'webhook', 'airgapped', 'several'] as const;
type SetName = (typeof sets)[number];
const valuesOf = (set: SetName) => [join(chart, 'ci', `${set}-values.yaml`)];
const objectsOf = async (set: SetName, release = 'seawall') =>
  await rendered({ chart, release, values: valuesOf(set) });

function podOf(objects: readonly KubernetesObject[], part: 'console' | 'agent') {
  const found = workloadsIn(objects).find(({ metadata }) => metadata.name.endsWith(`-${part}`));
  const [container, ...others] = found?.spec.template.spec.containers ?? [];
  if (found === undefined || container === undefined || others.length > 0) throw new Error(`There is no ${part}.`);
  return { pod: found.spec.template, container };
}

const kindsOf = (objects: readonly KubernetesObject[]) => objects.map(({ kind }) => kind).toSorted();
const variable = ({ container }: ReturnType<typeof podOf>, name: string) =>
  (container as unknown as { readonly env: readonly { readonly name: string }[] }).env.find((one) => one.name === name);
const wordsAfter = ({ container }: ReturnType<typeof podOf>, word: string) => {
  const { args } = container as unknown as { readonly args: readonly string[] };
  return args.flatMap((one, at) => (one === word ? [args[at + 1]] : []));
};

test('every set of values has a test here', () => {
  expect(readdirSync(join(chart, 'ci')).toSorted()).toEqual(sets.map((set) => `${set}-values.yaml`).toSorted());
});

describe.each(sets)('with the values %s', (set) => {
  test('helm finds nothing to say against the chart', async () => {
    const { code, out, err } = await helm(['lint', '--strict', chart, '--values', valuesOf(set).join()]);
    expect(`${out}${err}`).not.toMatch(/\[(?:ERROR|WARNING)\]/);
    expect(code).toBe(0);
  });

  test('every object is as its schema says, and no name leads nowhere', async () => {
    const objects = await objectsOf(set);
    expect(objects.length).toBeGreaterThan(0);
    expect(await faultsOf(objects)).toEqual([]);
  });

  test('nothing may ask the API server, and no object holds a secret', async () => {
    const objects = await objectsOf(set);
    expect(kindsOf(objects).filter((kind) => /Role|Secret|ConfigMap/.test(kind))).toEqual([]);
    for (const { spec } of workloadsIn(objects)) expect(spec.template.spec.automountServiceAccountToken).toBe(false);
  });

  test('each command of the notes is one that the program understands', async () => {
    const lines = (await notesOf({ chart, values: valuesOf(set) })).split('\n');
    const commands = lines.flatMap((line) => / -- (seawall .*)$/.exec(line)?.[1] ?? []);
    for (const command of commands) expect(await misunderstood(command), command).toBe('');
    expect(commands.length).toBe({ 'agents-only': 0, webhook: 2, several: 2 }[set as string] ?? 1);
  });
});

/** What the Pod Security Standard `restricted` asks for, beside what a schema knows. */
function expectRestricted({ pod, container }: { readonly pod: PodTemplate; readonly container: object }): void {
  const { hostNetwork, hostPID, securityContext, volumes } = pod.spec;
  expect([hostNetwork, hostPID]).toEqual([undefined, undefined]);
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(container).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  });
  expect(JSON.stringify(volumes)).not.toContain('hostPath');
}

describe('the console', () => {
  test('needs no rights, and its probes ask what needs no account', async () => {
    const found = podOf(await objectsOf('default'), 'console');
    expectRestricted(found);
    const { container } = found;
    expect(container).toMatchObject({ livenessProbe: { httpGet: { path: '/healthz' } } });
    expect(container).toMatchObject({ readinessProbe: { httpGet: { path: '/readyz' } } });
    expect(container.image).toBe(`seawall/console:${version}`);
    expect(variable(found, 'SEAWALL_ORIGIN')).toMatchObject({ value: 'http://127.0.0.1:8083' });
  });

  test('takes address and key of a database elsewhere from Secrets, and keeps the key from others', async () => {
    const found = podOf(await objectsOf('external-database'), 'console');
    expect(found.container.image).toBe(`seawall/console-without-database:${version}`);
    expect(variable(found, 'SEAWALL_DATABASE_URL')).toMatchObject({
      valueFrom: { secretKeyRef: { name: 'seawall-database', key: 'url' } },
    });
    expect(variable(found, 'SEAWALL_KEY_FILE')).toMatchObject({ value: '/run/secrets/seawall/master/master.key' });
    // 0440: the console takes no key that others can read.
    expect(found.pod.spec.volumes).toContainEqual(
      expect.objectContaining({
        secret: expect.objectContaining({ secretName: 'seawall-master-key', defaultMode: 288 }),
      }),
    );
    expect(wordsAfter(found, '--host-name')).toEqual(['seawall.internal']);
  });

  test('is restored before it starts, with the same rights, places and words of the program', async () => {
    const { pod, container } = podOf(await objectsOf('external-database'), 'console');
    const [restore, ...others] = pod.spec.initContainers ?? [];
    const { args = [] } = restore ?? {};
    const same = ['image', 'imagePullPolicy', 'env', 'resources', 'securityContext', 'volumeMounts'] as const;
    const placeOf = (one: object | undefined) => same.map((field) => Reflect.get(one ?? {}, field) as unknown);
    expect(others).toEqual([]);
    expect(placeOf(restore)).toEqual(placeOf(container));
    expect(placeOf(restore)).not.toContain(undefined);
    expect(await misunderstood(`seawall ${args.join(' ')}`)).toBe('');
    expect(podOf(await objectsOf('default'), 'console').pod.spec).not.toHaveProperty('initContainers');
  });

  test.each([
    ['default', ['link']],
    ['external-database', ['pages', 'metrics', 'link']],
    ['webhook', ['link', 'webhook']],
  ] as const)('with the values %s it is reached on the ports %j alone', async (set, ports) => {
    const policy = (await objectsOf(set)).find(({ kind }) => kind === 'NetworkPolicy');
    const { ingress } = (policy?.['spec'] ?? {}) as {
      readonly ingress?: readonly { readonly ports: readonly object[] }[];
    };
    expect(ingress?.flatMap((rule) => rule.ports)).toEqual(ports.map((port) => ({ port, protocol: 'TCP' })));
  });
});

describe('the agent', () => {
  test('has the rights of the command that the console prints', async () => {
    const { pod, container } = podOf(await objectsOf('default'), 'agent');
    const printed = agentWordsOf({ linkUrl: 'https://127.0.0.1:8084', secret: '', version: '' });
    const capabilities = [...printed.matchAll(/--cap-add (\w+)/g)].map(([, name]) => name);
    expect(capabilities.length).toBeGreaterThan(0);
    expect(printed).toMatch(/--pid host --network host/);
    expect(printed).toContain('--security-opt apparmor=unconfined');
    expect(pod.spec).toMatchObject({ hostPID: true, hostNetwork: true });
    expect(container.securityContext).toMatchObject({
      privileged: false,
      capabilities: { add: capabilities },
      appArmorProfile: { type: 'Unconfined' },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('joins the console of its release by an address, as its node resolves no names of services', async () => {
    const objects = await objectsOf('several', 'north');
    const [name = ''] = objects
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata }) => metadata.name)
      .filter((one) => one.endsWith('-link'));
    const agent = podOf(objects, 'agent');
    expect(name).toBe('north-seawall-link');
    expect(wordsAfter(agent, '--console')).toEqual(['https://$(NORTH_SEAWALL_LINK_SERVICE_HOST):8084']);
    expect(agent.pod.spec).toMatchObject({ enableServiceLinks: true });
  });

  test('joins a console elsewhere, and then nothing else is made', async () => {
    const objects = await objectsOf('agents-only');
    const agent = podOf(objects, 'agent');
    expect(kindsOf(objects)).toEqual(['DaemonSet', 'ServiceAccount']);
    expect(wordsAfter(agent, '--console')).toEqual(['https://seawall.example:8084']);
    expect(agent.pod.spec).toMatchObject({
      enableServiceLinks: false,
      volumes: [{ secret: { secretName: 'pier-join-token', optional: true, items: [{ key: 'join', path: 'token' }] } }],
    });
  });

  test('is given words that the program understands', async () => {
    for (const set of sets.filter((one) => one !== 'external-database')) {
      const { container } = podOf(await objectsOf(set), 'agent');
      const { args } = container as unknown as { readonly args: readonly string[] };
      expect(await misunderstood(`seawall agent ${args.join(' ')}`), set).toBe('');
    }
  });
});

test('the manifest that the notes lead to asks the service of the chart', async () => {
  const objects = await objectsOf('webhook');
  const [, given = ''] = /--service (\S+)/.exec(await notesOf({ chart, values: valuesOf('webhook') })) ?? [];
  const [namespace = '', name = ''] = given.split('/');
  const path = `/kubernetes/v1/surge-1/${'a1'.repeat(32)}`;
  const made = objectsIn(
    filledManifest(root, {
      path,
      authority: 'PEM',
      port: 8085,
      service: { namespace, name },
      failurePolicy: 'Fail',
      leftOut: [],
    }),
  );
  expect(await faultsOf(made)).toEqual([]);
  expect(made).toMatchObject([{ webhooks: [{ clientConfig: { service: { port: 443 } } }] }]);
  expect(objects).toContainEqual(
    expect.objectContaining({
      kind: 'Service',
      metadata: expect.objectContaining({ name, namespace }),
      spec: expect.objectContaining({ ports: [expect.objectContaining({ port: 443, targetPort: 'webhook' })] }),
    }),
  );
  // The certificate holds for the names of the console.
  expect(wordsAfter(podOf(objects, 'console'), '--host-name')).toEqual([`${name}.${namespace}.svc`]);
  expect(await notesOf({ chart, values: valuesOf('webhook') })).toContain(
    `kubectl delete validatingwebhookconfiguration ${made[0]?.metadata.name}\n`,
  );
});

test('every image comes from the registry by its digest, where both are given', async () => {
  const objects = await objectsOf('airgapped');
  const images = (['console', 'agent'] as const).map((part) => podOf(objects, part));
  expect(images.map(({ container }) => container.image)).toEqual([
    `registry.internal:5000/security/seawall/console@sha256:${'1'.padStart(64, '0')}`,
    `registry.internal:5000/security/seawall/agent@sha256:${'3'.padStart(64, '0')}`,
  ]);
  for (const { pod, container } of images) {
    expect(container.imagePullPolicy).toBe('IfNotPresent');
    expect(pod.spec.imagePullSecrets).toEqual([{ name: 'registry-internal' }]);
  }
  expect(images[0]?.pod.spec.securityContext).not.toHaveProperty('runAsUser');
});

test('without a registry nothing is pulled: the names would be those of others', async () => {
  const objects = await objectsOf('default');
  for (const part of ['console', 'agent'] as const)
    expect(podOf(objects, part).container.imagePullPolicy).toBe('Never');
});

test('two releases in one namespace share nothing', async () => {
  const [first, second] = [await objectsOf('default'), await objectsOf('several', 'north')];
  expect(await faultsOf([...first, ...second])).toEqual([]);
  const agents = [first, second].map((objects) => podOf(objects, 'agent'));
  for (const word of ['--instance', '--metrics'])
    expect(new Set(agents.flatMap((agent) => wordsAfter(agent, word))).size).toBe(2);
});

describe('the release', () => {
  test('packs the same bytes whenever and by whomever it is made, with its version', async () => {
    const digests: string[] = [];
    for (const [out, umask] of [
      ['one', 0o022],
      ['two', 0o077],
    ] as const) {
      const before = process.umask(umask);
      try {
        await unpackedChart(join(folder, out));
      } finally {
        process.umask(before);
      }
      digests.push(
        createHash('sha256')
          .update(readFileSync(join(folder, out, chartName({ version }))))
          .digest('hex'),
      );
    }
    expect(digests[0]).toBe(digests[1]);
    const { out } = await helm(['show', 'chart', join(folder, 'one', chartName({ version }))]);
    expect(out).toMatch(new RegExp(`^version: ${version.replaceAll('.', '\\.')}$`, 'm'));
    expect(out).toMatch(new RegExp(`^appVersion: ${version.replaceAll('.', '\\.')}$`, 'm'));
  });
});
