import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dockerArchive, ociImage, ociLayout, sha256, writeLayout } from '../../test/make/image.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import { openTarget } from './open-target.ts';
import { defaultLimits } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-skopeo-'));
afterAll(() => rmSync(folder, { recursive: true }));

const layers = [makeTar([file('a.txt', 'A')]), makeTar([file('b.txt', 'B')]), makeTar([file('a.txt', 'A')])];

async function digestOf(target: string): Promise<string> {
  const platform = { os: 'linux', architecture: 'amd64' };
  const opened = await openTarget(target, { platform, limits: defaultLimits, dockerSocket: join(folder, 'no.sock') });
  if (opened.kind !== 'image') throw new Error('an image was expected');
  await opened.close();
  return opened.subject.digest;
}

test('an archive is read as skopeo reads it', async () => {
  const path = join(folder, 'skopeo.tar');
  writeFileSync(
    path,
    dockerArchive(layers, { names: ['shop/app:1'], steps: ['ADD base', 'RUN make', 'COPY a'] }).bytes,
  );
  const config = execFileSync('skopeo', ['inspect', '--config', '--raw', `docker-archive:${path}`]);
  expect(await digestOf(path)).toBe(sha256(config));
});

test('an OCI layout holds the image that skopeo says', async () => {
  const path = join(folder, 'peer');
  await writeLayout(path, ociLayout([ociImage(layers, { names: ['x'] })]));
  const config = execFileSync('skopeo', ['inspect', '--config', '--raw', `oci:${path}:x`]);
  expect(await digestOf(path)).toBe(sha256(config));
});
