/**
 * What the authorization plugin costs: making a container, and listing containers, through an engine with the plugin
 * beside an engine without it, in turns, and what `seawall-authz` takes of it for a request that only looks. The ledger
 * holds 10,000 images. Needs root and Docker.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#base/index.ts';
import { docker, loadProgramImage } from '../test/make/program-image.ts';
import { startTestEngine, type TestEngine } from '../test/make/docker.ts';
import { builtAuthorization } from '../test/make/wrapper.ts';
import { startAnswering } from '#gate/agent/docker-authz/answering-program.ts';
import type { AuthorizationPorts } from '#gate/agent/docker-authz/ports.ts';
import { serveAuthorization } from '#gate/agent/docker-authz/server.ts';
import { entryOf, ledgerOf, type TestPorts, testPorts } from '#gate/agent/docker-authz/testing.ts';

const rounds = 200;
const name = `seawall-bench-${process.pid}`;
const place: { made: TestPorts } = { made: testPorts('/nowhere', '/nowhere') };
const ports = new Proxy(place.made.ports, {
  get: (_, key: keyof AuthorizationPorts) => place.made.ports[key],
});
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
const [path, socket] = [`/run/docker/plugins/${name}.sock`, join(folder, 'agent.sock')];
const plugin = await serveAuthorization({ kind: 'path', path: socket }, ports);
const answering = await startAnswering({
  path,
  socket,
  instance: name,
  ledger: join(folder, 'ledger'),
  logFile: join(folder, 'log'),
  places: [builtAuthorization()],
  ends: 'with-agent',
  log: silentLog,
});
const engines = await Promise.all([
  startTestEngine({ store: 'docker', driver: 'overlay2', authorization: name }),
  startTestEngine({ store: 'docker', driver: 'overlay2' }),
]);
try {
  await measure(engines[0], engines[1]);
} finally {
  for (const engine of engines) await engine.stop();
  await answering?.close();
  await plugin.close();
  rmSync(folder, { recursive: true });
}

async function measure(ours: TestEngine, peer: TestEngine): Promise<void> {
  place.made = testPorts(ours.socket, ours.root);
  for (const engine of [ours, peer]) await loadProgramImage(engine, 'box:1');
  const { stdout: id } = await docker(ours, 'image', 'inspect', '-f', '{{.Id}}', 'box:1');
  const others = Array.from({ length: 10_000 }, (_, index) =>
    entryOf(`sha256:${index.toString(16).padStart(64, '0')}`),
  );
  place.made.ledger.ledger = ledgerOf([...others, entryOf(id)]);
  const body = JSON.stringify({ Image: 'box:1', Cmd: ['/bin/true'], HostConfig: { Binds: ['/home:/h'] } });
  const create = { method: 'POST', path: '/v1.45/containers/create', body };
  const list = { method: 'GET', path: '/v1.45/containers/json', body: undefined };
  for (const [what, ask] of [
    ['create', create],
    ['list', list],
  ] as const) {
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      times[0].push(await timeOf(ours, ask));
      times[1].push(await timeOf(peer, ask));
    }
    const [mine, its] = times.map((list) => list.toSorted((a, b) => a - b));
    const [m50, m99, p50, p99] = [at(mine, 0.5), at(mine, 0.99), at(its, 0.5), at(its, 0.99)];
    console.log(
      `docker-authorization-${what} ours=${m50.toFixed(1)}ms p99=${m99.toFixed(1)}ms peer=${p50.toFixed(1)}ms p99=${p99.toFixed(1)}ms ratio=${(m50 / p50).toFixed(2)}`,
    );
  }
  await measureLook();
  const answers = place.made.decisions.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  console.log(
    `docker-authorization-answer ours=${at(answers, 0.5).toFixed(1)}ms p99=${at(answers, 0.99).toFixed(1)}ms peer=2000ms ratio=${(at(answers, 0.99) / 2000).toFixed(4)}`,
  );
}

/** One question after the other over one connection, as the engine asks. */
async function measureLook(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify({ RequestMethod: 'GET', RequestUri: '/v1.45/containers/json?all=1' });
  const look = { method: 'POST', path: '/AuthZPlugin.AuthZReq', body };
  const times: number[] = [];
  for (let round = 0; round < 10 * rounds; round += 1) times.push(await timeOf({ socket: path }, look, agent));
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  console.log(
    `docker-authorization-look ours=${at(sorted, 0.5).toFixed(2)}ms p99=${at(sorted, 0.99).toFixed(2)}ms peer=1ms ratio=${at(sorted, 0.5).toFixed(2)}`,
  );
}

function at(sorted: readonly number[] | undefined, share: number): number {
  return sorted?.[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

function timeOf({ socket }: Pick<TestEngine, 'socket'>, { method, path, body }: Ask, agent?: Agent): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request({ socketPath: socket, method, path, headers, ...(agent && { agent }) }, (response) => {
      response.resume();
      response.on('end', () => {
        const isDone = (response.statusCode ?? 500) < 300;
        if (isDone) resolve(performance.now() - began);
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
