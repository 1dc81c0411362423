import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { wordsOf } from '#apps/console/in-container.ts';
import { makeCompose } from './chart.ts';
import { recipes } from './images/recipes.ts';

const root = join(import.meta.dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'seawall-compose-'));
beforeAll(async () => await makeCompose({ root, out, version: '1.2.3' }));
afterAll(() => rmSync(out, { recursive: true }));

interface ComposeFile {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const composeFile = () => parse(readFileSync(join(out, 'compose.yaml'), 'utf8'), { merge: true }) as ComposeFile;
const serviceOf = (name: string) => composeFile().services[name] ?? {};

/** Fields of a service as options of `docker run`. A field that is not here fails the test. */
const optionOf: Readonly<Record<string, string>> = {
  user: '--user',
  cap_add: '--cap-add',
  cap_drop: '--cap-drop',
  security_opt: '--security-opt',
  tmpfs: '--tmpfs',
  volumes: '-v',
  ports: '-p',
  pid: '--pid',
  network_mode: '--network',
  environment: '-e',
  restart: '--restart',
  pull_policy: '--pull',
};

/** What compose alone asks for: when a service starts, how long it may take to end. */
const ofCompose = ['profiles', 'stop_grace_period'];

function commandOf(service: Readonly<Record<string, unknown>>): readonly string[] {
  const { image, command = [], read_only: isReadOnly, ...fields } = service;
  const options = Object.entries(fields).flatMap(([field, value]) => {
    if (ofCompose.includes(field)) return [];
    const option = optionOf[field];
    if (option === undefined) throw new Error(`docker run has no option for ${field}.`);
    return [value].flat().map((one) => `${option} ${String(one)}`);
  });
  const switches = isReadOnly === true ? ['--read-only'] : [];
  return [
    ...options,
    ...switches,
    `image ${String(image)}`,
    ...[command].flat().map((word) => `word ${String(word)}`),
  ].toSorted();
}

/** The same of a command as people read it. */
function readCommand(text: string): readonly string[] {
  const words = text
    .replaceAll(/\\\n\s*/g, ' ')
    .trim()
    .split(/\s+/);
  const found: string[] = [];
  let at = words.indexOf('run') + 1;
  for (; words[at]?.startsWith('-') === true; at += 1) {
    const word = words[at] ?? '';
    if (word === '-d') continue;
    if (word === '--read-only') found.push(word);
    else found.push(`${word} ${words[(at += 1)]}`);
  }
  return [...found, `image ${words[at]}`, ...words.slice(at + 1).map((word) => `word ${word}`)].toSorted();
}

const without = (options: readonly string[], named: RegExp) => options.filter((option) => !named.test(option));

describe('the compose file', () => {
  test('runs the agent by the command that the console prints', () => {
    const printed = wordsOf({ linkUrl: 'https://127.0.0.1:8084', secret: 'secret', version: '1.2.3' });
    const [command = ''] = /docker run [^]*?[^\\](?=\n)/.exec(printed) ?? [];
    expect(commandOf(serviceOf('agent'))).toEqual(without(readCommand(command), /^--name /));
  });

  test('runs the console by the command of the page that has no rights left', () => {
    const page = readFileSync(join(root, 'docs/how-to/run-in-containers.md'), 'utf8');
    const [command = ''] = /docker run -d --name seawall --user [^]*?[^\\](?=\n)/.exec(page) ?? [];
    const own = /^(?:--name|--user|-v|--restart|--pull|image) /;
    const console = commandOf(serviceOf('console'));
    expect(without(console, own)).toEqual(without(readCommand(command), own));
    expect(console).toContain('--user 65532:65532');
    expect(console).toContain('-v state:/var/lib/seawall');
    expect(console).toContain('image seawall/console:1.2.3');
  });

  test('has the same rights for a console without a database, and no place in common', () => {
    const own = /^(?:-v|-e|image) /;
    const other = commandOf(serviceOf('console-without-database'));
    expect(without(other, own)).toEqual(without(commandOf(serviceOf('console')), own));
    expect(other.filter((option) => own.test(option))).toEqual([
      '-e SEAWALL_DATABASE_URL',
      '-v state-without-database:/var/lib/seawall',
      'image seawall/console-without-database:1.2.3',
    ]);
  });

  test('names images of the release alone, which are loaded and never pulled', () => {
    const services = Object.values(composeFile().services);
    const images = recipes.map(({ name }) => `seawall/${name}:1.2.3`);
    for (const { image, pull_policy: pull } of services) {
      expect(images).toContain(image);
      expect(pull).toBe('never');
    }
  });

  test('holds no secret, and keeps nothing but what its volumes keep', () => {
    const { services, volumes } = composeFile();
    const all = Object.values(services);
    for (const variable of all.flatMap(({ environment = [] }) => environment as readonly string[]))
      expect(variable).toMatch(/^[A-Z_]+$/);
    const used = all.flatMap(({ volumes: of = [] }) => (of as readonly string[]).map((one) => one.split(':')[0]));
    expect(used.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  test('starts the console alone unless another service is named', () => {
    const started = Object.entries(composeFile().services).filter(
      ([, { profiles = [] }]) => [profiles].flat().length === 0,
    );
    expect(started.map(([name]) => name)).toEqual(['console']);
  });
});
