import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from './check-objects.ts';
import { rendered, unpackedChart, valuesFile } from './packed-chart.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-chart-refused-'));
let chart = '';
beforeAll(async () => void (chart = await unpackedChart(join(folder, 'packed'))));
afterAll(() => rmSync(folder, { recursive: true }));

const renderedWith = async (values: string, release = 'seawall') =>
  await rendered({ chart, release, values: [valuesFile(join(folder, 'values'), values)] });

describe('values that make no sense are refused, by where they stand', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  test.each([
    ['a name that is not there', 'consol: {}', "at '': additional properties 'consol' not allowed"],
    [
      'a name that is not there, deeper',
      'console: {image: a}',
      "at '/console': additional properties 'image' not allowed",
    ],
    [
      'a join token itself',
      'agent: {joinToken: {token: secret}}',
      "at '/agent/joinToken': additional properties 'token' not allowed",
    ],
    [
      'an address with a password itself',
      'console: {database: {url: "postgresql://a:b@c/d"}}',
      "at '/console/database': additional properties 'url' not allowed",
    ],
    ['a switch that is a word', 'webhook: {enabled: "yes"}', "at '/webhook/enabled': got string, want boolean"],
    ['a registry with a scheme', 'images: {registry: "https://registry.example"}', "at '/images/registry': "],
    ['no digest', 'images: {registry: a.example, digests: {agent: latest}}', "at '/images/digests/agent': "],
    [
      'a digest without a registry',
      `images: {digests: {agent: "${digest}"}}`,
      "at '/images/digests/agent': value must be ''",
    ],
    [
      'a pull secret without a registry',
      'images: {pullSecrets: [a]}',
      "at '/images/pullSecrets': maxItems: got 1, want 0",
    ],
    ['an origin with a path', 'console: {origin: "https://seawall.example/a"}', "at '/console/origin': "],
    ['a proxy that is none', 'console: {trustProxy: [gateway]}', "at '/console/trustProxy/0': "],
    ['root', 'console: {user: 0}', "at '/console/user': minimum: got 0, want 1"],
    ['a size without a unit that is known', 'console: {persistence: {size: 20GB}}', "at '/console/persistence/size': "],
    [
      'a size that is a number',
      'console: {persistence: {size: 20}}',
      "at '/console/persistence/size': got number, want string",
    ],
    [
      'a service of another type',
      'console: {link: {type: ExternalName}}',
      "at '/console/link/type': value must be one of ",
    ],
    [
      'backups that nothing seals',
      'console: {backup: {existingClaim: backups}}',
      "at '/console/backup/existingSecret': minLength: got 0, want 1",
    ],
    [
      'a restore without backups',
      'console: {backup: {restore: a.backup}}',
      "at '/console/backup/restore': value must be ''",
    ],
    [
      'a restore of a path',
      'console: {backup: {existingClaim: a, existingSecret: b, restore: ../a}}',
      "at '/console/backup/restore': ",
    ],
    [
      'a key for backups that nobody takes',
      'console: {backup: {existingSecret: a}}',
      "at '/console/backup/existingSecret': value must be ''",
    ],
    ['a time of day that is none', 'console: {backup: {at: "24:00"}}', "at '/console/backup/at': "],
    [
      'a webhook of a cluster without a name',
      'webhook: {enabled: true}',
      "at '/webhook/cluster': minLength: got 0, want 1",
    ],
    [
      'a failure policy that is none',
      'webhook: {failurePolicy: Open}',
      "at '/webhook/failurePolicy': value must be one of 'Fail', 'Ignore'",
    ],
    ['a namespace that is none', 'webhook: {leaveOut: [Kube]}', "at '/webhook/leaveOut/0': "],
    ['agents that have no console', 'console: {enabled: false}', "at '/agent/console': minLength: got 0, want 1"],
    ['an agent’s console by plain HTTP', 'agent: {console: "http://a.example:8084"}', "at '/agent/console': "],
    ['a console without a port', 'agent: {console: "https://a.example"}', "at '/agent/console': "],
    [
      'a webhook without a console',
      'console: {enabled: false}\nagent: {console: "https://a.example:8084"}\nwebhook: {enabled: true, cluster: a}',
      "at '/webhook/enabled': value must be false",
    ],
    ['nothing at all', 'console: {enabled: false}\nagent: {enabled: false}', "at '/agent/enabled': value must be true"],
    ['an environment that is none', 'agent: {environment: Prod}', "at '/agent/environment': "],
    ['a socket by a relative path', 'agent: {engineSocket: docker.sock}', "at '/agent/engineSocket': "],
    ['a port that is none', 'agent: {metricsPort: 70000}', "at '/agent/metricsPort': maximum: got 70,000, want 65,535"],
    [
      'a peer that is none',
      'networkPolicy: {pagesFrom: [{namespace: a}]}',
      "at '/networkPolicy/pagesFrom/0': additional properties 'namespace' not allowed",
    ],
    [
      'a peer that is everybody',
      'networkPolicy: {pagesFrom: [{}]}',
      "at '/networkPolicy/pagesFrom/0': minProperties: got 0, want 1",
    ],
  ])('%s', async (_, values, said) => {
    await expect(renderedWith(values)).rejects.toThrow(said);
  });

  test.each([
    ['a.b', 'The release cannot be called a.b: names of its services begin with a.b-seawall.'],
    ['1st', 'The release cannot be called 1st: '],
    ['a'.repeat(33), `The release cannot be called ${'a'.repeat(33)}: `],
  ])('the release %s', async (release, said) => {
    await expect(renderedWith('{}', release)).rejects.toThrow(said);
  });

  test('a release with the longest name is fine', async () => {
    expect(await faultsOf(await renderedWith('{}', 'a'.repeat(32)))).toEqual([]);
  });
});

