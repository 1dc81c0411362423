import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { dpkgStatus, npmPackage, osRelease } from '../../test/make/packages.ts';
import { file, type TarEntry, tarHeader, whiteout } from '../../test/make/tar.ts';

/** A layer: its entries, lowest first, made while they are written. */
export type MadeLayer = () => Iterable<TarEntry>;

/** Images that are large in one way each. */
export const largeImages: Readonly<Record<string, readonly MadeLayer[]>> = {
  'layers-200': Array.from({ length: 200 }, (_, layer) => () => [...system(layer), ...smallLayer(layer)]),
  'layer-2gb': [() => largeFiles()],
  'files-300k': [() => manyFiles(300_000)],
  'npm-3000': [() => npmPackages(3000)],
  'jar-60k': [() => [...system(0), file('app/large.jar', largeJar(60_000))]],
};

/** Images of a million files. */
export const millionFiles: Readonly<Record<string, readonly MadeLayer[]>> = {
  'million-1-layer': [() => manyFiles(1_000_000)],
  'million-100-layers': Array.from({ length: 100 }, (_, layer) => () => filesAndWhiteouts(layer)),
};

const block = 512;
const batchBytes = 4 * 1024 ** 2;

/** Writes an image as `docker save` does, without ever holding a layer whole. */
export function writeArchive(path: string, layers: readonly MadeLayer[]): void {
  const archive = new ArchiveFile(path);
  const written = layers.map((layer, index) => archive.addLayer(`${index}/layer.tar`, layer()));
  const rootfs = { type: 'layers', diff_ids: written.map(({ diffId }) => diffId) };
  const history = written.map((_, index) => ({ created_by: `RUN step ${index}` }));
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', config: {}, rootfs, history });
  const name = `${createHash('sha256').update(config).digest('hex')}.json`;
  archive.add(file(name, config));
  const manifest = [{ Config: name, RepoTags: ['made:1'], Layers: written.map((one) => one.path) }];
  archive.add(file('manifest.json', JSON.stringify(manifest)));
  archive.close();
}

class ArchiveFile {
  readonly #file: number;
  #length = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  add(entry: TarEntry): void {
    for (const part of partsOf(entry)) this.#write(part);
  }

  /** The header is written last, when the size is known. */
  addLayer(path: string, entries: Iterable<TarEntry>): { readonly path: string; readonly diffId: string } {
    const start = this.#length;
    this.#length += block;
    const hash = createHash('sha256');
    for (const batch of batchesOf(entries)) {
      hash.update(batch);
      this.#write(batch);
    }
    const size = this.#length - start - block;
    writeSync(this.#file, tarHeader({ ...file(path), claimedSize: size }), 0, block, start);
    return { path, diffId: `sha256:${hash.digest('hex')}` };
  }

  close(): void {
    this.#write(Buffer.alloc(2 * block));
    closeSync(this.#file);
  }

  #write(bytes: Uint8Array): void {
    writeSync(this.#file, bytes, 0, bytes.length, this.#length);
    this.#length += bytes.length;
  }
}

function* batchesOf(entries: Iterable<TarEntry>): Iterable<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for (const entry of entries) {
    for (const part of partsOf(entry)) {
      parts.push(part);
      length += part.length;
    }
    if (length < batchBytes) continue;
    yield Buffer.concat(parts);
    [parts, length] = [[], 0];
  }
  yield Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

function partsOf(entry: TarEntry): readonly Uint8Array[] {
  const padding = new Uint8Array((block - (entry.content.length % block)) % block);
  return [tarHeader(entry), entry.content, padding];
}

/** A Debian with a few packages, in the lowest layer. */
function system(layer: number): readonly TarEntry[] {
  if (layer > 0) return [];
  const packages = Array.from({ length: 100 }, (_, index) => ({ name: `made-${index}`, version: `1.${index}-1` }));
  return [osRelease('debian', '13'), dpkgStatus([...packages, { name: 'curl', version: '8.0.0-1' }])];
}

function* smallLayer(layer: number): Iterable<TarEntry> {
  yield npmPackage(`made-${layer}`, '1.0.0');
  for (let index = 0; index < 20; index += 1)
    yield file(`srv/${layer}/file-${index}.txt`, `${layer} ${index}\n`.repeat(50));
}

/** 2,048 files of one MiB that no reader knows. */
function* largeFiles(): Iterable<TarEntry> {
  yield* system(0);
  const content = randomBytes(1024 ** 2);
  for (let index = 0; index < 2048; index += 1) yield file(`srv/data/part-${index}.bin`, content);
}

function* manyFiles(count: number): Iterable<TarEntry> {
  yield* system(0);
  for (let index = 0; index < count; index += 1) yield smallFile(index);
}

function smallFile(index: number): TarEntry {
  return file(`usr/share/made/${Math.floor(index / 100)}/file-${index}.txt`, `file ${index}\n`);
}

/** Ten thousand files each, of which a tenth hides those of the layer below. */
function* filesAndWhiteouts(layer: number): Iterable<TarEntry> {
  yield* system(layer);
  for (let index = 0; index < 10_000; index += 1) {
    const number = layer * 10_000 + index;
    yield layer > 0 && index % 10 === 0 ? whiteout(smallFile(number - 10_000 + 1).path) : smallFile(number);
  }
}

function* npmPackages(count: number): Iterable<TarEntry> {
  yield* system(0);
  yield npmPackage('lodash', '4.17.20');
  for (let index = 0; index < count; index += 1) {
    yield npmPackage(`made-${index}`, `1.${index}.0`);
    yield file(`app/node_modules/made-${index}/index.js`, `module.exports = ${index};\n`);
  }
}

function largeJar(entries: number): Uint8Array {
  const pom = 'groupId=org.example\nartifactId=large\nversion=1.0.0\n';
  const parts: Zippable = { 'META-INF/maven/org.example/large/pom.properties': strToU8(pom) };
  for (let index = 0; index < entries; index += 1)
    parts[`org/example/p${index % 500}/Made${index}.class`] = strToU8('made');
  return zipSync(parts, { level: 0 });
}
