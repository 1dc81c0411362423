import { afterAll, beforeAll, expect, test } from 'vitest';
import { known } from '#base/index.ts';
import { imageScan, publishTo } from '#catalog/console/testing.ts';
import { getCompliance } from '../contract.ts';
import { openTestCompliance, type TestCompliance } from './testing.ts';

let world: TestCompliance;
beforeAll(async () => {
  world = await openTestCompliance();
});
afterAll(() => world.close());

/** A setuid program of no package, as scans list it. */
const executables = {
  format: 1 as const,
  isComplete: true,
  paths: ['usr/bin/lift'],
  kinds: 'e',
  sizes: [4096],
  modes: [0o4755],
  layers: [0],
  hashes: Buffer.alloc(48).toString('base64'),
  packages: [],
  owners: [-1],
  elf: [],
  elfRows: [],
};

/** How the checks of programs answer about an image of which a scan was published. */
async function answersAbout(content: string, more: object): Promise<readonly (string | undefined)[]> {
  const made = imageScan({ content, names: [`${content}:1`], packages: [], layers: [content] });
  const config = { user: known('1000', 'config.User'), platform: known({ os: 'linux', architecture: 'amd64' }, 'os') };
  const catalog = { ...made.catalog, configFacts: { format: 1 as const, text: JSON.stringify(config) }, ...more };
  const { subject } = await publishTo(world.store, { ...made, catalog }, { clock: world.now });
  await world.compliance.followImage({ subject });
  await world.store.idle();
  const { results = [] } = await world.ask(getCompliance, { params: { host: '-', kind: 'image', id: subject } });
  return ['IMG-013', 'IMG-014', 'IMG-025'].map((id) => results.find((one) => one.id === id)?.state);
}

test('checks of programs judge the executables that a scan published', async () => {
  expect(await answersAbout('lift', { executables })).toEqual(['pass', 'pass', 'fail']);
});

test('of a scan that did not list them they are not assessed', async () => {
  expect(await answersAbout('plain', {})).toEqual(['not-assessed', 'not-assessed', 'not-assessed']);
});
