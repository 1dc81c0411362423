import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { readEngineContainer } from './host/engine-container.ts';
import { readJson, TooLong } from './read-bounded.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'seawall-read-'))));
afterAll(() => rm(folder, { recursive: true }));

test('a file of few long texts is read, one of more texts than a start can wait for is not', async () => {
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify({ process: { env: ['A'.repeat(3_000_000)] } }));
  expect(await readJson(file)).toMatchObject({ process: {} });
  await writeFile(file, JSON.stringify({ mounts: Array.from({ length: 50_001 }, () => 'x') }));
  await expect(readJson(file)).rejects.toThrow(TooLong);
  await writeFile(file, JSON.stringify(['A'.repeat(5_000_000)]));
  await expect(readJson(file)).rejects.toThrow(TooLong);
});

test('what an engine keeps of a container that is too long is told from what it does not keep', async () => {
  const id = 'a'.repeat(64);
  expect(await readEngineContainer(folder, id, silentLog)).toBeUndefined();
  await mkdir(join(folder, 'containers', id), { recursive: true });
  const labels = Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`label-${at}`, '']));
  const config = { Name: '/x', Image: '', State: {}, Config: { Image: 'x', Labels: labels } };
  await writeFile(join(folder, 'containers', id, 'config.v2.json'), JSON.stringify(config));
  expect(await readEngineContainer(folder, id, silentLog)).toBe('too-long');
});