/** Each mends nothing: it shows that a template broken so does not get through the tests of the chart. */
describe('a broken template does not pass', () => {
  const faults = async (file: string, [from, to]: readonly [string, string]): Promise<readonly string[]> => {
    const broken = join(folder, 'broken');
    rmSync(broken, { recursive: true, force: true });
    cpSync(chart, broken, { recursive: true });
    const path = join(broken, 'templates', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    const values = [valuesFile(join(folder, 'values'), 'webhook: {enabled: true, cluster: surge-1}')];
    return await rendered({ chart: broken, values }).then(faultsOf, (error: Error) => [error.message]);
  };

  test.each([
    [
      'a field by a wrong name',
      '_console.tpl',
      ['readOnlyRootFilesystem', 'readOnlyRootFileSystem'],
      'the schema has no field spec.template.spec.containers.0.securityContext.readOnlyRootFileSystem',
    ],
    ['a text for a number', 'console.yaml', ['replicas: 1', 'replicas: one'], 'replicas must be'],
    [
      'a field that is missing',
      'agent.yaml',
      ['  selector:\n    matchLabels:', '  select:\n    matchLabels:'],
      'must have required property selector',
    ],
    [
      'a kind that does not exist',
      'console.yaml',
      ['kind: StatefulSet', 'kind: StatefulSets'],
      'there is no schema of StatefulSets in apps/v1',
    ],
    [
      'a version that does not exist',
      'agent.yaml',
      ['apiVersion: apps/v1', 'apiVersion: apps/v2'],
      'there is no schema of DaemonSet in apps/v2',
    ],
    [
      'a bad value of a list',
      'services.yaml',
      ['type: ClusterIP', 'type: Cluster'],
      'must be equal to one of the allowed values',
    ],
    [
      'a block that is indented wrongly',
      '_console.tpl',
      ['toYaml $console.resources | nindent 2', 'toYaml $console.resources | nindent 0'],
      'the schema has no field spec.template.spec.containers.0.limits',
    ],
    ['a key twice', 'agent.yaml', ['hostNetwork: true', 'hostPID: true'], 'hostPID'],
    ['a value that is not there', '_console.tpl', ['$console.resources', '$console.resource.limits'], 'nil pointer'],
    [
      'a volume that is not there',
      'console.yaml',
      ['        - name: tmp\n          emptyDir', '        - name: temp\n          emptyDir'],
      'there is no volume tmp',
    ],
    [
      'an account of another name',
      'agent.yaml',
      ['serviceAccountName: {{ $name }}-agent', 'serviceAccountName: {{ $name }}'],
      'there is no service account seawall',
    ],
    [
      'a selector that selects nothing',
      'services.yaml',
      ['"part" "console"', '"part" "consol"'],
      'Service seawall selects 0 kinds of pods',
    ],
    [
      'a port that no container has',
      'services.yaml',
      ['targetPort: webhook', 'targetPort: hook'],
      'its pods have no port hook',
    ],
    [
      'a rule for a port that no container has',
      'network-policy.yaml',
      ['port: link', 'port: links'],
      'its pods have no port links',
    ],
    [
      'a probe of a port that no container has',
      'console.yaml',
      ['port: pages', 'port: page'],
      'a probe asks a port page',
    ],
    [
      'two objects of one name',
      'services.yaml',
      ['{{ $name }}-link', '{{ $name }}'],
      'Service seawall/seawall is there twice',
    ],
  ] as const)('%s', async (...[, file, change, said]) => {
    const found = await faults(file, change);
    expect(found.join('\n')).toContain(said);
  });
});
