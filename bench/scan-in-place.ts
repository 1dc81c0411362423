/**
 * A cold scan of a real Debian image of about 200 MB that an engine holds, on both of Docker's image stores: read from
 * the engine's own files, and beside it, in turn, as the engine writes the image out (`docker save`), which is what a
 * scanner that only knows the socket does. Each scan is a process of its own with nothing known of the image.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { debianImage } from '../test/make/debian.ts';
import { startTestEngine, type TestEngineOptions } from '../test/make/docker.ts';

const repository = join(import.meta.dirname, '..');
const pairs = 5;
const stores: readonly TestEngineOptions[] = [{ store: 'docker', driver: 'overlay2' }, { store: 'containerd' }];
const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
try {
  const scanner = await bundleScanner();
  for (const options of stores) await bench(scanner, options);
} finally {
  rmSync(folder, { recursive: true });
}

type Way = 'engine-files' | 'engine-save';

async function bench(scanner: string, options: TestEngineOptions): Promise<void> {
  const engine = await startTestEngine(options);
  try {
    await engine.load(readFileSync((await debianImage()).archive));
    const scan = (way: Way) => scanBy(way, scanner, engine.socket);
    if (scan('engine-files').found !== scan('engine-save').found) throw new Error('the two ways differ');
    const runs = Array.from({ length: pairs }, () => ({ ours: scan('engine-files'), peer: scan('engine-save') }));
    const ours = median(runs.map((run) => run.ours.seconds));
    const peer = median(runs.map((run) => run.peer.seconds));
    const name = `scan-in-place-${options.driver ?? options.store}`;
    console.log(`${name} ours=${ours.toFixed(2)}s peer=${peer.toFixed(2)}s ratio=${(ours / peer).toFixed(2)}`);
  } finally {
    await engine.stop();
  }
}

interface Run {
  readonly seconds: number;
  /** Digest of the image and its catalog. */
  readonly found: string;
}

function scanBy(way: Way, scanner: string, socket: string): Run {
  const start = performance.now();
  const found = execFileSync(process.execPath, [scanner, way, socket], { encoding: 'utf8', maxBuffer: 1024 ** 3 });
  return { seconds: (performance.now() - start) / 1000, found };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/** The scan pass as it is shipped: bundled, its worker beside it. */
async function bundleScanner(): Promise<string> {
  const source = join(folder, 'scan.ts');
  const module = (path: string) => JSON.stringify(join(repository, 'src', path));
  writeFileSync(
    source,
    `import { analyzers, analyzeTarget } from ${module('catalog/index.ts')};
    import { defaultLimits, hostPlatform } from ${module('image/index.ts')};
    import { inspectImage } from ${module('image/sources/docker/engine.ts')};
    import { openEngineImage } from ${module('image/sources/docker/open.ts')};
    import { openSaved } from ${module('image/sources/docker/saved.ts')};
    const [, , way, dockerSocket] = process.argv;
    const options = { platform: hostPlatform(process.arch), limits: defaultLimits, dockerSocket };
    const image = await inspectImage(dockerSocket, 'made/debian:13');
    const opened = await (way === 'engine-save' ? openSaved : openEngineImage)(image, options);
    const { subject, catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits });
    await opened.close();
    if (opened.readFrom !== way || catalog.packages.length === 0 || catalog.faults.length > 0) {
      throw new Error(\`\${opened.readFrom} \${JSON.stringify(catalog.faults)}\`);
    }
    console.log(subject.digest, JSON.stringify(catalog));`,
  );
  for (const [name, input] of Object.entries({
    scan: source,
    'layer-worker': join(repository, 'src/catalog/layer-worker.ts'),
  })) {
    const bundle = await rolldown({ input, platform: 'node', cwd: repository, logLevel: 'silent' });
    await bundle.write({ dir: join(folder, 'dist'), entryFileNames: `${name}.js`, format: 'esm', minify: true });
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, 'dist', 'scan.js');
}
