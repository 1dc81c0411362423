import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listImages } from '#explorer/contract.ts';
import { type CallOptions, call } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { until } from './browser.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { largeImage, layOutDatabase, type SampleImage, soundImage } from './sample-estate.ts';
import { type Run, runSeawall } from './seawall.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let publisher: CallOptions;
let reader: CallOptions;

beforeAll(async () => {
  await layOutDatabase(state.folder);
  seawall = await startConsole({ state: state.folder });
  publisher = { baseUrl: seawall.origin, token: await newToken(state.folder, 'pipeline', 'ci') };
  reader = { baseUrl: seawall.origin, token: await newToken(state.folder, 'dashboard', 'developer') };
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
});

async function publish({ archive }: SampleImage): Promise<Run> {
  const words = ['scan', `archive:${archive}`, '--console', seawall.origin, '--token', publisher.token ?? ''];
  return await runSeawall(words, { env: environmentOf(state.folder) });
}

describe('a console that is killed while its scanner works', () => {
  test('scans again after the restart; a command that publishes meanwhile ends with 2 and says what to do', async () => {
    expect((await publish(soundImage(state.folder))).code).toBe(0);
    const large = largeImage(state.folder);
    await seawall.end('SIGTERM');
    const words = ['--no-local-scan', '--scan', `archive:${large.archive}`];
    seawall = await startConsole({ state: state.folder, port: seawall.port, words });
    await until(async () =>
      (await call(listHosts, {}, reader)).hosts.some(({ facts }) => facts?.progress?.current !== undefined),
    );
    const [scanner] = childrenOf(seawall.pid);
    await seawall.end('SIGKILL');

    const run = await publish(large);
    expect(run.code).toBe(2);
    expect(run.lastLine).toContain('[console-unreachable]');
    expect(run.stderr).toContain('Check the address and that `seawall console` runs there.');
    await until(async () => !existsSync(`/proc/${scanner}`));

    seawall = await startConsole({ state: state.folder, port: seawall.port, words });
    const wanted = { query: { search: 'surge/large' } };
    await until(async () => (await call(listImages, wanted, reader)).images[0]?.verdict !== undefined);
    expect((await call(listImages, { query: {} }, reader)).total, 'with what was stored before').toBe(2);
    await until(async () =>
      (await call(listHosts, {}, reader)).hosts.some(
        ({ facts }) => facts !== undefined && facts.progress === undefined,
      ),
    );
  });
});

/** Processes that this one started and that run a scan of the host. */
function childrenOf(pid: number): readonly string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const scanners = children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('\0agent\0'));
  expect(scanners).toHaveLength(1);
  return scanners;
}
