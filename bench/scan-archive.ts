/**
 * Time of a whole scan pass over an image archive (verify, read, analyze), as a process of its own, beside GNU tar listing
 * the same layer and sha256sum hashing it: what any reader must at least do. `ROOT_TAR` names a root file system as tar;
 * without it one is made by mmdebstrap, once, under `.cache/test-images`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { dockerArchive, ociArchive, ociImage } from '../test/make/image.ts';

const repository = join(import.meta.dirname, '..');
const runs = 5;
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
try {
  const layer = readFileSync(rootTar());
  const scanner = await bundleScanner();
  bench('plain', { scanner, image: dockerArchive([layer]).bytes, layer });
  bench('gzip', { scanner, image: ociArchive([ociImage([layer], { compression: 'gzip' })]), layer: gzipSync(layer) });
  bench('zstd', {
    scanner,
    image: ociArchive([ociImage([layer], { compression: 'zstd' })]),
    layer: zstdCompressSync(layer),
  });
} finally {
  rmSync(folder, { recursive: true });
}

interface Subject {
  readonly scanner: string;
  readonly image: Uint8Array;
  readonly layer: Uint8Array;
}

function bench(name: string, { scanner, image, layer }: Subject): void {
  const imageFile = join(folder, `${name}.tar`);
  const layerFile = join(folder, `${name}.layer`);
  const cache = join(folder, 'cache');
  writeFileSync(imageFile, image);
  writeFileSync(layerFile, layer);
  const peer = best(() => {
    execFileSync('tar', ['-tf', layerFile], { stdio: 'ignore' });
    execFileSync('sha256sum', [layerFile], { stdio: 'ignore' });
  });
  const scan = () => memoryOf(scanner, imageFile, cache);
  let memory = 0;
  const cold = best(() => {
    rmSync(cache, { recursive: true, force: true });
    memory = Math.max(memory, scan());
  });
  const warm = best(scan);
  print(`scan-archive-${name}-cold`, cold, peer);
  print(`scan-archive-${name}-warm`, warm, peer);
  console.log(`scan-archive-${name}-memory ours=${memory}MB peer=250MB ratio=${(memory / 250).toFixed(2)}`);
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${ours.toFixed(0)}ms peer=${peer.toFixed(0)}ms ratio=${(ours / peer).toFixed(2)}`);
}

/** Milliseconds of the fastest of some runs: the machine's other work only ever adds. */
function best(work: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** Scans in a process of its own; returns its largest resident size in MB. */
function memoryOf(scanner: string, image: string, cache: string): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, [scanner, image, cache], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the scan failed: ${stderr}`);
  return Number(stdout);
}

/** The scan pass as it is shipped: bundled, its worker beside it. */
async function bundleScanner(): Promise<string> {
  const source = join(folder, 'scan.ts');
  const face = (domain: string) => JSON.stringify(join(repository, 'src', domain, 'index.ts'));
  writeFileSync(
    source,
    `import { readFileSync } from 'node:fs';
    import { analyzers, analyzeTarget } from ${face('catalog')};
    import { defaultLimits, hostPlatform, openTarget } from ${face('image')};
    const [, , image, cacheFolder] = process.argv;
    const platform = hostPlatform(process.arch);
    const opened = await openTarget(image, { platform, limits: defaultLimits, dockerSocket: '', cacheFolder });
    const { catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits, cacheFolder });
    await opened.close();
    if (catalog.packages.length === 0 || catalog.faults.length > 0) throw new Error(JSON.stringify(catalog.faults));
    console.log(Math.round(Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024));`,
  );
  const entries = { scan: source, 'layer-worker': join(repository, 'src/catalog/layer-worker.ts') };
  for (const [name, input] of Object.entries(entries)) {
    const bundle = await rolldown({ input, platform: 'node', cwd: repository, logLevel: 'silent' });
    await bundle.write({ dir: join(folder, 'dist'), entryFileNames: `${name}.js`, format: 'esm', minify: true });
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, 'dist', 'scan.js');
}

function rootTar(): string {
  const given = process.env['ROOT_TAR'];
  if (given !== undefined) return given;
  const cached = join(repository, '.cache/test-images/debian-200.tar');
  if (existsSync(cached)) return cached;
  mkdirSync(join(cached, '..'), { recursive: true });
  const made = join(folder, 'root.tar');
  const include = '--include=openssl,curl,ca-certificates,libtomcat10-java,python3-requests';
  execFileSync('mmdebstrap', ['--variant=minbase', include, 'trixie', made], { stdio: 'inherit' });
  renameSync(made, cached);
  return cached;
}
