import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '#http/index.ts';
import { listPolicies } from '#policy/contract.ts';
import { getDatabase } from '#vulnerability/contract.ts';
import { until } from './browser.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { layOutDatabase, soundImage, vulnerableImage } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

/* `seawall policy replay` against a console at work, found by its state folder and by its address. */

const state = makeStateFolder();
const elsewhere = makeStateFolder();
let seawall: RealConsole;
let administrator: { readonly baseUrl: string; readonly token: string };

/** The limits of a policy file, and the whole file. */
const blocking = (severity: string, effect = 'block'): string =>
  `name: Tried\nrules:\n  - kind: severity\n    threshold: { by: severity, severity: ${severity} }\n    onlyFixed: false\n    unrated: alert\n    effect: ${effect}\n`;

beforeAll(async () => {
  await layOutDatabase(state.folder);
  seawall = await startConsole({ state: state.folder });
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'operations', 'administrator') };
  await until(async () => (await call(getDatabase, {}, administrator)).state === 'ready');
  const ci = await newToken(state.folder, 'pipeline', 'ci');
  for (const image of [vulnerableImage(state.folder), soundImage(state.folder)])
    await runSeawall(['scan', `archive:${image.archive}`, '--console', seawall.origin, '--token', ci], {
      env: environmentOf(state.folder),
    });
}, 240_000);
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
  elsewhere.remove();
});

function file(name: string, text: string): string {
  const path = join(state.folder, name);
  writeFileSync(path, text);
  return path;
}

async function replay(words: readonly string[], folder = state.folder) {
  return await runSeawall(['policy', 'replay', ...words], { env: { SEAWALL_STATE: folder } });
}

describe.each([
  { way: 'the console of this machine', to: () => [] as readonly string[] },
  { way: 'a console by its address', to: () => ['--console', seawall.origin, '--token', administrator.token] },
])('against $way', ({ to }) => {
  test('a policy that lets more pass changes the build that fails, and ends with 0', async () => {
    const path = file('production.yaml', blocking('critical', 'alert'));
    const run = await replay([path, '--format', 'json', ...to()]);
    expect(run.code).toBe(0);
    const { builds, running, changes, left } = JSON.parse(run.stdout);
    expect(builds).toMatchObject({
      judged: 2,
      before: { pass: 1, fail: 1, cannotJudge: 0 },
      after: { pass: 2, fail: 0, cannotJudge: 0 },
    });
    expect([running.judged, left]).toEqual([0, 0]);
    expect(changes).toMatchObject([{ before: 'fail', after: 'pass', image: expect.stringContaining('gauge-ingest') }]);
    const table = await replay([path, ...to()]);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^fail → pass +build +registry\./m);
    expect(table.stderr).toMatch(/\bproduction\b/);
  });

  test('one that a passing build would break ends with 1', async () => {
    const denied =
      'name: Tried\nrules:\n  - kind: custom\n    on: image\n    expression: "true"\n    message: All of them\n    effect: block\n';
    const run = await replay([file('production.yaml', denied), '--format', 'json', ...to()]);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout).builds.after).toMatchObject({ pass: 0, fail: 2 });
  });

  test('a file of another name is tried as a new policy; --policy-id names the one that it replaces', async () => {
    const path = file('storm.yaml', blocking('critical', 'alert'));
    const fresh = await replay([path, ...to()]);
    expect([fresh.code, fresh.stderr]).toEqual([0, expect.stringMatching(/\bstorm\b/)]);
    const named = await replay([path, '--policy-id', 'production', ...to()]);
    expect([named.code, named.stderr]).toEqual([0, expect.stringMatching(/\bproduction\b/)]);
  });

  test('saves nothing', async () => {
    await replay([file('production.yaml', blocking('low')), ...to()]);
    const { policies } = await call(listPolicies, {}, administrator);
    expect(policies.map(({ policy }) => [policy.id, policy.version])).toEqual([['production', 1]]);
  });

  test('what is wrong in the file is told with its line, and nothing is tried', async () => {
    const run = await replay([file('production.yaml', blocking('sometimes')), ...to()]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/production\.yaml:4: .* \[policy-unreadable\]\n$/);
    expect((await replay([join(state.folder, 'none.yaml'), ...to()])).stderr).toMatch(/ \[file-unreadable\]\n$/);
  });
});

test('without a console on this machine it says so and ends with 2', async () => {
  const run = await replay([file('production.yaml', blocking('low'))], elsewhere.folder);
  expect(run).toMatchObject({ code: 2, stdout: '', lastLine: expect.stringMatching(/\[console-not-running\]$/) });
});

test('a token that may not write rules is refused', async () => {
  const reader = await newToken(state.folder, 'reader', 'developer');
  const words = [file('production.yaml', blocking('low')), '--console', seawall.origin, '--token', reader];
  expect(await replay(words)).toMatchObject({
    code: 2,
    stdout: '',
    lastLine: expect.stringMatching(/\[not-allowed\]$/),
  });
});
