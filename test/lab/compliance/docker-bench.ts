import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageFactsOfScan } from '#catalog/index.ts';
import { type About, checks } from '#compliance/index.ts';
import { scanTarget } from '../../../src/catalog/scan.testing.ts';
import { expectThat } from '../lab.ts';
import { inNetwork, type Yard } from './lab-engine.ts';
import { live, resultsOf, type Subject } from './subject.ts';
import { image } from './subjects/containers.ts';

/** Folder with archives of other tools. */
const peers = process.env['SEAWALL_PEERS'] ?? join(import.meta.dirname, '../../../../shared/peers');

/** Containers that both look at: it asks the engine for each container many times over. */
export const judged = ['plain', 'bold', 'mounted', 'sharing'] as const;

/** What docker-bench-security says of one number: `PASS`, `WARN`, `INFO`, `NOTE`. */
export interface TheirAnswer {
  readonly number: string;
  readonly result: string;
}

/** Runs it on a host of the lab as its manual says, and answers what its log holds. */
export async function runDockerBench(yard: Yard, folder: string): Promise<readonly TheirAnswer[]> {
  const archive = existsSync(peers)
    ? readdirSync(peers).find((name) => name.startsWith('docker-bench-security-'))
    : undefined;
  expectThat(archive !== undefined, `no docker-bench-security in ${peers}; name its folder by SEAWALL_PEERS`);
  const place = join(folder, 'docker-bench');
  mkdirSync(place);
  execFileSync('tar', ['-xzf', join(peers, archive), '-C', place, '--strip-components=1']);
  const log = join(place, 'bench.log');
  const script = `cd ${place} && DOCKER_HOST=unix://${yard.socket} bash docker-bench-security.sh -b -i ${judged.join(',')},programs -l ${log}`;
  const { code, stderr } = await inNetwork(yard, 'sh', ['-c', script]);
  expectThat(code === 0, `docker-bench-security ended with ${code}: ${stderr.slice(-500)}`);
  // It escapes nothing in its JSON, so only numbers and results are taken.
  const found = readFileSync(`${log}.json`, 'utf8').matchAll(
    /"id": "([\d.]+)",\s+"desc": "[^\n]*",\s+"result": "([A-Z]+)"/g,
  );
  return [...found].map(([, number = '', result = '']) => ({ number, result }));
}

/** The image that all containers of the lab are of, as the engine holds it. */
export async function imageInUse(yard: Yard, folder: string): Promise<Subject> {
  const path = join(folder, 'in-use.tar');
  await yard.docker('save', '-o', path, image);
  const catalog = await scanTarget(`archive:${path}`, 'hashed');
  const described = JSON.parse(await yard.docker('image', 'inspect', image)) as readonly {
    Config: object;
    Created: string;
  }[];
  const [{ Config: config, Created: created } = { Config: {}, Created: '' }] = described;
  const text = JSON.stringify({ os: 'linux', architecture: 'amd64', created, config, history: [] });
  writeFileSync(join(folder, 'in-use.json'), text);
  const fields = imageFactsOfScan({ config: text, catalog });
  return { name: image, kind: 'image', origin: live, documents: [{ kind: 'scan', fields }] };
}

/** What all our checks with a number of CIS say of these subjects, by number: each state with the checks that gave it. */
export function oursByNumber(
  subjects: readonly Subject[],
): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const answers = new Map<string, Map<string, string[]>>();
  for (const subject of subjects) {
    const results = resultsOf(subject);
    for (const { id, cis = [] } of checks[subject.kind] as readonly About[])
      for (const number of cis) {
        const states = answers.get(number) ?? new Map<string, string[]>();
        const state = results.get(id)?.state ?? 'not-assessed';
        states.set(state, [...new Set([...(states.get(state) ?? []), id])]);
        answers.set(number, states);
      }
  }
  return answers;
}

/** The worst of the states that subjects have: a benchmark fails where one of them does. */
export function worstOf(states: ReadonlyMap<string, readonly string[]> | undefined): {
  readonly state: string;
  readonly ids: readonly string[];
} {
  for (const state of ['fail', 'warn', 'error', 'pass', 'not-assessed', 'not-applicable']) {
    const ids = states?.get(state);
    if (ids !== undefined) return { state, ids };
  }
  return { state: 'no check', ids: [] };
}
