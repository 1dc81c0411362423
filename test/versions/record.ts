import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { createUser, putCollection } from '#access/contract.ts';
import { listWantedScans } from '#catalog/contract.ts';
import { listImages } from '#explorer/contract.ts';
import { route } from '#http/console/index.ts';
import { call } from '#http/index.ts';
import { createJoinToken, type Introduction, protocolVersion } from '#link/contract.ts';
import { startTestLink } from '#link/console/testing.ts';
import { putPolicy } from '#policy/contract.ts';
import { layOutAlpineDatabase, freePort } from '../journeys/make-scan.ts';
import { makeStateFolder, newToken, startConsole } from '../journeys/real-console.ts';
import { repository } from '../journeys/seawall.ts';
import { vulnerable, surgeImage } from '../lab/estate/images.ts';
import { until } from '../lab/lab.ts';
import { startTestEngine } from '../make/docker.ts';
import { recordStore, type RecordedAgent, sendRecorded } from './recorded.ts';

/**
 * Records what this version sends and stores, for later versions to serve and to restore: `node test/versions/record.ts
 * VERSION`, once, when the version is made. An agent on a real engine is listened to; what it said goes to a real console.
 */
const [version] = process.argv.slice(2);
if (version === undefined) throw new Error('usage: node test/versions/record.ts VERSION');
const folder = join(import.meta.dirname, version);
mkdirSync(folder, { recursive: true });
const agent = await recordAgent();
keep('agent', agent);
keep('store', await storeOf(agent));

function keep(name: string, value: object): void {
  const bytes = zstdCompressSync(JSON.stringify(value));
  writeFileSync(join(folder, `${name}.json.zst`), bytes);
  process.stdout.write(`${name}: ${bytes.length} bytes\n`);
}

async function recordAgent(): Promise<RecordedAgent> {
  const facts: { kind: string; body: unknown }[] = [];
  const kinds = ['host', 'image', 'container', 'present', 'use', 'unscanned', 'subject', 'scan'];
  const listen = (kind: string) => async (_: unknown, __: unknown, reported: readonly { readonly body: unknown }[]) => {
    for (const { body } of reported) facts.push({ kind, body });
  };
  const link = await startTestLink({
    handlers: Object.fromEntries(kinds.map((kind) => [kind, listen(kind)])),
    routes: [
      route({ ...listWantedScans, needs: 'report' }, async ({ body }) => ({
        wanted: body.subjects.filter((subject) => subject.startsWith('sha256:')),
      })),
    ],
  });
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  const state = await link.newFolder();
  const introduction: Introduction = {
    protocol: protocolVersion,
    host: 'quay',
    instance: 'default',
    version: version ?? '',
    environment: 'prod',
  };
  const words = [
    'agent',
    '--console',
    link.url,
    '--engine',
    engine.socket,
    '--state',
    state,
    '--host-name',
    'quay',
    '--no-runtime',
    '--no-gates',
  ];
  const child = spawn(join(repository, 'bin/seawall'), [...words, '--environment', 'prod'], {
    env: { ...process.env, SEAWALL_TOKEN: await link.token({ environments: ['prod'] }) },
    stdio: 'ignore',
  });
  try {
    await engine.load(surgeImage({ name: 'surge/tide:1', packages: [vulnerable.openssl] }).bytes);
    const docker = (...args: string[]) =>
      new Promise((resolve) =>
        spawn('docker', args, { env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}` } }).on('exit', resolve),
      );
    await docker('run', '-d', '--network', 'none', '--name', 'tide', 'surge/tide:1');
    await docker('run', '--rm', '--network', 'none', 'surge/tide:1', '/bin/sleep', '0');
    const has = (kind: string): boolean => facts.some((fact) => fact.kind === kind);
    await until('scan and use', async () => has('scan') && has('use'), { seconds: 120 });
    await docker('rm', '-f', 'tide');
    await until('the end', async () => JSON.stringify(facts).includes('"removed"'), { seconds: 20 });
  } finally {
    child.kill('SIGTERM');
    await engine.stop();
    await link.close();
  }
  return { introduction, facts: facts.filter(({ body }) => !JSON.stringify(body).includes('"host:quay"')) };
}

async function storeOf(recorded: RecordedAgent) {
  const { folder: state, remove } = makeStateFolder();
  try {
    await layOutAlpineDatabase(state);
    const linkPort = await freePort();
    const words = ['--no-local-scan', '--db', join(state, 'vulnerability.db')];
    const seawall = await startConsole({ state, linkPort, words });
    try {
      const options = { baseUrl: seawall.origin, token: await newToken(state, 'recorder', 'administrator') };
      const { secret } = await call(createJoinToken, { body: { name: 'quay', environments: ['prod'] } }, options);
      const stateFolder = join(state, 'quay');
      mkdirSync(stateFolder);
      await sendRecorded(recorded, { consoleUrl: `https://127.0.0.1:${linkPort}`, token: secret, stateFolder });
      await call(createUser, { body: { name: 'Rita', role: 'operator' } }, options);
      const selects = { environments: ['prod'] };
      await call(putCollection, { params: { id: 'prod' }, body: { name: 'Production', selects } }, options);
      const policy = { name: 'Production gate', collections: ['prod'], rules: [] };
      await call(putPolicy, { params: { id: 'prod-gate' }, body: { policy, basedOn: 0 } }, options);
      await until(
        'a verdict',
        async () => (await call(listImages, { query: {} }, options)).images.some((row) => row.verdict !== undefined),
        { seconds: 60 },
      );
      await new Promise((resolve) => setTimeout(resolve, 3000));
    } finally {
      await seawall.end('SIGTERM');
    }
    return await recordStore(state);
  } finally {
    remove();
  }
}
