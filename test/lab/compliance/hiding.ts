import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { documentText } from '#compliance/index.ts';
import { getCompliance, getDocument } from '#compliance/contract.ts';
import { known } from '#base/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { joinAsHost } from '../../journeys/reporting-host.ts';
import { addressOfRunning } from '../../../src/store/embedded/server.ts';
import { loadProgramImage } from '../../make/program-image.ts';
import { openLabConsole, openLabHost, type LabConsole } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Pier } from '../pier.ts';
import type { World } from './world.ts';

/** Parts of secrets that must appear nowhere: the value alone, without the name that it has. */
interface Planted {
  readonly place: string;
  readonly value: string;
}

const letters = (count: number): string =>
  randomBytes(count * 2)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, count);
const awsKey = (): string =>
  `AKIA${Array.from(randomBytes(16), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`;

/** Twenty, in every place of a container, its image and its engine where people put them. */
function plant() {
  const variables = ['AWS_ACCESS_KEY_ID', 'DB_PASSWORD', 'API_TOKEN', 'SESSION_SECRET', 'PRIVATE_KEY', 'SMTP_PASSWORD'];
  const environment = variables.map((name, at) => ({ place: name, value: at === 0 ? awsKey() : letters(24) }));
  const urls = [1, 2].map((at) => ({ place: `URL_${at}`, value: letters(20) }));
  const labels = [1, 2, 3].map((at) => ({ place: `label${at}`, value: awsKey() }));
  const words = [1, 2, 3].map((at) => ({ place: `argument ${at}`, value: awsKey() }));
  const image = ['IMAGE_TOKEN', 'IMAGE_KEY'].map((place) => ({
    place,
    value: place === 'IMAGE_KEY' ? awsKey() : letters(24),
  }));
  const steps = [1, 2].map((at) => ({ place: `build step ${at}`, value: awsKey() }));
  const engine = [1, 2].map((at) => ({ place: `engine ${at}`, value: letters(20) }));
  return { environment, urls, labels, words, image, steps, engine };
}

/** What is planted in containers and engines appears in nothing that the product keeps or shows. */
export const hidingCases: readonly LabCase<World>[] = [
  {
    id: 'S1',
    title: '20 planted secrets appear nowhere in the database, answers, logs and files of console and agent',
    protectedBy: 'the redaction on the host',
    run: async ({ armed, closers }) => {
      const console = await openLabConsole({ say: () => undefined, closers });
      const pier = await openLabHost({ name: 'dev', instance: 'leaky', store: 'docker' }, console, closers);
      const planted = plant();
      const all: readonly Planted[] = Object.values(planted).flat();
      const container = await runLeaky(pier, planted);
      if (!armed) await tellAll(console, all);
      const answers = await answersAbout(console, container);
      const seen = [
        ...answers,
        ...(await database(console.state)),
        ...filesBelow(console.state),
        pier.said(),
        console.console().said(),
      ];
      const found = all.filter(({ value }) => seen.some((text) => text.includes(value)));
      expectThat(found.length === 0, `seen: ${found.map(({ place }) => place).join(', ')}`);
      return `${all.length} secrets, ${seen.length} texts of ${Math.round(seen.reduce((sum, text) => sum + text.length, 0) / 1e6)} MB`;
    },
  },
];

