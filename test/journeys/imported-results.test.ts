import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importResult, listImportedResults } from '#explorer/contract.ts';
import { getOpenApi } from '#http/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { joinAsHost, type ReportingHost } from './reporting-host.ts';
import { type Run, runSeawall } from './seawall.ts';

/* A result of oscap on its way from the command line to the evidence log, and what a hostile file does. */

const fixture = new URL('../../src/explorer/evidence/openscap/fixtures/quay-1-results.xml', import.meta.url);
const now = `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;
const results = readFileSync(fixture, 'utf8')
  .replace(/start-time="[^"]*"/, `start-time="${now}"`)
  .replace(/end-time="[^"]*"/, `end-time="${now}"`);
const head = `<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" end-time="${now}"><benchmark id="b"/><target>quay-1</target>`;
const rule = '<rule-result idref="r"><result>pass</result></rule-result>';
const mebibyte = 1024 * 1024;

const state = makeStateFolder();
let seawall: RealConsole;
let administrator: CallOptions & { readonly token: string };
let host: ReportingHost;

beforeAll(async () => {
  seawall = await startConsole({ state: state.folder });
  administrator = { baseUrl: seawall.origin, token: await newToken(state.folder, 'automat', 'administrator') };
  const body = { name: 'rack 3', uses: 5, environments: ['prod'] };
  const { secret } = await call(createJoinToken, { body }, administrator);
  host = await joinAsHost({ console: seawall.origin, token: secret, name: 'quay-1', environment: 'prod' });
  await host.host();
  await host.stored();
}, 240_000);
afterAll(async () => {
  await host?.close();
  await seawall?.end('SIGTERM');
  state.remove();
});

async function importing(
  content: string | Uint8Array,
  words: readonly string[] = ['--host', 'quay-1'],
  token = administrator.token,
): Promise<Run> {
  const file = join(state.folder, 'results.xml');
  writeFileSync(file, content);
  const env = { SEAWALL_CONSOLE: seawall.origin, SEAWALL_TOKEN: token };
  return await runSeawall(['compliance', 'import', file, ...words], { env });
}

async function kept(): Promise<number> {
  return (await call(listImportedResults, {}, administrator)).total;
}

describe('seawall compliance import', () => {
  test('keeps a result on the console, and says what it is', async () => {
    const { code, stdout, stderr } = await importing(results);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('imported for host quay-1: Quay & pier, Harbour baseline\n');
    expect(stdout).toContain('1 pass, 1 fail, 1 error, 1 unknown, 1 notapplicable, 2 notchecked');
    expect(stdout).toContain('Seawall proved none of it, and no control counts it.');
    expect(await kept()).toBe(1);
  });

  test('is for who may write rules', async () => {
    const auditor = await newToken(state.folder, 'audit', 'auditor');
    const { code, lastLine } = await importing(`${results} `, undefined, auditor);
    expect(code).toBe(2);
    expect(lastLine).toMatch(/may not|not allowed|permission/i);
    expect((await call(listImportedResults, {}, { ...administrator, token: auditor })).total).toBe(1);
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    ['neither host nor image', [], /--host NAME or --image DIGEST/],
    ['both', ['--host', 'quay-1', '--image', `sha256:${'1'.repeat(64)}`], /--host NAME or --image DIGEST/],
    ['the name of an image', ['--image', 'surge/app:7'], /is no digest/],
    ['another host', ['--host', 'quay-2'], /is of quay-1, and not of host quay-2/],
  ])('refuses %s', async (_, words, reason) => {
    const { code, stderr } = await importing(`${results} `, words);
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
    expect(await kept()).toBe(1);
  });

  test('refuses a file that is too large before it is sent', async () => {
    const { code, stderr } = await importing(Buffer.alloc(32 * mebibyte + 1, 'x'));
    expect(code).toBe(2);
    expect(stderr).toContain('is larger than 32 MiB');
  });
});

describe('a hostile file', () => {
  const laughs = `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(1000)}">]>${head}${rule}</TestResult>`;
  test.each<readonly [string, () => string, RegExp]>([
    ['entities that grow', () => laughs, /document type declaration/],
    ['a million rules', () => `${head}${'<rule-result/>'.repeat(1_000_000)}</TestResult>`, /more than 10000 rules/],
    ['depth', () => head + '<a>'.repeat(1_000_000), /deeper than 100 levels/],
    ['one text without an end', () => head + 'x'.repeat(8 * mebibyte), /not well-formed|too much|more than/],
    [
      'one attribute without an end',
      () => `${head}<a b="${'x'.repeat(30 * mebibyte)}`,
      /not well-formed|too much|more than/,
    ],
    [
      'an element of many attributes',
      () => `${head}<a ${Array.from({ length: 200_000 }, (_, at) => `b${at}=""`).join(' ')}/>`,
      /not well-formed|too much|more than/,
    ],
  ])('%s: ends with an error, and the console goes on', { timeout: 240_000 }, async (_, file, reason) => {
    const content = Buffer.from(file()).toString('base64');
    const body = { target: { kind: 'host', name: 'quay-1' }, name: 'results.xml', content } as const;
    const sending = call(importResult, { body }, administrator).then(
      () => 'kept',
      (error: Error) => error.message,
    );
    await call(getOpenApi, {}, administrator);
    expect(await sending).toMatch(reason);
    expect(await kept()).toBe(1);
  });
});
