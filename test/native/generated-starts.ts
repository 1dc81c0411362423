import { join } from 'node:path';
import fc from 'fast-check';
import type { AdmissionRule, Ledger } from '#admission/contract.ts';

/** A start as an engine, or whoever wants to slip through, would make it. */
export interface GeneratedStart {
  /** Of `config.json`. */
  readonly text: string | Buffer;
  readonly rules: Pick<Ledger, 'rules' | 'collections'>;
  readonly labels: Readonly<Record<string, string>>;
  /** Name that the container was made with. */
  readonly image: string;
}

/** On a host whose links, volumes and mounts lie in `folder`. */
export function generatedStarts(folder: string): fc.Arbitrary<GeneratedStart> {
  return fc.record({
    text: fc.oneof(
      { weight: 8, arbitrary: specs(folder).map((spec) => JSON.stringify(spec)) },
      { weight: 1, arbitrary: fc.tuple(specs(folder), hostileChange).map(([spec, change]) => change(spec)) },
      { weight: 1, arbitrary: illTyped },
    ),
    rules: fc.oneof(ruleLists(folder), oneRule(folder)),
    labels: fc.dictionary(
      fc.constantFrom('seawall.environment', 'seawall.application', 'com.docker.compose.project', 'tier'),
      fc.constantFrom('dev', 'test', 'shop', 'Shop', 'a b', 'läden', ''),
      { maxKeys: 3 },
    ),
    image: fc.constantFrom(
      'shop/app:1',
      'registry.example:5000/shop/app@sha256:1',
      'app',
      'LOCALHOST/x',
      'localhost/x:2',
      '',
    ),
  });
}

const plain = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup', 'mount', 'time'] as const;
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

