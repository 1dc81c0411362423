import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listWantedScans, publishScan, type ScanPublication } from '#catalog/contract.ts';
import {
  type ComplianceRuleText,
  getCompliance,
  getDocument,
  lastComplianceRule,
  listComplianceRules,
  putComplianceRule,
  replayComplianceRule,
} from '#compliance/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { dockerArchive } from '../make/image.ts';
import { apkInstalled, osRelease } from '../make/packages.ts';
import { makeTar } from '../make/tar.ts';
import { layOutAlpineDatabase } from './make-scan.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { type Run, runSeawall } from './seawall.ts';

/* From a Dockerfile to the verdict of its build: checks of the image by rules of the console. */

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'seawall-compliance-build-'));
chmodSync(folder, 0o711);
const { folder: state, remove } = makeStateFolder();
const secret = 'Xk29vbQw81tz';

/** What a Dockerfile makes that names no user, fixes the end of its environment, and forgot a password in it. */
function made(name: string, config: object): { readonly path: string; readonly digest: string } {
  const path = join(folder, name);
  const layer = makeTar([
    osRelease('alpine', '3.20.3'),
    apkInstalled([{ name: 'libbrotlicommon', version: '1.0.9-r0', origin: 'brotli' }]),
  ]);
  const image = dockerArchive([layer], {
    names: ['shop/app:1'],
    config: { config, created: new Date().toISOString() },
    steps: ['RUN apk add libbrotlicommon'],
  });
  writeFileSync(path, image.bytes);
  return { path, digest: image.digest };
}

const asRoot = made('root.tar', { Env: [`DATABASE=postgres://admin:${secret}@db.example/surge`] });
const mended = made('mended.tar', { User: '10001:10001' });

const remedy = /USER 10001:10001/;
const blockRoot: ComplianceRuleText = {
  ...lastComplianceRule,
  lines: [{ checks: { by: 'check', id: 'IMG-001' }, effect: 'block' }, ...lastComplianceRule.lines],
};

let seawall: RealConsole;
let admin: CallOptions;
let agentLike: CallOptions;
let token = '';

