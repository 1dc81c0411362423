import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { apkInstalled, osRelease } from '../../../test/make/packages.ts';
import { file, type TarEntry, whiteout } from '../../../test/make/tar.ts';
import { imageFactsOfScan } from '../image-facts/of-scan.ts';
import { emptyCatalog, scanLayers } from '../scan.testing.ts';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
const pem = String(key);

async function found(layers: readonly (readonly TarEntry[])[]) {
  const { fileSecrets } = await scanLayers(layers);
  return fileSecrets ?? expect.unreachable();
}

const keyAt = (path: string, layer: number) =>
  expect.objectContaining({ path, layer, detector: expect.stringContaining('private-key'), certainty: 'sure' });

describe('secrets in files of layers', () => {
  test('are told with their layer, also where a higher layer removes the file', async () => {
    const secrets = await found([[file('app/id', pem), file('app/other', 'x')], [whiteout('app/id')]]);
    expect(secrets).toEqual({ format: 1, found: [keyAt('app/id', 0)], owned: 0, isComplete: true });
    expect(JSON.stringify(secrets)).not.toContain(pem.slice(100, 140));
  });

  test('of a file that is written twice in one layer are those of the last', async () => {
    expect((await found([[file('a', pem), file('a', 'x')]])).found).toEqual([]);
  });

  test('of a file that a package brought are only counted, and those of one that was changed later are not', async () => {
    const installed = [
      osRelease('alpine', '3.20.3'),
      apkInstalled([{ name: 'gnutls', version: '1', origin: 'gnutls', files: ['usr/share/gnutls/test.pem'] }]),
      file('usr/share/gnutls/test.pem', pem),
    ];
    expect(await found([installed])).toMatchObject({ found: [], owned: 1 });
    expect(await found([installed, [file('usr/share/gnutls/test.pem', `\n${pem}`)]])).toMatchObject({
      found: [keyAt('usr/share/gnutls/test.pem', 1)],
      owned: 1,
    });
  });

  test('are looked for in small binary files, and in large ones only where they are text', async () => {
    const zeros = Buffer.alloc(80_000);
    const secrets = await found([
      [
        file('small', Buffer.concat([Buffer.alloc(100), Buffer.from(`\n${pem}`)])),
        file('large', Buffer.concat([zeros, Buffer.from(`\n${pem}`)])),
        file('text', `${'a line of a log\n'.repeat(20_000)}${pem}`),
      ],
    ]);
    expect(secrets.found.map(({ path }) => path).toSorted()).toEqual(['small', 'text']);
  });

  test('say nothing of a layer that was not read to its end', async () => {
    const catalog = await scanLayers([[file('../../out', 'x')]]);
    expect(catalog.fileSecrets).toMatchObject({ found: [], isComplete: false });
    expect(imageFactsOfScan({ config: '{}', catalog }).fileSecrets.kind).toBe('missing');
    const some = await scanLayers([[file('id', pem), file('../../out', 'x')]]);
    expect(imageFactsOfScan({ config: '{}', catalog: some }).fileSecrets).toMatchObject({ kind: 'known', value: [{}] });
  });

  test('of an older scan are not known', () => {
    expect(imageFactsOfScan({ config: '{}', catalog: emptyCatalog }).fileSecrets.kind).toBe('missing');
  });
});