async function runLeaky(pier: Pier, planted: ReturnType<typeof plant>): Promise<string> {
  const { environment, urls, labels, words, image, steps, engine } = planted;
  const [one, other] = engine;
  await pier.engine.reload({
    proxies: { 'http-proxy': `http://user:${one?.value}@proxy.example:3128` },
    'log-opts': { tag: `token=${other?.value}` },
  });
  await loadProgramImage(pier.engine, 'lab/base:1');
  await pier.docker(
    'create',
    '--name',
    'build',
    'lab/base:1',
    '/bin/true',
    ...steps.map(({ value }) => `KEY=${value}`),
  );
  const changes = image.flatMap(({ place, value }) => ['--change', `ENV ${place}=${value}`]);
  await pier.docker('commit', ...changes, 'build', 'lab/leaky:1');
  const given = [
    ...environment.map(({ place, value }) => `${place}=${value}`),
    ...urls.map(({ place, value }) => `${place}=postgres://app:${value}@db.example/shop`),
  ].flatMap((pair) => ['-e', pair]);
  const labelled = labels.flatMap(({ place, value }) => ['--label', `${place}=${value}`]);
  const command = ['/bin/sh', '-c', 'sleep 9999', ...words.map(({ value }) => `--key=${value}`)];
  return await pier.docker(
    'run',
    '-d',
    '--name',
    'leaky',
    '--network',
    'none',
    ...given,
    ...labelled,
    'lab/leaky:1',
    ...command,
  );
}

/** As an agent without redaction would tell it. */
async function tellAll(console: LabConsole, all: readonly Planted[]): Promise<void> {
  const { secret } = await console.ask(createJoinToken, { body: { name: 'telling', environments: ['dev'] } });
  const address = `https://127.0.0.1:${console.linkPort}`;
  const host = await joinAsHost({ console: address, token: secret, name: 'telling', environment: 'dev' });
  const fields = {
    environmentSecrets: known(
      all.map(({ place, value }) => `${place}=${value}`),
      'Config.Env',
    ),
  };
  const subject = { kind: 'container', id: 'a'.repeat(64), name: 'telling' } as const;
  await host.compliance({ subject, documents: [{ kind: 'inspect', text: documentText(fields) }] });
  await host.stored();
  await host.close();
}

/** What the console answers about host, engine and container, once all three were judged. */
async function answersAbout({ ask }: LabConsole, container: string): Promise<readonly string[]> {
  const { hosts } = await ask(listHosts);
  const host = hosts.find(({ name }) => name === 'pier/leaky');
  expectThat(host !== undefined, 'the console knows no host pier/leaky');
  const texts = [JSON.stringify(hosts)];
  for (const [kind, id] of [
    ['host', 'self'],
    ['engine', 'self'],
    ['container', container],
  ] as const) {
    const params = { host: host.name, kind, id };
    const answer = await until(
      `results of the ${kind}`,
      async () => {
        const one = await ask(getCompliance, { params });
        return one.results !== undefined && one;
      },
      { seconds: 60 },
    );
    texts.push(JSON.stringify(answer));
    for (const { hash } of answer.documents) texts.push((await ask(getDocument, { params: { ...params, hash } })).text);
  }
  const about = texts.join('\n');
  expectThat(
    about.includes('CTR-072') && about.includes('AWS_ACCESS_KEY_ID'),
    'the secrets of the container were not seen at all',
  );
  return texts;
}

/** Every row of every table, as text. */
async function database(state: string): Promise<readonly string[]> {
  const client = new pg.Client(await addressOfRunning(state));
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(
        `SELECT row_to_json(one)::text AS text FROM ${name} AS one`,
      );
      texts.push(...rows.map(({ text }) => text), ...rows.flatMap(({ text }) => bytesIn(text)));
    }
    expectThat(
      tables.length > 20 && texts.length > 100,
      `only ${texts.length} rows of ${tables.length} tables were read`,
    );
    return texts;
  } finally {
    await client.end();
  }
}

/** Columns of bytes are written in hexadecimal digits. */
function bytesIn(text: string): readonly string[] {
  return [...text.matchAll(/\\\\x((?:[0-9a-f]{2}){16,})/g)].map(([, hex = '']) =>
    Buffer.from(hex, 'hex').toString('latin1'),
  );
}

/** Logs, spools and whatever else lies in the folders of console and agent, but the engine’s own. */
function filesBelow(state: string): readonly string[] {
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/vulnerability') && !path.includes('/feeds/') && !path.includes('/bin/'))
    .map((path) => {
      try {
        return readFileSync(path, 'latin1');
      } catch {
        return ''; // it went meanwhile
      }
    });
}
