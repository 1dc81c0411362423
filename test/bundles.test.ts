import { join } from 'node:path';
import type { OutputChunk } from 'rolldown';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundlePrograms } from '../tools/bundle.ts';

const root = join(import.meta.dirname, '..');

/** Libraries and domains that belong to the console; a host or a build machine must never load them. */
const serverOnly = [
  /\bfastify\b/,
  /@fastify\//,
  /^pg$/,
  /pg-boss/,
  /\bkysely\b/,
  /\bpino\b/,
  /react/,
  /src\/store\//,
  /\/console\//,
  /src\/explorer\//,
];

describe('the bundles', () => {
  let chunks: readonly OutputChunk[] = [];

  beforeAll(async () => {
    chunks = await bundlePrograms();
  });

  test('hold the programs', () => {
    expect(
      chunks
        .filter((chunk) => chunk.isEntry)
        .map((chunk) => chunk.name)
        .toSorted(),
    ).toEqual(['index-worker', 'layer-worker', 'match-worker', 'seawall', 'task-child']);
  });

  test('scan and its worker load nothing of the server', () => {
    for (const name of ['scan', 'layer-worker', 'match-worker', 'index-worker', 'agent', 'catalog', 'db-build']) {
      expect
        .soft(
          loadedBy(name).filter((item) => serverOnly.some((pattern) => pattern.test(item))),
          name,
        )
        .toEqual([]);
    }
  });

  test('a scan that is kept loads neither analyzers nor matching', () => {
    const needless =
      /src\/(?:ecosystems\/\w+\/(?:index|reader)|vulnerability\/match|catalog\/merge)|node_modules\/(?:yaml|saxes)/;
    expect(loadedBy('scan').filter((item) => needless.test(item))).toEqual([]);
    expect(loadedBy('analyze-here').filter((item) => needless.test(item)).length).toBeGreaterThan(50);
  });

  test('the console does load the server, so the check above can fail', () => {
    expect(
      loadedBy('console').filter((item) => serverOnly.some((pattern) => pattern.test(item))).length,
    ).toBeGreaterThan(5);
  });

  /** Modules and outside packages that are loaded, without further `import()`, when the chunks of a name are. */
  function loadedBy(name: string): string[] {
    const queue = chunks.filter((chunk) => chunk.name === name).map(({ fileName }) => fileName);
    expect(queue, `chunks named ${name}`).not.toEqual([]);
    const seen = new Set<string>();
    for (const file of queue) {
      if (seen.has(file)) continue;
      seen.add(file);
      queue.push(...(chunks.find((chunk) => chunk.fileName === file)?.imports ?? []));
    }
    return [...seen].flatMap(
      (file) => chunks.find((chunk) => chunk.fileName === file)?.moduleIds.map(inCheckout) ?? [file],
    );
  }
});

/** A module by its place in the checkout: folders above it may have any name. */
function inCheckout(module: string): string {
  return module.startsWith(root) ? module.slice(root.length) : module;
}
