import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { getImage, type ImageDetail } from '#explorer/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { type Build, type BuildOptions, groovy, runPipeline } from './jenkins-pipeline.ts';
import { layOutAlpineDatabase } from './make-scan.ts';
import { makeMediumImages } from './medium-image.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { repository } from './seawall.ts';

// Each test starts many whole programs.
vi.setConfig({ testTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'seawall-jenkins-'));
chmodSync(folder, 0o711);
const state = join(folder, 'state');
const { vulnerable, rebuilt } = makeMediumImages(folder);

beforeAll(async () => {
  writeFileSync(join(folder, 'damaged.tar'), 'no archive');
  mkdirSync(state);
  await layOutAlpineDatabase(state);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Builds with the database of this test on the agent. */
function build(body: string, options: BuildOptions = {}) {
  return runPipeline(folder, body, { ...options, env: { SEAWALL_STATE: state, ...options.env } });
}

describe('the Jenkins step', () => {
  test('fails the build of an image with one Medium finding and keeps every report', async () => {
    const { result, log, artifacts, htmlReports, tests, artifact } = await build(
      `seawallScan(input: ${groovy(vulnerable)}, name: 'shop/app')`,
    );
    expect(result).toBe('FAILURE');
    expect(log).toMatch(/Medium\s+libbrotlicommon\s+1\.0\.8-r0 → 1\.0\.9-r0\s+1\s+CVE-2020-8927/);
    expect(log).toMatch(/^fail: 1 finding reaches the limit Medium/m);
    expect(log.trimEnd().split('\n').at(-2)).toMatch(/^ERROR: seawall: .*vulnerable\.tar breaks the policy\./);
    const base = 'seawall-reports/shop-app';
    expect(artifacts).toEqual(['html', 'xml', 'sarif', 'json'].map((ending) => `${base}.${ending}`));
    expect(htmlReports).toEqual(['Seawall shop-app']);
    expect(tests).toEqual({ total: expect.any(Number), failed: 2 });
    expect(JSON.parse(artifact(`${base}.sarif`)).runs[0].results).toContainEqual(
      expect.objectContaining({ ruleId: 'CVE-2020-8927' }),
    );
    expect(JSON.parse(artifact(`${base}.json`)).verdict.kind).toBe('fail');
    expect(artifact(`${base}.xml`)).toContain('<failure message="Upgrade libbrotlicommon from 1.0.8-r0 to 1.0.9-r0."');
    expect(artifact(`${base}.html`)).toContain('✕ Fail');
  });

  test('passes the rebuilt image', async () => {
    const { result, log, tests, artifacts } = await build(
      `echo "answered " + seawallScan(input: ${groovy(rebuilt)}, name: 'shop/app')`,
    );
    expect([result, tests.failed, artifacts.length]).toEqual(['SUCCESS', 0, 4]);
    expect(log).toContain('answered pass');
  });

  test('fails the build of an image that fails a check, and each report names the exact change', async () => {
    const { result, log, artifact } = await build(
      `seawallScan(input: ${groovy(rebuilt)}, failOnChecks: 'high', name: 'app')`,
    );
    const remedy = /USER 10001:10001/;
    expect(result).toBe('FAILURE');
    expect(log.replaceAll(/\s+/g, ' ')).toMatch(remedy);
    expect(artifact('seawall-reports/app.xml')).toMatch(
      /name="check IMG-001".*\n?.*<failure message="[^"]*USER 10001:10001/,
    );
    expect(artifact('seawall-reports/app.html')).toMatch(remedy);
    expect(JSON.parse(artifact('seawall-reports/app.sarif')).runs[0].results).toContainEqual(
      expect.objectContaining({ ruleId: 'IMG-001', level: 'error' }),
    );
  });

  test.each([
    ["failOn: 'high'", 'SUCCESS'],
    ["failOn: 'medium', onFail: 'unstable'", 'UNSTABLE'],
    ["failOn: 'high', unstableOn: 'medium'", 'UNSTABLE'],
    ["failOn: 'medium', unstableOn: 'high'", 'FAILURE'],
    ["unstableOn: 'medium'", 'UNSTABLE'],
    ["unstableOn: 'high'", 'SUCCESS'],
  ])('one Medium finding with %s: %s', async (options, expected) => {
    expect((await build(`seawallScan(input: ${groovy(vulnerable)}, ${options})`)).result).toBe(expected);
  });

  test('what could not be judged fails the build, or makes it unstable where that was chosen', async () => {
    const env = { SEAWALL_STATE: join(folder, 'empty') };
    const failed = await build(`seawallScan(input: ${groovy(rebuilt)}, onFail: 'unstable')`, { env });
    expect([failed.result, failed.log]).toEqual(['FAILURE', expect.stringContaining('could not be judged')]);
    const softer = await build(`seawallScan(input: ${groovy(rebuilt)}, onCannotJudge: 'unstable')`, { env });
    expect([softer.result, softer.tests.failed > 0]).toEqual(['UNSTABLE', true]);
  });

  test('a damaged image is not judged, and the reports of an earlier build are not taken for its own', async () => {
    const workspace = join(folder, 'workspace');
    const earlier = await build(`seawallScan(input: ${groovy(rebuilt)}, name: 'app')`, { workspace });
    expect(earlier.artifacts).toHaveLength(4);
    const damaged = `seawallScan(input: ${groovy(join(folder, 'damaged.tar'))}, name: 'app', onFail: 'unstable')`;
    const { result, artifacts, tests } = await build(damaged, { workspace });
    expect([result, artifacts, tests.total]).toEqual(['FAILURE', [], 0]);
  });

  test('a call that does not work is an error, whatever is softened', async () => {
    const soft = "onFail: 'unstable', onCannotJudge: 'unstable'";
    const { result, log } = await build(`seawallScan(input: ${groovy(vulnerable)}, failOn: 'hihg', ${soft})`);
    expect([result, log]).toEqual(['FAILURE', expect.stringContaining('"hihg" is no limit.')]);
    expect(log).toContain('did not work (exit code 2)');
  });

  test('has every option that its page shows and lists', async () => {
    const page = readFileSync(join(repository, 'docs/how-to/jenkins.md'), 'utf8');
    const shown = [...page.matchAll(/seawallScan\((image: .*)\)$/gm)].map((match) => match[1] ?? '');
    const listed = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap((match) => match[1]?.match(/\w+/g) ?? []);
    expect([shown.length, listed.length]).toEqual([2, 20]);
    const own = { DOCKER_HOST: `unix://${folder}/no.sock` };
    const calls = [...shown, ...listed.map((name) => `image: 'x', ${name}: null`)];
    const { log } = await build(calls.map(attempt).join('\n'), { env: own, credentials: { 'seawall-token': 'x' } });
    expect(log).not.toContain('has no option');
  });

  test('what is asked for wrongly is refused by name', async () => {
    const refused = {
      "image: 'x', failon: 'high'": "has no option 'failon'; it has image,",
      "image: 'x', onFail: 'ignore'": "onFail is 'fail' or 'unstable', not 'ignore'.",
      "image: 'x', reports: '../up'": 'reports is a folder below the workspace',
      "image: 'x', reports: 'a,*'": 'reports is a folder below the workspace',
      '': 'needs an image',
      "image: 'x', input: 'y'": 'needs an image',
      "image: 'x', seawall: '/no such/seawall'":
        "no program '/no such/seawall'. Install Seawall there and put its bin folder on PATH",
    };
    const { log } = await build(Object.keys(refused).map(attempt).join('\n'));
    const said = log.split('\n').filter((line) => line.startsWith('caught: '));
    expect(said).toEqual(Object.values(refused).map((message) => expect.stringContaining(message)));
  });
});

describe('a Jenkins that lacks a step', () => {
  test.each([
    ['publishHTML', 'install the plug-in HTML Publisher', 4],
    ['junit', 'install the plug-in JUnit', 4],
    ['archiveArtifacts', 'the reports are not archived', 0],
  ])('%s: says so and keeps the verdict', async (step, message, kept) => {
    const { result, log, artifacts } = await build(`seawallScan(input: ${groovy(vulnerable)})`, { without: [step] });
    expect([result, log, artifacts.length]).toEqual(['FAILURE', expect.stringContaining(message), kept]);
    expect(log).toContain('breaks the policy');
  });

  test('all of them: a pass stays a pass', async () => {
    const without = ['archiveArtifacts', 'junit', 'publishHTML'];
    expect((await build(`seawallScan(input: ${groovy(rebuilt)})`, { without })).result).toBe('SUCCESS');
  });

  test('unstable or withCredentials: the build fails and says why', async () => {
    const unstable = await build(`seawallScan(input: ${groovy(vulnerable)}, onFail: 'unstable')`, {
      without: ['unstable'],
    });
    expect([unstable.result, unstable.log]).toEqual(['FAILURE', expect.stringContaining('no step unstable')]);
    const blind = await build(`seawallScan(input: ${groovy(rebuilt)}, credentialsId: 'x')`, {
      without: ['withCredentials'],
    });
    expect([blind.result, blind.log]).toEqual(['FAILURE', expect.stringContaining('Credentials Binding')]);
  });
});

describe('names from strangers', () => {
  test('are words of the command, and the shell runs none of them', async () => {
    const mark = join(folder, 'mark');
    const names = [
      `a;touch ${mark}`,
      `$(touch ${mark})`,
      `\`touch ${mark}\``,
      `a'$(touch ${mark})'`,
      `a\ntouch ${mark}`,
      `--output=${mark}`,
      '-h',
    ];
    const options = ['console', 'application', 'job', 'failOn', 'policy', 'db', 'dbKey', 'platform', 'name', 'seawall'];
    const calls = [
      ...names.map((name) => `image: ${groovy(name)}`),
      ...options.map((option) => `image: 'x', ${option}: ${groovy(`x'$(touch ${mark})'`)}`),
    ];
    const env = { DOCKER_HOST: `unix://${folder}/no.sock` };
    const { log } = await build(calls.map(attempt).join('\n'), { env });
    expect(existsSync(mark)).toBe(false);
    expect(log.match(/^caught: seawall: /gm)).toHaveLength(calls.length);
    expect(log).not.toMatch(/^caught: .*passes|breaks the policy/m);
    expect(log).not.toContain('Usage: seawall');
  });
});

describe('with a console', () => {
  const { folder: stateOfConsole, remove } = makeStateFolder();
  let seawall: RealConsole | undefined;

  beforeAll(async () => {
    cpSync(state, stateOfConsole, { recursive: true });
    seawall = await startConsole({ state: stateOfConsole });
  });
  afterAll(async () => {
    await seawall?.end('SIGTERM');
    remove();
  });

  test('the vulnerable build fails, the rebuilt one passes, and the console knows job, build and application of both', async () => {
    const token = await newToken(stateOfConsole, 'jenkins', 'ci');
    const at = { baseUrl: seawall?.origin ?? '', token: await newToken(stateOfConsole, 'dashboard', 'developer') };
    const run = async (file: string, number: number) =>
      await runPipeline(
        folder,
        `seawallScan(input: ${groovy(file)}, console: '${at.baseUrl}', credentialsId: 'seawall-token', application: 'shop')`,
        { credentials: { 'seawall-token': token }, build: jobOf(number) },
      );
    const [first, second] = [await run(vulnerable, 1), await run(rebuilt, 2)];
    expect([first.result, first.log]).toEqual(['FAILURE', expect.stringContaining('CVE-2020-8927')]);
    expect([second.result, second.log]).toEqual(['SUCCESS', expect.stringContaining(`${at.baseUrl}/images/sha256:`)]);
    expect([first, second].map(({ log }) => log.includes(token))).toEqual([false, false]);

    const [old, next] = [await imageOf(first, at), await imageOf(second, at)];
    expect(old).toMatchObject({ verdict: { kind: 'fail' }, row: { applications: ['shop'] } });
    expect(next).toMatchObject({ verdict: { kind: 'pass' }, previous: { subject: old.row.subject } });
    expect([old, next].map(({ scans }) => scans[0]?.job)).toEqual(
      [1, 2].map((number) => ({ name: 'shop/app', url: jobOf(number).BUILD_URL })),
    );
  });

  test('a token that is not known there fails the build, and never softens', async () => {
    const soft = "onFail: 'unstable', onCannotJudge: 'unstable'";
    const { result, log } = await runPipeline(
      folder,
      `seawallScan(input: ${groovy(rebuilt)}, console: '${seawall?.origin}', credentialsId: 'old', ${soft})`,
      { credentials: { old: 'seawall_unknown' } },
    );
    expect([result, log]).toEqual(['FAILURE', expect.stringMatching(/\[(?:not-signed-in|bad-credentials)\]/)]);
  });
});

/** A call whose refusal is written to the log instead of ending the build. */
function attempt(options: string): string {
  return `try { seawallScan(${options}) } catch (any) { echo 'caught: ' + any.message }`;
}

function jobOf(number: number) {
  return { JOB_NAME: 'shop/app', BUILD_URL: `https://ci.example/job/shop/job/app/${number}/` };
}

/** What the console shows of the image that a build scanned, once its pages have it. */
async function imageOf({ artifact, artifacts }: Build, at: CallOptions): Promise<ImageDetail> {
  const json = artifacts.find((name) => name.endsWith('.json')) ?? '';
  const subject = JSON.parse(artifact(json)).image.digest;
  for (;;) {
    const image = await call(getImage, { params: { subject } }, at).catch(() => undefined);
    if (image?.verdict !== undefined) return image;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
