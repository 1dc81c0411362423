import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { known } from '#base/index.ts';
import { collectEngine } from '#inventory/agent/index.ts';
import { expectThat } from '../../lab.ts';
import type { Subject } from '../subject.ts';

type Answers = Readonly<Record<string, unknown>>;

const fixtures = new URL('../../../../src/inventory/agent/facts/engine/fixtures/', import.meta.url);

function recordedAnswers(name: string): Answers {
  return JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')) as Answers;
}

/** Engines of kinds that cannot be had here, by what they answered. */
export async function recordedEngines(): Promise<readonly Subject[]> {
  return [await recorded('plugged', 'docker-29-worker.written', { plugins }), ...stated];
}

/** In the form of `GET /plugins` of Docker 29. */
const plugins = [
  {
    Name: 'vieux/sshfs:latest',
    PluginReference: 'docker.io/vieux/sshfs:latest',
    Enabled: true,
    Config: { Linux: { Capabilities: ['CAP_SYS_ADMIN'], AllowAllDevices: false } },
    Settings: { Env: [], Mounts: [{ Source: '/root/.ssh' }] },
  },
];

/** Reads a recorded engine behind a socket as any other. */
async function recorded(name: string, fixture: string, more: Answers): Promise<Subject> {
  const answers = { ...recordedAnswers(fixture), ...more };
  const folder = mkdtempSync(join(tmpdir(), 'seawall-recorded-'));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://docker').pathname.slice(1);
    const said = Object.hasOwn(answers, path) ? answers[path] : undefined;
    response.writeHead(said === undefined ? 503 : 200).end(JSON.stringify(said ?? { message: 'not recorded' }));
  });
  const socket = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    const collected = await collectEngine({ socket, ownPrograms: [] });
    expectThat(collected !== undefined, `the recorded engine ${fixture} does not answer`);
    const of = `${fixture}: ${String(answers['about'] ?? '').split(';')[0]}`;
    return {
      name,
      kind: 'engine',
      origin: { kind: 'formed', of },
      documents: [{ kind: 'engine', fields: collected.facts }],
    };
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

const because = 'Docker 26 has neither these settings nor NRI or CDI, and nobody records changes of a swarm’s key';

function facts(name: string, values: Readonly<Record<string, unknown>>): Subject {
  const fields = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, known(value, field)]));
  return { name, kind: 'engine', origin: { kind: 'stated', because }, documents: [{ kind: 'engine', fields }] };
}

const locked = { swarmAutoLock: { kind: 'on', isLocked: true } };
const stated: readonly Subject[] = [
  facts('routing', {
    ...locked,
    'allow-direct-routing': true,
    'ip-forward-no-drop': false,
    nodeResourceInterface: { kind: 'on', plugins: [{ path: '/opt/nri/plugins/10-x', sha256: 'a'.repeat(64) }] },
    deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o1777 }],
    engineUid: 0,
    swarmKeyChange: { kind: 'on', at: '2020-01-01T00:00:00Z' },
  }),
  facts('not routing', {
    ...locked,
    'allow-direct-routing': false,
    'ip-forward-no-drop': false,
    nodeResourceInterface: { kind: 'off' },
    deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o755 }],
    engineUid: 0,
    swarmKeyChange: { kind: 'on', at: new Date().toISOString() },
  }),
];
