import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../make/docker.ts';
import { docker, loadProgramImage } from '../make/program-image.ts';
import { runSeawall } from './seawall.ts';

/** An entry of `compliance[]`. */
interface Entry {
  readonly id: string;
  readonly status: string;
  readonly seen?: readonly string[];
  readonly impliedBy?: string;
  readonly evidence: readonly { readonly at: string; readonly value: string }[];
}

interface Report {
  readonly compliance: readonly Entry[];
  readonly verdict: { readonly kind: string; readonly reason: string };
}

const image = 'programs:1';
const secret = 'Xk29vbQw81tz';
let engine: TestEngine;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-compliance-'));
  engine = await startTestEngine({ store: 'docker' });
  await loadProgramImage(engine, image);
}, 120_000);
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

const seawall = async (...words: readonly string[]) =>
  await runSeawall(['compliance', ...words], {
    cwd: folder,
    env: { DOCKER_HOST: `unix://${engine.socket}`, XDG_CACHE_HOME: join(folder, 'cache') },
  });

async function start(name: string, ...words: readonly string[]): Promise<void> {
  const run = ['run', '-d', '--name', name, '--network', 'none', ...words, image, 'sleep', '1000'];
  const { code, stderr } = await docker(engine, ...run);
  if (code !== 0) throw new Error(stderr);
}

async function reportOf(...words: readonly string[]): Promise<Report> {
  return JSON.parse((await seawall(...words, '--format', 'json')).stdout) as Report;
}

function answerOf({ compliance }: Report, id: string): Entry {
  return compliance.find((entry) => entry.id === id) ?? expect.fail(`no ${id}`);
}

describe('a container', () => {
  it('that is privileged fails as one, with all that this implies folded under it', async () => {
    await start('bold', '--privileged', '-v', '/etc:/host');
    const report = await reportOf('container', 'bold');
    expect(answerOf(report, 'CTR-001')).toMatchObject({ status: 'fail' });
    expect(answerOf(report, 'CTR-007')).toMatchObject({ status: 'fail', impliedBy: 'CTR-001' });
    expect(answerOf(report, 'CTR-017')).toMatchObject({ status: 'fail', seen: [expect.stringContaining('/etc')] });
    expect(report.verdict.kind).toBe('fail');
  });

  it('whose process has a capability that it cannot use yet fails all the same', async () => {
    await start('capped', '--cap-add', 'SYS_ADMIN', '--user', '1000');
    expect(answerOf(await reportOf('container', 'capped'), 'CTR-007')).toMatchObject({
      status: 'fail',
      seen: ['CAP_SYS_ADMIN'],
    });
  });

  it('that was made with care passes, and what the engine decides is still shown', async () => {
    const limits = ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '50'];
    const closed = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '1000'];
    await start('calm', ...limits, ...closed);
    const { code, stdout } = await seawall('container', 'calm', '--fail-on', 'high');
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, expect.stringMatching(/^PASS {2}No check fails at high/)]);
  });

  it('never shows a secret, in no format', async () => {
    await start('loose', '-e', `DATABASE=postgres://admin:${secret}@db.example/surge`);
    for (const format of ['table', 'json', 'junit', 'sarif']) {
      const { stdout, stderr } = await seawall('container', 'loose', '--format', format);
      expect(stdout, format).toContain('CTR-072');
      expect(stdout + stderr, format).not.toContain(secret);
    }
  });

  it('is judged by a template alone where one is named', async () => {
    const { compliance } = await reportOf('container', 'calm', '--template', 'cis-docker');
    expect(compliance.length).toBeGreaterThan(30);
    expect(compliance.map(({ id }) => id)).not.toContain('CTR-067');
  });

  it.each([
    [['container', 'nobody'], 2, /has no container nobody/],
    [['container', 'calm', '--template', 'iso'], 2, /There is no template iso.*nist-800-190, cis-docker/],
    [['container', 'calm', '--format', 'xml'], 2, /There is no format xml/],
    [['container', 'calm', '--fail-on', 'often'], 2, /There is no severity often/],
    [['container', 'calm', '--engine', '/nowhere.sock'], 2, /docker-unavailable/],
  ] as const)('with the words %j ends with %i and says why', async (words, code, reason) => {
    const run = await seawall(...words);
    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr.replaceAll(/\s+/g, ' ')).toMatch(reason);
  });
});

describe('an image', () => {
  it('is judged by its settings, steps and content', async () => {
    const report = await reportOf('image', image, '--no-cache');
    expect(answerOf(report, 'IMG-001')).toMatchObject({ status: 'fail' });
    expect(answerOf(report, 'IMG-029')).toMatchObject({ status: 'pass' });
  });

  it('is no folder', async () => {
    const run = await seawall('image', `dir:${folder}`);
    expect([run.code, run.lastLine]).toEqual([2, expect.stringContaining('is a folder')]);
  });
});

describe('this host', () => {
  it('is judged with its engine, and what cannot be seen is said', async () => {
    const report = await reportOf('host');
    const ids = new Set(report.compliance.map(({ id }) => id.slice(0, 3)));
    expect([...ids].toSorted()).toEqual(['CTR', 'DMN', 'FIL', 'HST', 'IMG', 'SWM']);
    expect(report.compliance.filter(({ status }) => status === 'error')).toEqual([]);
    expect(answerOf(report, 'HST-061').evidence[0]?.value).toContain('root');
  });
});
