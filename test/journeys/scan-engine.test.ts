import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../make/docker.ts';
import { dockerArchive } from '../make/image.ts';
import { npmPackage } from '../make/packages.ts';
import { makeTar } from '../make/tar.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-journey-'));
  database = await fullDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an image of the local engine', () => {
  let engine: TestEngine | undefined;
  afterAll(async () => await engine?.stop());

  it('is scanned by name; a name that the engine does not know is said so', async () => {
    engine = await startTestEngine({ store: 'docker' });
    const layer = makeTar([npmPackage('get-func-name', '2.0.0')]);
    const made = dockerArchive([layer], { names: ['shop/journey:1'] });
    expect(await engine.load(made.bytes)).toContain('shop/journey:1');
    const env = {
      ...database.env,
      XDG_CACHE_HOME: join(folder, 'cache'),
      DOCKER_HOST: `unix://${engine.socket}`,
      SEAWALL_DB: database.path,
    };
    const run = await runSeawall(['scan', 'shop/journey:1', '--format', 'json'], { env, cwd: folder });
    expect([run.code, JSON.parse(run.stdout).image]).toMatchObject([
      1,
      { digest: made.digest, names: ['shop/journey:1'] },
    ]);
    const none = await runSeawall(['scan', 'shop/journey:2'], { env, cwd: folder });
    expect([none.code, none.lastLine]).toEqual([2, expect.stringContaining('[target-not-found]')]);
    const away = { ...env, DOCKER_HOST: `unix://${folder}/no.sock` };
    const down = await runSeawall(['scan', 'docker:shop/journey:1'], { env: away, cwd: folder });
    expect([down.code, down.lastLine]).toEqual([2, expect.stringContaining('[docker-unavailable]')]);
  });
});
