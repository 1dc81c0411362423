import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { layerBlobsOfManifest } from '../../src/catalog/index.ts';
import { imageFactsOfScan } from '../../src/catalog/image-facts/of-scan.ts';
import { scanTarget } from '../../src/catalog/scan.testing.ts';
import { imageChecks } from '../../src/compliance/checks/image/index.ts';
import { type CheckResult, evaluate } from '../../src/compliance/evaluate.ts';
import { debianImage } from '../make/debian.ts';

/* A plain base is fine but for what only its user can know: few lines, each with its reason. */

let results: readonly CheckResult[] = [];
beforeAll(async () => {
  const { layout } = await debianImage();
  const blob = (digest: string) => readFileSync(join(layout, 'blobs', digest.replace(':', '/')));
  const [described] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
  const manifest = blob(described.digest);
  const config = blob(JSON.parse(manifest.toString()).config.digest);
  const catalog = await scanTarget(`oci:${layout}:made`, 'hashed');
  const facts = {
    ...imageFactsOfScan({ config, catalog }),
    layerBlobs: layerBlobsOfManifest(manifest),
  };
  // The image is made once and kept: it is judged on its own day.
  const now = new Date(JSON.parse(config.toString()).created);
  results = evaluate(imageChecks, facts, { now, lists: {} });
}, 300_000);

function inState(...states: readonly CheckResult['state'][]): readonly unknown[] {
  return results
    .filter(({ state, foldedUnder }) => states.includes(state) && foldedUnder === undefined)
    .map((result) => [result.id, 'seen' in result ? result.seen : 'reason' in result ? result.reason : undefined]);
}

describe('a plain Debian', () => {
  test('fails in what nobody has set, and in nothing else', () => {
    expect(inState('fail')).toEqual([
      ['IMG-001', ['no user, so root']],
      ['IMG-023', ['none']],
      [
        'IMG-059',
        [
          'lacks org.opencontainers.image.source',
          'lacks org.opencontainers.image.revision',
          'lacks a label that names the owner',
        ],
      ],
    ]);
  });

  test('is worth a look for its package manager, and for tokens that authors of npm packages published', () => {
    const token = expect.stringMatching(/^\/srv\/app\/node_modules\/\w.*\/debug\/\.coveralls\.yml in layer 2: /);
    expect(inState('warn')).toEqual([
      ['IMG-013', ['/usr/bin/apt', '/usr/bin/apt-get']],
      ['IMG-032', [token, token, token, token]],
    ]);
  });

  test('passes with the setuid programs that Debian ships', () => {
    const result = results.find(({ id }) => id === 'IMG-025');
    expect(result).toMatchObject({ state: 'pass' });
    expect(result?.evidence[0]?.value).toContain('/usr/bin/su');
  });

  test.each(['IMG-026', 'IMG-031', 'IMG-033', 'IMG-035', 'IMG-047', 'IMG-048', 'IMG-049', 'IMG-060'])(
    '%s passes by its files',
    (id) => {
      expect(results.find((one) => one.id === id)).toMatchObject({ state: 'pass' });
    },
  );

  test('names no user, so none of its accounts is asked for', () => {
    expect(results.find(({ id }) => id === 'IMG-002')).toMatchObject({ state: 'not-applicable' });
  });

  test('breaks no check', () => expect(inState('error')).toEqual([]));
});