function sources(folder: string): fc.Arbitrary<string> {
  const at = (name: string): string => join(folder, name);
  const links = ['etc', 'up', 'run', 'loop', 'missing', 'missing-up', 'chain', 'far'].map((name) =>
    at(`links/${name}`),
  );
  const volumes = ['plain', 'kernel', 'etc', 'root', 'over', 'short'].map((name) => at(`engine/volumes/${name}/_data`));
  const files = ['hostname', 'mounts/shm', 'config.v2.json'].map((name) =>
    at(`engine/containers/${'ab'.repeat(32)}/${name}`),
  );
  const whole = [
    at('data'),
    at('data/a/../a/b'),
    at('again/a'),
    at('run/engine.sock'),
    at('data//nothing/../x'),
    at(''),
  ];
  const hosts = ['/', '/etc', '/etc/ssh/', '/proc', '/sys/fs/cgroup', '/dev/null', '/nowhere/at/all', '/tmp/…', '/run'];
  const odd = ['relative', '', './x', `/${'long/'.repeat(900)}x`];
  const usual = fc.constantFrom(...whole, ...links, ...volumes, ...files, ...hosts);
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

function specs(folder: string): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const binds = fc.record(
    {
      destination: fc.constantFrom('/m', '/data', '/proc', '/sys'),
      type: fc.constantFrom('bind', 'rbind', 'none', null),
      source: sources(folder),
      options: fc.constantFrom(['rbind', 'rw'], ['bind'], ['ro'], [], null),
    },
    { requiredKeys: ['destination', 'source'] },
  );
  const kernels = fc.record({
    destination: fc.constantFrom('/proc', '/proc/', '/sys', '/sys/fs/cgroup', '/dev/mqueue', '/x'),
    type: fc.constantFrom(
      'proc',
      'sysfs',
      'cgroup',
      'cgroup2',
      'mqueue',
      'tmpfs',
      'bpf',
      'debugfs',
      'nfsd',
      'constructor',
    ),
    source: fc.constantFrom('proc', 'sysfs', 'cgroup', '/etc', 'tmpfs'),
    options: fc.constantFrom(['nosuid', 'ro'], ['rw'], []),
  });
  const mounts = fc.oneof(
    { weight: 10, arbitrary: fc.array(fc.oneof(binds, kernels), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.integer({ min: 250, max: 264 }).map((many) => Array.from({ length: many }, bindOf)) },
  );
  return fc.record(
    {
      ociVersion: fc.constant('1.2.0'),
      annotations: sometimes(
        fc.dictionary(fc.constantFrom('io.kubernetes.cri.x', 'org.example'), fc.string({ maxLength: 5 })),
      ),
      process: sometimes(fc.record({ capabilities: sometimes(capabilities) })),
      mounts: sometimes(mounts),
      linux: fc.oneof({ weight: 8, arbitrary: linux }, { weight: 1, arbitrary: fc.constant(null) }),
      extra: sometimes(fc.jsonValue({ maxDepth: 3 })),
    },
    { requiredKeys: ['ociVersion'] },
  );
}

const bindOf = (_: unknown, at: number) => ({
  destination: `/m/${at}`,
  type: 'bind',
  source: `/srv/${at % 5}`,
  options: [],
});

const names = fc.array(
  fc.oneof(
    fc.constantFrom(
      'CAP_CHOWN',
      'CAP_KILL',
      'CAP_SYS_ADMIN',
      'cap_net_admin',
      ' SYS_PTRACE\t',
      'CAP_CAP_X',
      'ıx',
      '',
      'ALL',
    ),
    fc.nat({ max: 30 }).map((number) => `CAP_NEW_${number}`),
  ),
  { maxLength: 30 },
);
const capabilities = fc.record(
  {
    bounding: fc.option(names),
    effective: names,
    ambient: fc.array(fc.constantFrom('CAP_BPF', 'CAP_FSETID'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const numbers = fc.option(fc.constantFrom(-1, 0, 1, 2, 4, 7, 8, 10, 21, 232, 2 ** 40), { nil: null });
const devices = fc.record(
  {
    path: fc.constantFrom('/dev/x', '/dev/kvm'),
    type: fc.constantFrom('c', 'b', 'p', 'u'),
    major: fc.oneof(fc.constantFrom(1, 5, 7, 10), numbers),
    minor: fc.oneof(fc.constantFrom(0, 1, 3, 8), numbers),
  },
  { requiredKeys: ['path', 'type'] },
);
const deviceRules = fc.record(
  {
    allow: fc.boolean(),
    type: fc.constantFrom('a', 'b', 'c', '', null),
    major: numbers,
    minor: numbers,
    access: fc.constantFrom('rwm', 'm', 'r', '', null),
  },
  { requiredKeys: ['allow'] },
);

const masked = ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware', '/proc/acpi'];
const readOnly = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
const mostOf = (paths: readonly string[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(paths) }, { weight: 1, arbitrary: fc.subarray([...paths]) });

const linux = fc.record(
  {
    namespaces: fc
      .uniqueArray(
        fc.record(
          {
            type: fc.constantFrom(...plain),
            path: fc.oneof(
              { weight: 8, arbitrary: fc.constantFrom('', null) },
              {
                weight: 1,
                arbitrary: fc.constantFrom('/proc/self/ns/net', '/proc/1/ns/pid', '/nowhere', 'ns/net', '/etc'),
              },
            ),
          },
          { requiredKeys: ['type'] },
        ),
        { selector: ({ type, path }) => `${type} ${path === '/nowhere'}`, maxLength: 9 },
      )
      .map((some) => [...some, ...plain.slice(0, 5).map((type) => ({ type }))]),
    devices: fc.oneof(
      { weight: 12, arbitrary: fc.array(devices, { maxLength: 3 }) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 255, max: 258 }).map((many) => Array.from({ length: many }, deviceOf)),
      },
    ),
    resources: fc.record({ devices: fc.array(deviceRules, { maxLength: 3 }) }, { requiredKeys: [] }),
    seccomp: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ defaultAction: 'SCMP_ACT_ERRNO' }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(null, { defaultAction: 'SCMP_ACT_ALLOW' }, { defaultAction: 'SCMP_ACT_TRAP' }),
      },
    ),
    maskedPaths: mostOf(masked),
    readonlyPaths: fc.oneof({ weight: 9, arbitrary: mostOf(readOnly) }, { weight: 1, arbitrary: fc.constant(null) }),
  },
  { requiredKeys: ['seccomp', 'maskedPaths', 'readonlyPaths', 'namespaces'] },
);
const deviceOf = (_: unknown, at: number) => ({ path: `/dev/${at}`, type: 'c', major: 240, minor: at });

