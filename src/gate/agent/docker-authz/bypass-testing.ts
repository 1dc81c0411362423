import { rawJson, rawRequest } from './testing.ts';

/** Requests by which gates were got past, against the engine as it is; `B` rows by their numbers. */

export const create = 'POST /v1.45/containers/create';
export const harmful = '{"Image":"box:1","HostConfig":{"Privileged":true}}';
export const privileged = 'It is privileged: every device of the host is open to it.';

/** What is sent, and what the engine must hand back. */
export interface BypassRow {
  readonly id: string;
  readonly what: string;
  readonly bytes: (places: BypassPlaces) => string;
  readonly says: string;
}

export interface BypassPlaces {
  /** A link to `/etc`. */
  readonly link: string;
}

type Row = readonly [id: string, what: string, bytes: BypassRow['bytes'], says: string];

const form = 'application/x-www-form-urlencoded';
const asForm = (line: string, body: string): string => rawJson(line, body, form);
const volumeMount = (options: object): string =>
  JSON.stringify({
    Image: 'box:1',
    HostConfig: {
      Mounts: [{ Type: 'volume', Target: '/v', VolumeOptions: { DriverConfig: { Name: 'local', Options: options } } }],
    },
  });

const table: readonly Row[] = [
  [
    'B1',
    'a body behind Content-Length: 0',
    () => rawRequest(create, ['Content-Type: application/json', 'Content-Length: 0'], harmful),
    'does not show its body',
  ],
  // Debian's 26.1.5 shows bodies of up to 4 MiB and refuses longer ones by itself; unpatched engines hide them.
  [
    'B2',
    'a body of more than 1 MiB',
    () => rawJson(create, `${harmful.slice(0, -1)},"Labels":{"a":"${'x'.repeat(1_100_000)}"}}`),
    privileged,
  ],
  [
    'B3',
    'a body in chunks',
    () =>
      rawRequest(
        create,
        ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
        `${harmful.length.toString(16)}\r\n${harmful}\r\n0\r\n\r\n`,
      ),
    privileged,
  ],
  ['B3', 'a body of another type', () => rawJson(create, harmful, 'text/plain'), 'does not show its body'],
  ['B4', 'a type with a character set', () => rawJson(create, harmful, 'application/json; charset=utf-8'), privileged],
  [
    'B5',
    'keys in another case',
    () => rawJson(create, '{"Image":"box:1","hostconfig":{"PRIVILEGED":true}}'),
    'it spells the key HostConfig as "hostconfig"',
  ],
  [
    'B5',
    'a long s',
    () => rawJson(create, '{"Image":"box:1","Ho\u017FtConfig":{"Privileged":true}}'),
    'it spells the key HostConfig as',
  ],
  [
    'B5',
    'a Kelvin sign',
    () => rawJson(create, '{"Image":"box:1","HostConfig":{"Networ\u212AMode":"host"}}'),
    'it spells the key NetworkMode as',
  ],
  [
    'B6',
    'a key twice',
    () => rawJson(create, '{"Image":"box:1","HostConfig":{"Privileged":true},"HostConfig":{}}'),
    'it has the key "HostConfig" twice',
  ],
  ['B6', 'a second value behind', () => rawJson(create, `{"Image":"box:1"}${harmful}`), 'something follows its end'],
  [
    'B6',
    'great depth',
    () => rawJson(create, `{"Image":"box:1","X":${'['.repeat(100)}${']'.repeat(100)}}`),
    'levels deep',
  ],
  [
    'B7',
    'a form over the query of a tag',
    () => asForm('POST /v1.45/images/box:1/tag?repo=a&tag=1', 'repo=b'),
    'it must say Content-Length: 0',
  ],
  [
    'B7',
    'a form over the query of a pull',
    () => asForm('POST /v1.45/images/create?fromImage=trusted', 'fromImage=evil'),
    'a form in its body would stand over its query',
  ],
  [
    'B7',
    'a form in chunks',
    () =>
      rawRequest(
        'POST /v1.45/images/box:1/tag?repo=a',
        [`Content-Type: ${form}`, 'Transfer-Encoding: chunked'],
        '6\r\nrepo=b\r\n0\r\n\r\n',
      ),
    'it must say Content-Length: 0',
  ],
  [
    'B7',
    'a form behind two types',
    () =>
      rawRequest(
        'POST /v1.45/images/box:1/tag?repo=a',
        [`Content-Type: ${form}`, 'Content-Type: text/plain', 'Content-Length: 6'],
        'repo=b',
      ),
    'it must say Content-Length: 0',
  ],
  [
    'B7',
    'a start from a checkpoint',
    () => rawRequest('POST /v1.45/containers/a/start?checkpoint=c&checkpoint-dir=/tmp', ['Content-Length: 0']),
    'memory that no scan has seen',
  ],
  [
    'B8',
    'a key of the query twice',
    () => rawRequest('POST /v1.45/images/create?fromImage=a&fromImage=b', ['Content-Length: 0']),
    'its query says "fromImage" twice',
  ],
  [
    'B8',
    'a semicolon',
    () => rawRequest('POST /v1.45/images/create?tag=1;fromImage=b', ['Content-Length: 0']),
    'semicolon',
  ],
  ['B9', 'no version', () => rawJson('POST /containers/create', harmful), privileged],
  ['B9', 'an escape', () => rawJson('POST /v1.45/containers/%63reate', harmful), privileged],
  ['B9', 'an escaped slash', () => rawJson('POST /v1.45/containers%2fcreate', harmful), 'an escaped slash'],
  [
    'B9',
    'a version that is none',
    () => rawJson('POST /v1.9999/containers/create', harmful),
    'does not know the request',
  ],
  ['B9', 'a whole address', () => rawJson('POST http://docker/v1.45/containers/create', harmful), 'not a path'],
  [
    'B10',
    'BuildKit’s channel',
    () => rawRequest('POST /grpc', ['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 0']),
    'BuildKit',
  ],
  [
    'B10',
    'BuildKit’s session',
    () => rawRequest('POST /session', ['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 0']),
    'BuildKit',
  ],
  [
    'B13',
    'a service with the host’s folder',
    () =>
      rawJson(
        'POST /v1.45/services/create',
        JSON.stringify({
          TaskTemplate: { ContainerSpec: { Image: 'box:1', Mounts: [{ Type: 'bind', Source: '/etc', Target: '/e' }] } },
        }),
      ),
    'the rule denies',
  ],
  ['B13', 'joining a swarm', () => rawJson('POST /v1.45/swarm/join', '{}'), 'Tasks of a swarm'],
  ['B14', 'a bind', () => rawJson(create, '{"Image":"box:1","HostConfig":{"Binds":["/etc:/e"]}}'), 'the rule denies'],
  [
    'B14',
    'a mount',
    () => rawJson(create, '{"Image":"box:1","HostConfig":{"Mounts":[{"Type":"bind","Source":"/","Target":"/e"}]}}'),
    'whoever has that rules the host',
  ],
  [
    'B14',
    'a volume that is a folder',
    () => rawJson(create, volumeMount({ type: 'none', o: 'bind', device: '/etc' })),
    'the rule denies',
  ],
  [
    'B14',
    'making such a volume',
    () => rawJson('POST /v1.45/volumes/create', '{"Name":"a","DriverOpts":{"type":"none","o":"bind","device":"/etc"}}'),
    'the rule denies',
  ],
  [
    'B14',
    'volumes of another container',
    () => rawJson(create, '{"Image":"box:1","HostConfig":{"VolumesFrom":["older"]}}'),
    'the rule denies',
  ],
  [
    'B15',
    'a link',
    ({ link }) => rawJson(create, JSON.stringify({ Image: 'box:1', HostConfig: { Binds: [`${link}:/e`] } })),
    'which is /etc on the host',
  ],
  [
    'B16',
    'a privileged exec',
    () => rawJson('POST /v1.45/containers/older/exec', '{"Privileged":true,"Cmd":["sh"]}'),
    'Leave out --privileged.',
  ],
  [
    'B16',
    'devices by an update',
    () => rawJson('POST /v1.45/containers/older/update', '{"DeviceCgroupRules":["a *:* rwm"]}'),
    'DeviceCgroupRules cannot be given',
  ],
  [
    'B17',
    'a plugin of the engine',
    () => rawRequest('POST /v1.45/plugins/pull?remote=a', ['Content-Length: 0']),
    'A plugin of the engine is root',
  ],
  [
    'B17',
    'switching a plugin off',
    () => rawRequest('POST /v1.45/plugins/a/disable', ['Content-Length: 0']),
    'A plugin of the engine is root',
  ],
  [
    'inlined',
    'settings beside HostConfig, for older engines',
    () => rawJson(create, '{"Image":"box:1","Privileged":true}'),
    'its field Privileged',
  ],
];

export const bypassRows: readonly BypassRow[] = table.map(([id, what, bytes, says]) => ({ id, what, bytes, says }));
