import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { file } from '../../../test/make/tar.ts';
import type { Catalog } from '../contract.ts';
import { scanLayers } from '../scan.testing.ts';
import { parseBuildStep } from './build-step.ts';
import { imageFactsOfCatalog } from './of-catalog.ts';
import { imageFactsOfConfig } from './of-config.ts';
import { layerBlobsOfManifest } from './of-manifest.ts';
import { endOfSupport } from '#ecosystems/index.ts';

/** Configs as the builders of Docker 26.1.5 and umoci wrote them. */
function recorded(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`));
}

function stepsOf(name: string) {
  const { steps } = imageFactsOfConfig(recorded(name));
  if (steps.kind === 'missing') throw new Error(steps.why);
  return steps.value;
}

describe('a config', () => {
  test.each(['classic-builder', 'buildkit'])('of %s tells what its Dockerfile says', (name) => {
    expect(imageFactsOfConfig(recorded(name))).toMatchObject({
      user: { kind: 'known', value: 'app:1000', at: 'config.User' },
      steering: {
        value: [
          { name: 'PATH', value: '/usr/bin:/bin' },
          { name: 'NODE_TLS_REJECT_UNAUTHORIZED', value: '0' },
        ],
      },
      exposedPorts: { value: ['22/tcp', '8080/udp'] },
      healthCheck: { value: ['CMD', '/bin/ls'] },
      volumes: { value: ['/data', '/etc'] },
      workingDirectory: { value: '/srv' },
      onBuild: { value: ['COPY . /srv'] },
      labels: { value: [{ name: 'org.opencontainers.image.source', value: 'https://git.example/app' }] },
      platform: { value: { os: 'linux', architecture: 'amd64' } },
      baseLayers: { value: 1 },
      created: { value: expect.stringMatching(/^2026-11-30T01:1/), at: 'created' },
    });
  });

  test.each(['docker-import', 'umoci'])('of %s leaves all to the engine', (name) => {
    const fields = imageFactsOfConfig(recorded(name));
    for (const field of [fields.user, fields.workingDirectory])
      expect(field).toMatchObject({ value: '', default: 'engine' });
    for (const field of [fields.steering, fields.volumes, fields.exposedPorts, fields.labels, fields.onBuild])
      expect(field).toMatchObject({ value: [], default: 'engine' });
    expect(fields.baseLayers).toMatchObject({ value: 1 });
  });

  test('shows no secret of a health check, of steps to come and of variables', () => {
    const key = 'AKIAQ2TYB7KEJ4NVMLPF';
    const config = {
      Healthcheck: { Test: ['CMD', '/probe', '--token', 'x7Gk2pQ9vR4mZ8tL'] },
      OnBuild: [`RUN deploy ${key}`],
      Env: [`LD_PRELOAD=${key}`],
    };
    const fields = imageFactsOfConfig(JSON.stringify({ config }));
    expect(fields).toMatchObject({
      healthCheck: { value: ['CMD', '/probe', '--token', '‹redacted len=16›'] },
      onBuild: { value: ['RUN deploy ‹redacted len=20›'] },
      steering: { value: [{ name: 'LD_PRELOAD', value: '‹redacted len=20›' }] },
    });
    expect(JSON.stringify(fields)).not.toContain(key);
  });

  test('says nothing of the files of the image', () => {
    const { specialModes, packages, mismatches } = imageFactsOfConfig(recorded('buildkit'));
    expect(specialModes).toEqual({ kind: 'missing', why: 'the scan is older than the analyzer of file modes' });
    expect([packages.kind, mismatches.kind]).toEqual(['missing', 'missing']);
  });

  test('keeps no secret of variables, labels and steps, and says where they stand', () => {
    const key = ['-----BEGIN OPENSSH PRIVATE KEY-----', 'no key', '-----END OPENSSH PRIVATE KEY-----'].join('\\n');
    const password = 'postgres://admin:Xk29vbQw81tz@db.example/surge';
    const fields = imageFactsOfConfig(
      JSON.stringify({
        config: { Env: [`DATABASE=${password}`, 'HOME=/srv'], Labels: { database: password, note: key } },
        history: [{ created_by: `RUN |1 URL=${password} /bin/sh -c psql "$URL" # buildkit` }],
      }),
    );
    expect(fields.environmentSecrets).toMatchObject({ value: [{ where: { kind: 'environment', name: 'DATABASE' } }] });
    expect(fields.labelSecrets).toMatchObject({ value: [{ where: { kind: 'label', name: 'database' } }] });
    expect(fields.historySecrets).toMatchObject({ value: [{ where: { kind: 'history', step: 0 } }] });
    expect(JSON.stringify(fields)).not.toMatch(/Xk29vbQw81tz/);
    expect(JSON.stringify(fields.steps)).toContain('‹redacted len=');
  });

  test('that is longer than is searched for secrets is not judged by what it hides', () => {
    const long = 'x'.repeat(64 * 1024 + 1);
    const fields = imageFactsOfConfig(
      JSON.stringify({ config: { Env: [`A=${long}`], Labels: { a: long } }, history: [{ created_by: long }] }),
    );
    for (const name of ['environmentSecrets', 'labelSecrets', 'historySecrets', 'labels', 'steps'] as const)
      expect(fields[name], name).toMatchObject({ kind: 'missing' });
  });

  test('with a part of another form tells of the others', () => {
    const fields = imageFactsOfConfig(JSON.stringify({ config: { User: 0, Env: 'A=b', WorkingDir: '/srv' } }));
    expect([fields.user.kind, fields.environmentSecrets.kind, fields.steering.kind]).toEqual([
      'missing',
      'missing',
      'missing',
    ]);
    expect(fields.workingDirectory).toMatchObject({ value: '/srv' });
  });

  test.each(['', '[]', '{', '{"config":{"User":"1000","user":"0"}}', '{"Config":{}}', '{"config":{"u\u017fer":"0"}}'])(
    'that engines read otherwise tells nothing: %s',
    (text) => expect(imageFactsOfConfig(text).user.kind).toBe('missing'),
  );

  test.each([
    ['1970-01-01T00:00:00Z', undefined, undefined],
    ['1980-01-01T00:00:01Z', undefined, undefined],
    ['0001-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00.000Z'],
    ['2026-01-02T03:04:05.123456789Z', undefined, '2026-01-02T03:04:05.123Z'],
    ['2026-01-02T03:04:05+02:00', '2025-02-01T00:00:00Z', '2026-01-02T01:04:05.000Z'],
    ['yesterday', undefined, undefined],
  ])('built %s and pushed %s is of %s', (created, pushedAt, expected) => {
    const field = imageFactsOfConfig(JSON.stringify({ created }), { ...(pushedAt && { pushedAt }) }).created;
    expect(field.kind === 'known' ? field.value : undefined).toBe(expected);
  });

  test('writes ports and paths in one way', () => {
    const config = { ExposedPorts: { 22: {}, '53/UDP': {} }, Volumes: { '/etc/../proc//': {}, data: {} } };
    const fields = imageFactsOfConfig(JSON.stringify({ config }));
    expect(fields.exposedPorts).toMatchObject({ value: ['22/tcp', '53/udp'] });
    expect(fields.volumes).toMatchObject({ value: ['/proc', '/data'] });
  });
});

