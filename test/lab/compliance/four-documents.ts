import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Fields } from '#compliance/index.ts';
import { askEngine, engineView, openHostView, unparsed } from '#inventory/agent/index.ts';
import {
  type Around,
  containerOfBundle,
  containerOfCreate,
  containerOfFiles,
  nothingAround,
  surroundingsOfInfo,
  usualSockets,
  withFacts,
} from '#inventory/index.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Yard } from './lab-engine.ts';
import { live, resultsOf } from './subject.ts';
import { image, readContainers } from './subjects/containers.ts';
import type { World } from './world.ts';

const megabyte = 1024 * 1024;
const ulimits = ['nofile', 'nproc'].map((Name) => ({ Name, Soft: 512, Hard: 512 }));

/** What clients ask an engine for, by what the containers are called here. */
const requests: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  usual: {},
  privileged: { HostConfig: { Privileged: true } },
  closed: {
    User: '10001:10001',
    HostConfig: {
      CapDrop: ['ALL'],
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'none',
      Memory: 64 * megabyte,
      MemorySwap: 64 * megabyte,
      NanoCpus: 500_000_000,
      PidsLimit: 64,
      Ulimits: ulimits,
      IpcMode: 'private',
      CgroupnsMode: 'private',
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=1m' },
    },
  },
  // The kernel takes the effective set from a user who is not root; the bounding set stays.
  granted: { User: '1000', HostConfig: { CapAdd: ['SYS_ADMIN', 'NET_ADMIN', 'BPF'] } },
  sharing: {
    HostConfig: { NetworkMode: 'host', PidMode: 'host', IpcMode: 'host', UTSMode: 'host', CgroupnsMode: 'host' },
  },
  mounting: { HostConfig: { Binds: ['/etc:/m1', '/root:/m2:ro', '/run:/m3', '/srv:/m4:rshared'] } },
  open: {
    HostConfig: {
      SecurityOpt: ['seccomp=unconfined'],
      MaskedPaths: [],
      ReadonlyPaths: [],
      Sysctls: { 'kernel.msgmax': '65536' },
      DeviceCgroupRules: ['c 10:* rwm'],
      GroupAdd: ['0'],
      IpcMode: 'shareable',
      LogConfig: { Type: 'none' },
    },
  },
};

/** One container, whoever describes it. */
export const documentCases: readonly LabCase<World>[] = [
  {
    id: 'C7',
    title: 'a container has one answer by its request, its engine, its files, its bundle and its processes, or none',
    shownBy: 'src/compliance/checks/container/documents.test.ts shows it by recorded documents.',
    run: async (world) => {
      const { loose } = await world.yards();
      const around = await aroundOf(loose);
      const wrong: string[] = [];
      let compared = 0;
      for (const [name, asked] of Object.entries(requests)) {
        const answers = answersOf(await documentsOf(loose, { name, asked: { Image: image, ...asked }, around }));
        for (const [id, states] of answers) {
          const assessed = [...states].filter(([, { state }]) => state !== 'not-assessed');
          if (assessed.length > 1) compared += 1;
          if (new Set(assessed.map(([, { state }]) => state)).size > 1)
            wrong.push(
              `${id} ${name}: ${assessed.map(([kind, { state, seen }]) => `${kind} ${state} ${seen}`.trim()).join(', ')}`,
            );
        }
      }
      expectThat(wrong.length === 0, `${wrong.length} of ${compared} answers differ\n${wrong.join('\n')}`);
      expectThat(compared > 50 * Object.keys(requests).length, `only ${compared} answers are those of two documents`);
      return `${Object.keys(requests).length} containers, ${compared} answers by two documents or more`;
    },
  },
];

interface Asked {
  readonly name: string;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly around: Around;
}

/** Makes and starts it by the engine's API, and reads it from everywhere. */
async function documentsOf(yard: Yard, { name, asked, around }: Asked): Promise<ReadonlyMap<string, Fields>> {
  const body = { ...asked, Cmd: ['/bin/sleep', '9999'] };
  const { Id: id } = (await post(yard, `/containers/create?name=four-${name}`, body)) as { readonly Id: string };
  try {
    await post(yard, `/containers/${id}/start`, {});
    const [read] = await readContainers(yard, [id]);
    expectThat(read?.length === 2, `${name} cannot be read`);
    const folder = join(yard.dataRoot, 'containers', id);
    const files = { config: json(join(folder, 'config.v2.json')), hostConfig: json(join(folder, 'hostconfig.json')) };
    const bundle = { ...files, spec: json(specOf(yard, id)) };
    return new Map<string, Fields>([
      ['request', { ...(await containerOfCreate(body, around)) }],
      ...read.map(({ kind, fields }) => [kind, fields] as const),
      ['files', { ...(await containerOfFiles(files, around)) }],
      ['bundle', { ...(await containerOfBundle(bundle, { host: around.view.host, facts: nothingAround })) }],
    ]);
  } finally {
    await yard.docker('rm', '-f', id);
  }
}

interface Answer {
  readonly state: string;
  readonly seen: string;
}

/** What each check says, by document. */
function answersOf(documents: ReadonlyMap<string, Fields>): ReadonlyMap<string, ReadonlyMap<string, Answer>> {
  const found = new Map<string, Map<string, Answer>>();
  for (const [kind, fields] of documents) {
    const subject = { name: kind, kind: 'container', origin: live, documents: [{ kind, fields }] } as const;
    for (const [id, result] of resultsOf(subject)) {
      const seen = 'seen' in result ? result.seen.join('; ') : '';
      found.set(id, (found.get(id) ?? new Map<string, Answer>()).set(kind, { state: result.state, seen }));
    }
  }
  return found;
}

async function aroundOf({ socket, dataRoot, docker }: Yard): Promise<Around> {
  const ask = askEngine({ socket, patience: 10_000, longestReply: 16 * megabyte });
  const host = await openHostView({
    sockets: [...usualSockets, socket],
    patience: 500,
    mounts: 'read-once',
    engineRoot: dataRoot,
  });
  const imageEnvironment = JSON.parse(
    await docker('image', 'inspect', '--format', '{{json .Config.Env}}', image),
  ) as string[];
  return {
    view: await engineView(ask, host),
    facts: withFacts(
      surroundingsOfInfo(await ask('/info', unparsed)),
      { imagePresent: true, imageEnvironment },
      'engine',
    ),
  };
}

/** Where containerd keeps what it gave to the runtime. */
function specOf({ host }: Yard, id: string): string {
  const root = host.place('/run/docker/containerd');
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(`${id}/config.json`),
  );
  expectThat(found !== undefined, `no bundle of ${id} in ${root}`);
  return join(root, found);
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function post({ socket }: Yard, path: string, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', host: 'docker' };
    const asking = request({ socketPath: socket, path, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => void (text += part));
      response.once('end', () => {
        if ((response.statusCode ?? 500) >= 300) reject(new Error(`${path}: ${text}`));
        else resolve(text === '' ? undefined : JSON.parse(text));
      });
    });
    asking.once('error', reject).end(JSON.stringify(body));
  });
}