/** Values of other types than count, where they count. */
const illTyped: fc.Arbitrary<string> = fc
  .constantFrom(
    { mounts: {} },
    { mounts: [{ destination: 1 }] },
    { mounts: [{ source: '/etc' }] },
    { mounts: [{ destination: '/x', options: ['ro', null] }] },
    { linux: [] },
    { linux: { devices: [{ path: '/dev/x', type: 'c', major: 1.5 }] } },
    { linux: { devices: [{ path: '/dev/x', type: 'c', major: 2 ** 53 }] } },
    { linux: { devices: [{ path: '/dev/x' }] } },
    { linux: { resources: { devices: [{ type: 'a' }] } } },
    { linux: { resources: { devices: [{ allow: 'yes' }] } } },
    { linux: { seccomp: {} } },
    { linux: { maskedPaths: '/proc' } },
    { linux: { namespaces: [{ type: null }] } },
    { annotations: { a: 1 } },
    { annotations: [] },
    { process: { capabilities: { bounding: 'ALL' } } },
    [],
  )
  .map((value) => JSON.stringify(value));

/** What a spec may be written as so that another reader takes it for another one. */
const hostileChange: fc.Arbitrary<(spec: Readonly<Record<string, unknown>>) => string | Buffer> = fc.constantFrom(
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ERRNO"}}}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"LINUX":{}}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"mount\u017F":[]}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"m\\u006funts":[{"destination":"/x","source":"/etc","type":"bind"}]}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"deep":${'['.repeat(70)}${']'.repeat(70)}}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"deep":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"many":[${'0,'.repeat(59_000)}0]}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"many":[${'0,'.repeat(61_000)}0]}`,
  (spec) => ` \n\t${JSON.stringify(spec, undefined, 2)}\r\n`,
  (spec) => `${JSON.stringify(spec)} x`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"n":1e999}`,
  (spec) => `${JSON.stringify(spec).slice(0, -1)},"n":123456789012345678901234567890}`,
  (spec) => JSON.stringify(spec).replaceAll('/', '\\/').replaceAll('"bind"', '"\\u0062ind"'),
);

/** Each is refused by both, whatever else it holds. */
export const hostileForms: readonly (readonly [string, string | Buffer])[] = [
  ['a key stands twice', '{"linux":{},"linux":{}}'],
  ['a key stands twice by an escape', '{"linux":{},"linu\\u0078":{}}'],
  ['a key is spelt with another case', '{"Linux":{}}'],
  ['a key is spelt with the long s', '{"linux":{"\u017Feccomp":{"defaultAction":"SCMP_ACT_ERRNO"}}}'],
  ['a NUL in a text', '{"a":"\\u0000"}'],
  ['half a surrogate pair', '{"a":"\\ud800"}'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
  ['a byte order mark', '\ufeff{}'],
  ['too deep', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`],
  ['too many values', `{"a":[${'0,'.repeat(60_001)}0]}`],
  ['a number beyond any', '{"a":-1e400}'],
  ['a comment', '{/**/}'],
  ['an open end', '{"linux":{}'],
  ['no object', '[]'],
  ['nothing', ''],
];

const effects = fc.constantFrom('block', 'block', 'alert', 'ignore') as fc.Arbitrary<'block' | 'alert' | 'ignore'>;

