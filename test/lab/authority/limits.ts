import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ociArchive, ociImage } from '../../make/image.ts';
import { file, makeTar } from '../../make/tar.ts';
import { repository } from '../../journeys/seawall.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Harbour } from './harbour.ts';
import { besieged, siegeSeconds, type Siege } from './siege.ts';

/** What one caller can cost the others. Disarmed, the console is that of the release before, without the limits. */
export const limitCases: readonly LabCase<Harbour>[] = [
  limit('L1', 'an expression that builds itself up by nested replacements', async ({ call, token }, signal) => {
    const secrets = [await token('developer'), await token('operator')];
    const nested = `${'"aaaaaaaa"'}${'.replace("a", "aaaaaaaa")'.repeat(6)} == ""`;
    const body = policyWith(nested);
    return await repeatedly(signal, async () => {
      const answers = secrets.map(async (token) => {
        const { status } = await call('/api/v1/policies/from-yaml', { token, method: 'POST', body, signal });
        return status;
      });
      return `from-yaml answers a developer and an operator ${(await Promise.all(answers)).join(' and ')}`;
    });
  }),
  limit('L2', 'YAML with 40,000 keys, by who may write rules', async ({ call, token }, signal) => {
    const secret = await token('operator');
    const keys = Array.from({ length: 40_000 }, (_, at) => `${at.toString(36)}:`).join('\n');
    const long = keys.replaceAll(':', `: ${'long '.repeat(4)}`);
    return await repeatedly(signal, async () => {
      const answers: (number | 'closed')[] = [];
      for (const yaml of [keys, long]) {
        const request = { token: secret, method: 'POST', body: JSON.stringify({ yaml }), signal };
        answers.push(await statusOf(call('/api/v1/policies/from-yaml', request)));
      }
      return `from-yaml answers ${answers.join(' and ')}`;
    });
  }),
  limit('L3', 'a body that unpacks to millions of packages', async ({ call, token }, signal) => {
    const secret = await token('ci', { repositories: ['*'] });
    const body = `{"catalog":{"packages":[${'{},'.repeat(8_000_000)}{}]}}`;
    return await repeatedly(signal, async () => {
      const headers = { 'content-encoding': 'gzip' };
      const packed = { token: secret, method: 'POST', body: gzipSync(body, { level: 1 }), headers, signal };
      const answers = [
        await statusOf(call('/api/v1/scans', packed)),
        await statusOf(call('/api/v1/scans', { ...packed, body, headers: {} })),
      ];
      return `publishing answers ${answers.join(' and ')}`;
    });
  }),
  limit('L4', 'a body of `[],` 20 million times', async ({ call, token }, signal) => {
    const secret = await token('ci', { repositories: ['*'] });
    const body = `{"catalog":[${'[],'.repeat(20_000_000)}[]]}`;
    const plain = { token: secret, method: 'POST', body, signal };
    const packed = { ...plain, body: gzipSync(body, { level: 1 }), headers: { 'content-encoding': 'gzip' } };
    const yaml = { ...plain, token: await token('operator'), body: JSON.stringify({ yaml: body }) };
    return await repeatedly(signal, async () => {
      const answers = [
        await statusOf(call('/api/v1/scans', plain)),
        await statusOf(call('/api/v1/scans', packed)),
        await statusOf(call('/api/v1/policies/from-yaml', yaml)),
      ];
      expectThat(
        answers.every((status) => status === 'closed' || (status >= 400 && status < 500)),
        `the console answers ${answers.join(', ')}`,
      );
      return `publishing, packed and YAML answer ${answers.join(', ')}`;
    });
  }),
  limit('L5', 'nine catalogs of 130,000 packages with one source', async ({ call, token }, signal) => {
    const secret = await token('ci', { repositories: ['*'] });
    // Made once: those whose calls are timed share this process.
    const body = Buffer.from(swollen(130_000));
    const answers: number[] = [];
    for (let at = 0; at < 9 && !signal.aborted; at += 1) {
      renewDigest(body);
      answers.push((await call('/api/v1/scans', { token: secret, method: 'POST', body, signal })).status);
    }
    return `publishing answers ${[...new Set(answers)].join(', ')}`;
  }),
  siege('L10', 'nine catalogs of 20,000 packages, which are accepted and judged', async (siege, signal) => {
    const secret = await siege.token('ci', { repositories: ['*'] });
    const scans: string[] = [];
    while (scans.length < 9 && !signal.aborted) {
      const body = swollen(20_000, 5_000);
      const { status, text } = await siege.call('/api/v1/scans', { token: secret, method: 'POST', body, signal });
      expectThat(status === 200 || status === 429, `publishing answers ${status} ${text.slice(0, 300)}`);
      if (status === 200) scans.push((JSON.parse(text) as { readonly scan: string }).scan);
      else await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const started = performance.now();
    for (const scan of scans) await judged(siege, { scan, secret, signal });
    return `${scans.length} are judged ${Math.round(performance.now() - started)} ms after the last`;
  }),
  limit('L6', '800 live streams of one reader', async ({ console, token }, signal) => {
    const secret = await token('developer');
    const open = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${secret}`, accept: 'text/event-stream' };
      const answer = await fetch(`${console.origin}/api/v1/events`, { headers, signal }).catch(() => undefined);
      return answer?.status ?? 0;
    };
    const statuses = await Promise.all(Array.from({ length: 800 }, open));
    const served = statuses.filter((status) => status === 200).length;
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expectThat(served <= 50, `${served} streams of one reader are served`);
    return `${served} of 800 are served`;
  }),
  limit('L7', 'an agent with 80,000 containers', async (siege, signal) => {
    const host = await siege.host('swollen');
    for (let at = 0; at < 80_000 && !signal.aborted; at += 1) await host.container(containerNumber(at));
    await Promise.race([host.stored(), new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    const secret = await siege.token('administrator');
    const { text } = await siege.call('/api/v1/containers?host=swollen&limit=1', { token: secret });
    const { total } = JSON.parse(text) as { readonly total: number };
    expectThat(total <= 20_000, `${total} containers of one host are kept`);
    return `${total} of them are kept`;
  }),
  limit('L8', '500 silent connections to the webhook’s port', async ({ webhookPort }, signal) => {
    const silent = Array.from({ length: 500 }, () =>
      connect({ host: '127.0.0.1', port: webhookPort, localAddress: '127.0.0.2' }).on('error', () => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const started = performance.now();
    const answered = await opens(webhookPort);
    for (const one of silent) one.destroy();
    void signal;
    expectThat(answered, 'the webhook speaks to nobody else');
    return `another address is served after ${Math.round(performance.now() - started)} ms`;
  }),
  {
    id: 'L9',
    title: 'a scan of an image whose package.json, and one whose index.json, is 60 MB of `[],` ends with a fault',
    // The release before aborts at some of these scans only, so that without the protection it proves nothing.
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'seawall-bomb-'));
      try {
        const bomb = Buffer.from(`[${'[],'.repeat(20_000_000)}[]]`);
        const layer = makeTar([file('app/node_modules/bomb/package.json', bomb)]);
        writeFileSync(join(folder, 'inside.tar'), ociArchive([ociImage([layer], { names: ['bomb:1'] })]));
        writeFileSync(
          join(folder, 'index.tar'),
          makeTar([file('oci-layout', '{"imageLayoutVersion":"1.0.0"}'), file('index.json', bomb)]),
        );
        return ['inside', 'index'].map((name) => scanned(join(folder, `${name}.tar`))).join('; ');
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
];

function limit(id: string, what: string, attack: Parameters<typeof besieged>[1]): LabCase<Harbour> {
  return { ...siege(id, what, attack), protectedBy: 'the limit' };
}

/** What the release before bears as well. */
function siege(id: string, what: string, attack: Parameters<typeof besieged>[1]): LabCase<Harbour> {
  return {
    id,
    title: `while somebody sends ${what}, others are served within a second`,
    run: ({ armed }) => besieged({ armed }, attack),
  };
}

/** Waits until a scan is judged; throws after a minute. */
async function judged(
  { call }: Siege,
  { scan, secret, signal }: { readonly scan: string; readonly secret: string; readonly signal: AbortSignal },
): Promise<void> {
  const isJudged = async (): Promise<boolean> =>
    (await call(`/api/v1/scans/${scan}/verdict?wait=5`, { token: secret, signal })).text.includes('"judged"');
  await until('the verdict of what was accepted', isJudged, { seconds: 60, every: 200 });
}

/** Until shortly before the siege ends. An answer that throws ends it, unless the siege is over. */
async function repeatedly(signal: AbortSignal, ask: () => Promise<string>): Promise<string> {
  let [said, times] = ['', 0];
  const end = performance.now() + (siegeSeconds - 3) * 1000;
  for (; !signal.aborted && performance.now() < end; times += 1) {
    try {
      said = await ask();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return `${times} times, ${said}`;
}

/** `closed`: the console answered and hung up while the body was still on its way, so that nobody read the answer. */
async function statusOf(answer: Promise<{ readonly status: number }>): Promise<number | 'closed'> {
  try {
    return (await answer).status;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EPIPE' || code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'closed';
    throw error;
  }
}

function policyWith(expression: string): string {
  const yaml = [
    'name: Slow',
    'collections: []',
    'rules:',
    '  - kind: custom',
    '    on: finding',
    `    expression: '${expression}'`,
    '    message: slow',
    '    effect: block',
  ];
  return JSON.stringify({ yaml: yaml.join('\n') });
}

/** A sound publication of an image that nobody has, with so many packages, and so many of them of one source. */
function swollen(packages: number, ofOneSource = packages): string {
  const digest = (): string => `sha256:${randomUUID().replaceAll('-', '').repeat(2)}`;
  const name = 'registry.example/shop/swollen:1';
  const found = Array.from({ length: packages }, (_, at) => ({
    type: 'apk',
    name: `p${at}`,
    version: '3.3.0-r0',
    purl: `pkg:apk/alpine/p${at}@3.3.0-r0?distro=alpine-3.20.3`,
    source: { name: at < ofOneSource ? 'openssl' : `s${at}`, version: '3.3.0-r0' },
    licenses: [],
    layer: 0,
    paths: ['lib/apk/db/installed'],
    files: [],
    foundBy: { analyzer: 'apk', evidence: 'installed' },
  }));
  const layer = { index: 0, diffId: digest(), digest: digest(), size: 1000 };
  return JSON.stringify({
    target: name,
    scannedAt: new Date().toISOString(),
    scanner: { name: 'seawall', version: '0', host: 'builder' },
    subject: {
      kind: 'image',
      digest: digest(),
      names: [name],
      platform: { os: 'linux', architecture: 'amd64' },
      layers: [layer],
      history: [],
      settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
    },
    catalog: {
      distribution: { id: 'alpine', version: '3.20.3', like: [], name: 'Alpine Linux v3.20' },
      packages: found,
      faults: [],
      analyzers: [{ id: 'apk', version: 1 }],
    },
  });
}

/** Makes of a publication one of another image. */
function renewDigest(publication: Buffer): void {
  const start = '"kind":"image","digest":"sha256:';
  const at = publication.indexOf(start);
  expectThat(at >= 0, 'the publication names no image');
  publication.write(randomUUID().replaceAll('-', ''), at + start.length);
}

function containerNumber(at: number) {
  const subject = `sha256:${'1'.repeat(64)}`;
  return { name: `swollen-${at}`, image: { id: subject, name: 'swollen:1' }, subject } as never;
}

/** Whether a connection from another address is spoken to within two seconds. */
async function opens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    // A ClientHello that nobody can answer but with an alert.
    socket.on('connect', () => socket.write(Buffer.from('16030100050100000100', 'hex')));
    socket.on('data', () => done(true));
    socket.on('close', () => done(true));
    socket.on('error', () => done(false));
    setTimeout(() => done(false), 2000);
  });
}

/** How the scan ended; a crash, and one that says nothing of the damage, throw. */
function scanned(archive: string): string {
  const run = spawnSync(join(repository, 'bin/seawall'), ['scan', `archive:${archive}`, '--format', 'json'], {
    encoding: 'utf8',
    env: { ...process.env, SEAWALL_STATE: archive.replace(/\/[^/]+$/, '/state') },
  });
  const { status, signal, stderr, stdout } = run;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  expectThat(!said.includes('[usage]'), said);
  expectThat(signal === null && (status === 2 || status === 3), `the scan ended with ${status ?? signal}: ${said}`);
  const faults =
    status === 3 && stdout !== ''
      ? (JSON.parse(stdout) as { readonly faults: readonly { readonly code: string }[] }).faults
      : [];
  expectThat(stdout === '' ? said !== '' : faults.length > 0, 'the scan names no fault');
  return `exit ${status}, ${faults.map(({ code }) => code).join(', ') || said}`;
}