describe('a build step', () => {
  test('is read of what both builders write', () => {
    const commands = (name: string) =>
      stepsOf(name)
        .filter(({ instruction }) => instruction === 'RUN')
        .map(({ text }) => text);
    const [update, argument, shell] = [
      'echo apt-get update &&     echo done',
      '/bin/echo apt-get update',
      'echo "$TOKEN" | cat',
    ];
    expect(commands('classic-builder')).toEqual([update, argument, shell]);
    expect(commands('buildkit')).toEqual([update, argument, shell, 'set -e\necho curl', '/bin/echo a b']);
  });

  test('that lays down the files of a distribution is the base’s, and no other', () => {
    for (const name of ['classic-builder', 'buildkit', 'docker-import', 'umoci'])
      expect(stepsOf(name).map(({ isBase }) => isBase)).toEqual(stepsOf(name).map((_, at) => at === 0));
    const history = [{ created_by: 'COPY / / # buildkit' }, { created_by: 'ADD x / # buildkit' }];
    const own = imageFactsOfConfig(JSON.stringify({ history }));
    expect(own.steps).toMatchObject({ value: [{ isBase: false }, { isBase: false }] });
    expect(imageFactsOfConfig(JSON.stringify({ history }), { baseSteps: 1 })).toMatchObject({
      steps: { value: [{ isBase: true }, { isBase: false }] },
      baseLayers: { value: 1 },
    });
  });

  test.each([
    ['/bin/bash -eo pipefail -c make all', 'RUN', 'make all'],
    ['RUN /bin/bash -o pipefail -c make # buildkit', 'RUN', 'make'],
    ['|2 A=b C=d e /bin/sh -c make', 'RUN', 'make'],
    ['/bin/sh -c #(nop)  USER app', 'USER', 'app'],
    ['cmd /S /C #(nop)  CMD ["cmd"]', 'CMD', '["cmd"]'],
    ['RUNNER', undefined, 'RUNNER'],
    [`# debian.sh --arch 'amd64' out/ 'trixie'`, undefined, `# debian.sh --arch 'amd64' out/ 'trixie'`],
  ])('%s', (line, instruction, text) => {
    expect(parseBuildStep(line)).toEqual({ ...(instruction !== undefined && { instruction }), text });
  });
});