function settingsRules(folder: string): fc.Arbitrary<AdmissionRule['settings']> {
  const deny = fc.uniqueArray(
    fc.constantFrom(
      '/etc',
      '/etc/ssh/keys',
      '/',
      '/proc',
      '/sys/',
      '/dev',
      join(folder, 'data'),
      join(folder, 'engine/containers'),
      `${folder}/links/../data/a`,
      '/x',
    ),
    { minLength: 1, maxLength: 5 },
  );
  const kinds = [
    fc.record({ kind: fc.constant('privileged' as const), effect: effects }),
    fc.record({ kind: fc.constant('engine-socket' as const), effect: effects }),
    fc.record({ kind: fc.constant('host-paths' as const), deny, effect: effects }),
    fc.record({
      kind: fc.constant('host-namespaces' as const),
      deny: fc.subarray(plain.slice(0, 6) as ('pid' | 'network' | 'ipc' | 'uts' | 'user' | 'cgroup')[], {
        minLength: 1,
      }),
      effect: effects,
    }),
    fc.record({
      kind: fc.constant('added-capabilities' as const),
      allow: fc.subarray(['cap_net_admin', 'SYS_ADMIN', 'CAP_X', 'BPF']),
      effect: effects,
    }),
    fc.record({ kind: fc.constant('seccomp-off' as const), effect: effects }),
  ];
  return fc
    .tuple(fc.subarray(kinds.map((_, at) => at)), fc.tuple(...kinds))
    .map(([chosen, all]) => chosen.flatMap((at) => all[at] ?? []));
}

/** One rule that objects to whatever any rule objects to, so that all of it is compared. */
function oneRule(folder: string): fc.Arbitrary<GeneratedStart['rules']> {
  const deny = ['/etc', '/proc', '/sys', '/dev', '/nowhere', join(folder, 'data'), join(folder, 'engine/image')];
  const settings: AdmissionRule['settings'] = [
    { kind: 'seccomp-off', effect: 'alert' },
    { kind: 'host-paths', deny, effect: 'alert' },
    { kind: 'added-capabilities', allow: ['BPF'], effect: 'alert' },
    { kind: 'host-namespaces', deny: ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'], effect: 'alert' },
    { kind: 'engine-socket', effect: 'alert' },
  ];
  return effects.map((effect) => ({
    collections: [],
    rules: [{ ...usual, id: 'all', name: 'All', state: 'on', settings: [...settings, { kind: 'privileged', effect }] }],
  }));
}

const usual = {
  version: 3,
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'alert',
} as const;

const selects = fc.record(
  {
    images: fc.constantFrom(['shop/*'], ['-shop/*'], ['*/app*', '-app'], ['*']),
    repositories: fc.constantFrom(['docker.io/library/*'], ['*/shop/app'], ['localhost/*']),
    registries: fc.constantFrom(['DOCKER.io'], ['registry.example:5000'], ['-localhost']),
    labels: fc.constantFrom(['tier=*'], ['-tier=dev'], ['*=shop']),
    environments: fc.constantFrom(['prod'], ['d*v'], ['-prod']),
    hosts: fc.constantFrom(['h'], ['other'], ['-h']),
    applications: fc.constantFrom(['shop'], ['-shop'], ['läden']),
  },
  { requiredKeys: [] },
);

function ruleLists(folder: string): fc.Arbitrary<GeneratedStart['rules']> {
  const one = fc.record({ settings: settingsRules(folder), state: fc.constantFrom('on', 'on', 'on', 'off') });
  return fc
    .record({
      scopes: fc.array(fc.array(selects, { maxLength: 2 }), { maxLength: 2 }),
      last: one,
      some: fc.tuple(one, one),
    })
    .map(({ scopes, last, some }) => {
      const collections = scopes.flatMap((all, at) =>
        all.map((chosen, place) => ({ id: `c${at}-${place}`, name: 'C', description: '', selects: chosen })),
      );
      const scoped = scopes.map((all, at) => ({
        ...usual,
        ...(some[at] ?? last),
        id: `r${at}`,
        name: `R${at}`,
        collections: [...all.keys()].map((place) => `c${at}-${place}`),
      }));
      return {
        collections,
        rules: [...scoped, { ...usual, ...last, id: 'last', name: 'Last' }] as readonly AdmissionRule[],
      };
    });
}