beforeAll(async () => {
  await layOutAlpineDatabase(state);
  seawall = await startConsole({ state });
  const as = async (name: string, role: 'administrator' | 'ci') =>
    ({ baseUrl: seawall.origin, token: await newToken(state, name, role) }) as const;
  admin = await as('rules', 'administrator');
  agentLike = await as('builds', 'ci');
  token = agentLike.token ?? '';
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const scan = async (path: string, ...words: readonly string[]): Promise<Run> =>
  await runSeawall(['scan', '--input', path, '--no-cache', ...words], { env: environmentOf(state) });
const scanThere = async (path: string, ...words: readonly string[]): Promise<Run> =>
  await scan(path, '--console', seawall.origin, '--token', token, ...words);
const ofImage = async (digest: string) =>
  await call(getCompliance, { params: { host: '-', kind: 'image', id: digest } }, admin);

async function put(rule: ComplianceRuleText): Promise<void> {
  const { rules } = await call(listComplianceRules, {}, admin);
  const basedOn = rules.find((one) => one.rule.id === 'default')?.rule.version ?? 0;
  await call(putComplianceRule, { params: { id: 'default' }, body: { rule: rule as never, basedOn } }, admin);
}

describe('without a console', () => {
  test('checks alert with the exact change, and fail the scan where they are asked to', async () => {
    const alerts = await scan(asRoot.path);
    expect([alerts.code, alerts.stdout]).toEqual([0, expect.stringMatching(/alerts {2}IMG-001/)]);
    const fails = await scan(asRoot.path, '--fail-on-checks', 'high', '--format', 'json');
    const { verdict, compliance } = JSON.parse(fails.stdout);
    expect([fails.code, verdict.kind]).toEqual([1, 'fail']);
    expect(verdict.violations).toContainEqual(
      expect.objectContaining({ rule: 'compliance', effect: 'block', remedy: expect.stringMatching(remedy) }),
    );
    expect(compliance).toContainEqual(
      expect.objectContaining({ id: 'IMG-029', status: 'warn', seen: [expect.any(String)] }),
    );
    expect(fails.stdout + alerts.stdout).not.toContain(secret);
    expect((await scan(asRoot.path, '--fail-on-checks', 'critical')).code).toBe(0);
    expect((await scan(mended.path, '--fail-on-checks', 'high')).stdout).not.toContain('IMG-001');
    expect((await scan(mended.path, '--fail-on-checks', 'often')).code).toBe(2);
  });
});

describe('with a console', () => {
  test('an image alerts by the rule that comes with it, and its results are kept', async () => {
    const run = await scanThere(asRoot.path);
    expect([run.code, run.stdout]).toEqual([0, expect.stringMatching(/alerts {2}IMG-001/)]);
    await vi.waitUntil(async () => (await ofImage(asRoot.digest)).results !== undefined, { timeout: 30_000 });
    const { subject, documents, results = [] } = await ofImage(asRoot.digest);
    expect(subject).toMatchObject({ kind: 'image', id: asRoot.digest, name: 'shop/app:1' });
    const stateOf = (id: string) => results.find((one) => one.id === id)?.state;
    expect(['IMG-001', 'IMG-003', 'IMG-029', 'IMG-035'].map(stateOf)).toEqual(['fail', 'fail', 'warn', 'pass']);
    const [{ hash } = { hash: '' }] = documents;
    const params = { host: '-', kind: 'image', id: asRoot.digest, hash } as const;
    expect((await call(getDocument, { params }, admin)).text).not.toContain(secret);
  });

  test('from alert to block: the rule is tried, saved, and the next build fails with the exact change', async () => {
    const tried = await call(replayComplianceRule, { body: { rule: blockRoot as never, id: 'default' } }, admin);
    expect(tried).toMatchObject({
      blocked: 1,
      changed: 1,
      examples: [{ kind: 'image', was: 'alert', would: 'block' }],
    });
    await put(blockRoot);
    const run = await scanThere(asRoot.path);
    expect(run.code).toBe(1);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /blocks IMG-001 “The image does not start as root” is not met: no user, so root\. → .*USER 10001:10001\./,
    );
    expect(run.lastLine).toMatch(/^fail: IMG-001 /);
    expect((await scanThere(mended.path)).code).toBe(0);
  });

  test('a scan of before keeps its verdict, tells nothing of checks, and is asked for again', async () => {
    const older = made('older.tar', { User: '', Labels: { build: '7' } });
    const { stdout } = await runSeawall(['catalog', `archive:${older.path}`], { env: environmentOf(state) });
    const { catalog, ...publication } = JSON.parse(stdout) as ScanPublication;
    const { configFacts: _, fileFacts: __, ...rest } = catalog;
    const analyzers = catalog.analyzers.filter(({ id }) => id !== 'image-facts');
    expect(analyzers).toHaveLength(catalog.analyzers.length - 1);
    const body = { ...publication, catalog: { ...rest, analyzers } };
    const { scan: id, subject } = await call(publishScan, { body: body as never }, agentLike);
    const answer = await call(getScanVerdict, { params: { scan: id }, query: { wait: 60 } }, agentLike);
    expect(answer).toMatchObject({ state: 'judged', verdict: { kind: 'pass', violations: [] } });
    expect(await ofImage(older.digest)).toEqual({ documents: [] });
    const asked = { subjects: [subject], analyzers: [...catalog.analyzers] };
    expect((await call(listWantedScans, { body: asked }, agentLike)).wanted).toEqual([subject]);
    await put({ ...blockRoot, notAssessed: 'alert' });
    await vi.waitUntil(
      async () => {
        const now = await call(getScanVerdict, { params: { scan: id }, query: { wait: 0 } }, agentLike);
        return now.state === 'judged' && now.verdict.violations.some(({ rule }) => rule === 'compliance');
      },
      { timeout: 30_000 },
    );
    const now = await call(getScanVerdict, { params: { scan: id }, query: { wait: 0 } }, agentLike);
    expect(now).toMatchObject({
      verdict: { kind: 'pass', violations: [{ message: expect.stringContaining('older than compliance facts') }] },
    });
    expect((await scanThere(older.path)).code).toBe(1);
    expect((await call(listWantedScans, { body: asked }, agentLike)).wanted).toEqual([]);
  });
});
