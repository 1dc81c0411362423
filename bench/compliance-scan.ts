/**
 * What facts for compliance checks add to a cold scan of a real Debian image of about 200 MB: file facts, contents and
 * secrets of all layers, beside the same scan pass bundled without those collectors. By turns, each a process of its own; the
 * processor's time of it and of the children that read layers, counted once those are gone, so that other work of the machine
 * matters little. Executables are hashed, as every scan of the product does. The limit is a tenth more.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { debianImage } from '../test/make/debian.ts';
import { pairedRatio } from './runtime/pairs.ts';

const repository = join(import.meta.dirname, '..');
const pairs = Number(process.env['SEAWALL_BENCH_PAIRS'] ?? 10);
const limit = 1.1;
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));

/** What stands in for a collector: it watches nothing and tells of nothing. */
const leftOut: Readonly<Record<string, string>> = {
  'file-facts/collect.ts': `export const createFileFactCollector = () => ({ result: () => ({
    noted: [], links: {}, accounts: {}, cut: [], areLinksCut: false }) });`,
  'file-facts/layer-secrets.ts': `export const mostOfLayer = 1000;
    export const createSecretCollector = () => ({ result: () => ({ found: [], isComplete: true }) });`,
  'contents/collect.ts': `export const createContentCollector = () => ({ result: () => ({
    noted: [], links: {}, sums: {}, isCut: false }) });`,
};

try {
  const image = (await debianImage()).archive;
  const scanners = { ours: await bundleScanner('whole'), peer: await bundleScanner('without') };
  const scan = (scanner: string) =>
    JSON.parse(execFileSync(process.execPath, [scanner, image], { encoding: 'utf8' })) as Scanned;
  const [whole, without] = [scan(scanners.ours), scan(scanners.peer)];
  if (whole.packages !== without.packages || !whole.hasAccounts || without.hasAccounts)
    throw new Error(`The scans are not what they should be: ${JSON.stringify([whole, without])}`);
  const runs = Array.from({ length: pairs }, () => ({
    ours: scan(scanners.ours).seconds,
    peer: scan(scanners.peer).seconds,
  }));
  const { median, low, high } = pairedRatio(runs.map(({ ours, peer }) => ours / peer));
  const [ours, peer] = [middle(runs.map((run) => run.ours)), middle(runs.map((run) => run.peer))];
  console.log(
    `compliance-scan ours=${ours.toFixed(2)}s peer=${peer.toFixed(2)}s ratio=${median.toFixed(3)} (${pairs} pairs, 95 %: ${low.toFixed(3)} to ${high.toFixed(3)}, limit ${limit})`,
  );
  if (median > limit) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

interface Scanned {
  /** Of the processor. */
  readonly seconds: number;
  readonly packages: number;
  /** Whether facts of files were read. */
  readonly hasAccounts: boolean;
}

/** The scan pass as it is shipped, or without the collectors of facts. */
async function bundleScanner(way: 'whole' | 'without'): Promise<string> {
  const source = join(folder, `${way}.ts`);
  const face = (domain: string) => JSON.stringify(join(repository, 'src', domain, 'index.ts'));
  writeFileSync(
    source,
    `import { readFileSync } from 'node:fs';
    import { setTimeout as wait } from 'node:timers/promises';
    import { analyzers, analyzeTarget } from ${face('catalog')};
    import { defaultLimits, hostPlatform, openTarget } from ${face('image')};
    const platform = hostPlatform(process.arch);
    const opened = await openTarget(process.argv[2], { platform, limits: defaultLimits, dockerSocket: '' });
    const { catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits, executables: 'hashed' });
    await opened.close();
    if (catalog.faults.length > 0) throw new Error(JSON.stringify(catalog.faults));
    const isReading = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'latin1').trim() !== '';
    while (isReading()) await wait(2);
    const { user, system } = process.cpuUsage();
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ');
    const seconds = (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / 100;
    const hasAccounts = JSON.stringify(catalog.fileFacts?.accounts ?? {}).includes('root:');
    console.log(JSON.stringify({ seconds, packages: catalog.packages.length, hasAccounts }));`,
  );
  const load = (id: string): string | undefined =>
    way === 'whole' ? undefined : Object.entries(leftOut).find(([path]) => id.endsWith(`src/catalog/${path}`))?.[1];
  const entries = { scan: source, 'layer-worker': join(repository, 'src/catalog/layer-worker.ts') };
  for (const [name, input] of Object.entries(entries)) {
    const plugins = [{ name: 'left-out', load }];
    const bundle = await rolldown({ input, platform: 'node', cwd: repository, logLevel: 'silent', plugins });
    const dir = join(folder, way, 'dist');
    await bundle.write({ dir, entryFileNames: `${name}.js`, format: 'esm', minify: true });
  }
  writeFileSync(join(folder, way, 'package.json'), '{"type":"module"}');
  return join(folder, way, 'dist', 'scan.js');
}

function middle(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