test('a manifest tells where its layers lie', () => {
  const layers = [{ mediaType: 'a', digest: 'b', urls: ['https://example.com/l'] }, { digest: 'c' }];
  expect(layerBlobsOfManifest(JSON.stringify({ layers }))).toMatchObject({
    value: [
      { mediaType: 'a', urls: ['https://example.com/l'] },
      { mediaType: '', urls: [] },
    ],
  });
  expect(layerBlobsOfManifest('{"layers":{}}').kind).toBe('missing');
});

describe('a catalog', () => {
  const osRelease = file('etc/os-release', 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian GNU/Linux 11"\n');
  const status = 'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n\n';
  const layer = [
    osRelease,
    file('var/lib/dpkg/status', status),
    file('var/lib/dpkg/info/bash.list', '/.\n/usr\n/usr/bin\n/usr/bin/bash\n'),
    file('usr/bin/bash', '#!/bin/x', 0o4755),
    file('app/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}'),
    file('app/node_modules/left/run.js', '#!/usr/bin/node', 0o4755),
    file('srv/own', '#!/bin/sh', 0o2711),
  ];

  test('tells release, packages, programs and their modes', async () => {
    const facts = imageFactsOfCatalog(await scanLayers([layer], 'hashed'));
    expect(facts).toMatchObject({
      release: { value: { id: 'debian', version: '11', name: 'Debian GNU/Linux 11' } },
      supportEnds: { value: '2026-08-31' },
      packages: { value: [{ type: 'deb', name: 'bash', version: '5.2' }] },
      programs: { value: ['/app/node_modules/left/run.js', '/srv/own', '/usr/bin/bash'] },
      mismatches: { value: [] },
    });
    expect(facts.specialModes).toEqual({
      kind: 'known',
      at: 'modes of executables',
      value: [
        { path: '/app/node_modules/left/run.js', mode: 0o4755 },
        { path: '/srv/own', mode: 0o2711 },
        { path: '/usr/bin/bash', mode: 0o4755, package: 'bash' },
      ],
    });
  });

  test('of a scan that left executables out says nothing of them', async () => {
    const { programs, specialModes, modifiedFiles } = imageFactsOfCatalog(await scanLayers([layer]));
    const why = expect.stringMatching(/^the scan did not look at executables; .*--fail-on-checks/);
    for (const field of [programs, specialModes, modifiedFiles]) expect(field).toEqual({ kind: 'missing', why });
  });

  const empty: Catalog = { packages: [], faults: [], analyzers: [] };
  const mismatch = { code: 'corrupt-archive', message: `The content of the layer does not match sha256:ab.`, layer: 2 };

  test('tells layers that are not what their digests name', () => {
    expect(imageFactsOfCatalog({ ...empty, faults: [mismatch] }).mismatches).toMatchObject({
      value: [`layer 3: ${mismatch.message}`],
    });
  });

  test.each([
    ['unpacked-limit', undefined, 'missing', 'missing'],
    ['missing-layer', undefined, 'missing', 'missing'],
    ['corrupt-package-database', 'dpkg', 'missing', 'known'],
    ['corrupt-package', 'jar', 'known', 'known'],
    ['unidentified-package', 'npm', 'known', 'known'],
    ['from-tomorrow', undefined, 'missing', 'known'],
  ])('with the fault %s of %s has packages %s, digests %s', (code, analyzer, ...expected) => {
    const fault = { code, message: 'It is so.', layer: 0, ...(analyzer !== undefined && { analyzer, path: 'x' }) };
    const facts = imageFactsOfCatalog({ ...empty, faults: [fault] });
    expect([facts.packages.kind, facts.mismatches.kind]).toEqual(expected);
  });

  test('without a release has no end of support', () => {
    const distribution = { id: 'arch', like: [], name: 'Arch Linux' };
    expect(imageFactsOfCatalog({ ...empty, distribution }).supportEnds).toMatchObject({ kind: 'missing' });
    expect(imageFactsOfCatalog(empty).release).toMatchObject({ kind: 'missing' });
  });
});

test.each([
  ['debian', '12', '2028-06-30'],
  ['debian', '12.5', '2028-06-30'],
  ['alpine', '3.20.3', '2026-04-01'],
  ['alpine', '3.2', undefined],
  ['rhel', '9.4', '2032-05-31'],
  ['ubuntu', '22.04', '2027-06-01'],
  ['ubuntu', '22', undefined],
  ['constructor', '1', undefined],
])('support of %s %s ends %s', (id, version, expected) => expect(endOfSupport(id, version)).toBe(expected));

describe('a line of the history that is made to be slow', () => {
  const longest = 65_000;
  test.each([' ', '\t', ' #', ' # buildkit '])('is read at once: %j many times', (text) => {
    const created_by = `RUN a${text.repeat(longest / text.length)}b`;
    const started = performance.now();
    parseBuildStep(created_by);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
