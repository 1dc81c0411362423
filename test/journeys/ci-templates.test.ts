import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { layOutAlpineDatabase } from './make-scan.ts';
import { makeMediumImages } from './medium-image.ts';
import { repository } from './seawall.ts';

// Each test starts many whole programs.
vi.setConfig({ testTimeout: 180_000 });

const folder = mkdtempSync(join(tmpdir(), 'seawall-ci-'));
const state = join(folder, 'state');
const { vulnerable, rebuilt } = makeMediumImages(folder);
const mark = join(folder, 'mark');
/** None of these may be run, or be taken for an option. */
const hostile = [
  `a;touch ${mark}`,
  `$(touch ${mark})`,
  `a'$(touch ${mark})'`,
  `"; touch ${mark}; "`,
  `--output=${mark}`,
  '-h',
];

beforeAll(async () => {
  mkdirSync(state);
  await layOutAlpineDatabase(state);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly log: string;
  readonly work: string;
}

/** Runs a script as the runner does, in a folder of its own. */
function runScript(shell: readonly string[], script: string, env: Readonly<Record<string, string>>): Run {
  const work = mkdtempSync(join(folder, 'work-'));
  const file = join(work, 'script');
  writeFileSync(file, script);
  const { SEAWALL_DB: _db, SEAWALL_CONSOLE: _console, SEAWALL_TOKEN: _token, ...inherited } = process.env;
  const [program = 'sh', ...words] = shell;
  const { status, stdout, stderr } = spawnSync(program, [...words, file], {
    cwd: work,
    encoding: 'utf8',
    env: { ...inherited, SEAWALL_STATE: state, DOCKER_HOST: `unix://${folder}/no.sock`, ...env },
  });
  return { code: status, log: stdout + stderr, work };
}

/** The first example of a page. */
function example(page: string): string {
  return /^```yaml\n(.*?)^```/ms.exec(readFileSync(join(repository, 'docs/how-to', page), 'utf8'))?.[1] ?? '';
}

describe('the GitHub action', () => {
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
    readonly outputs: Readonly<Record<string, { readonly value: string }>>;
    readonly runs: {
      readonly using: string;
      readonly steps: readonly { id: string; shell: string; run: string; env: Record<string, string> }[];
    };
  }
  const place = join(repository, 'integrations/github-action');
  const action: Action = parse(readFileSync(join(place, 'action.yml'), 'utf8'));

  /** Runs its steps one after the other, as a runner does, and answers what the last one did and the outputs of the action. */
  function runAction(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
    const known = new Map(
      Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, input.default ?? '']),
    );
    for (const [name, value] of Object.entries(inputs)) known.set(`inputs.${name}`, value);
    known.set('github.action_path', place);
    const fill = (text: string) =>
      text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => known.get(name) ?? '');
    let last: Run = { code: null, log: '', work: '' };
    for (const { id, run, env: own } of action.runs.steps) {
      const output = join(mkdtempSync(join(folder, 'output-')), 'output');
      writeFileSync(output, '');
      const filled = Object.fromEntries(Object.entries(own).map(([name, text]) => [name, fill(text)]));
      const shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail'];
      last = runScript(shell, run, { ...env, GITHUB_OUTPUT: output, ...filled });
      for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
        const at = line.indexOf('=');
        known.set(`steps.${id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
      }
      if (last.code !== 0) break;
    }
    const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value)]));
    return { ...last, outputs };
  }

  test('fetches nothing by a name that may move, and puts no input into a script', () => {
    expect(action.runs.using).toBe('composite');
    expect(action.runs.steps.map((step) => Object.keys(step).filter((key) => key === 'uses'))).toEqual([[], []]);
    for (const { run, shell } of action.runs.steps) expect([run.includes('${{'), shell]).toEqual([false, 'bash']);
  });

  test('has every input that its page uses', () => {
    const { jobs } = parse(example('github-actions.md'));
    const used = jobs.image.steps.find(({ id }: { id?: string }) => id === 'seawall');
    expect(used.uses).toMatch(/^OWNER\/seawall\/integrations\/github-action@/);
    expect(Object.keys(used.with).filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  });

  test('stops at one Medium finding, passes the rebuilt image, and hands on each report', () => {
    const failed = runAction({ input: vulnerable });
    expect([failed.code, failed.outputs['verdict']]).toEqual([1, 'fail']);
    expect(failed.log).toMatch(/libbrotlicommon\s+1\.0\.8-r0 → 1\.0\.9-r0/);
    expect(failed.outputs).toMatchObject({
      html: 'seawall-reports/seawall.html',
      junit: 'seawall-reports/seawall.xml',
    });
    const sarif = readFileSync(join(failed.work, failed.outputs['sarif'] ?? ''), 'utf8');
    expect(JSON.parse(sarif).runs[0].results).toContainEqual(expect.objectContaining({ ruleId: 'CVE-2020-8927' }));
    const passed = runAction({ input: rebuilt });
    expect([passed.code, passed.outputs['verdict']]).toEqual([0, 'pass']);
    expect(runAction({ input: vulnerable, 'fail-on': 'high' }).code).toBe(0);
  });

  test('no verdict stops the job, or warns where that was chosen; a wrong call always stops it', () => {
    const env = { SEAWALL_DB: join(folder, 'none.db') };
    const stopped = runAction({ input: rebuilt }, env);
    expect([stopped.code, stopped.outputs['verdict']]).toEqual([3, 'cannot-judge']);
    const warned = runAction({ input: rebuilt, 'on-cannot-judge': 'warn' }, env);
    expect([warned.code, warned.log]).toEqual([0, expect.stringContaining('::warning::Seawall could not judge')]);
    const wrong = runAction({ input: rebuilt, 'fail-on': 'hihg', 'on-cannot-judge': 'warn' });
    expect([wrong.code, wrong.outputs]).toMatchObject([2, { verdict: 'error', html: '' }]);
    expect(runAction({ input: rebuilt, 'on-cannot-judge': 'pass' }).code).toBe(2);
    expect(runAction({ input: rebuilt, reports: '$(id)' }).code).toBe(2);
    expect(runAction({ input: rebuilt, seawall: '/none' })).toMatchObject({
      code: 127,
      log: expect.stringContaining('not found'),
    });
  });

  test('runs no name, and obeys none as a command of the runner', () => {
    for (const image of hostile) expect.soft(runAction({ image }).code, image).toBe(2);
    for (const name of ['application', 'console', 'db', 'db-key', 'platform', 'input'])
      expect.soft(runAction({ input: rebuilt, [name]: hostile[2] ?? '' }).code, name).toBeGreaterThan(0);
    expect(existsSync(mark)).toBe(false);
    const lines = runAction({ input: vulnerable }).log.split('\n');
    const token = /^::stop-commands::(seawall-\d+)$/.exec(lines[0] ?? '')?.[1];
    expect(lines).toContain(`::${token}::`);
  });

  test('hands the token on in the environment only', () => {
    const { code, log } = runAction({ input: rebuilt, console: 'http://127.0.0.1:9', token: 'seawall_secret' });
    expect([code, log]).toEqual([2, expect.stringContaining('[console-unreachable]')]);
    expect(log).not.toContain('seawall_secret');
  });
});

describe('the GitLab template', () => {
  interface Template {
    readonly '.seawall-scan': {
      readonly script: readonly string[];
      readonly artifacts: { readonly when: string; readonly reports: { readonly junit: string } };
    };
  }
  const file = join(repository, 'integrations/gitlab/seawall.gitlab-ci.yml');
  const template: Template = parse(readFileSync(file, 'utf8'));
  const { script, artifacts } = template['.seawall-scan'];

  const runJob = (env: Readonly<Record<string, string>>, shell: readonly string[] = ['sh', '-e']) =>
    runScript(shell, script.join('\n'), { PATH: `${join(repository, 'bin')}:${process.env['PATH']}`, ...env });

  test.each([[['sh', '-e']], [['bash', '-eo', 'pipefail']]])(
    '%j: stops at one Medium finding, passes the rebuilt image',
    (shell) => {
      const failed = runJob({ SEAWALL_INPUT: vulnerable }, shell);
      expect([failed.code, failed.log]).toEqual([1, expect.stringContaining('CVE-2020-8927')]);
      expect(readFileSync(join(failed.work, artifacts.reports.junit), 'utf8')).toContain('<failure ');
      expect(artifacts.when).toBe('always');
      expect(runJob({ SEAWALL_INPUT: rebuilt }, shell).code).toBe(0);
      expect(runJob({ SEAWALL_INPUT: vulnerable, SEAWALL_FAIL_ON: 'high' }, shell).code).toBe(0);
    },
  );

  test('knows every variable that its page uses', () => {
    const { scan } = parse(example('gitlab.md'));
    expect(scan.extends).toBe('.seawall-scan');
    const head = readFileSync(file, 'utf8');
    expect(Object.keys(scan.variables).filter((name) => !head.includes(`#   ${name} `))).toEqual([]);
  });

  test('keeps the exit code of what cannot be judged, and says what is missing', () => {
    expect(runJob({ SEAWALL_INPUT: rebuilt, SEAWALL_DB: join(folder, 'none.db') }).code).toBe(3);
    const missing = runJob({ SEAWALL_INPUT: rebuilt, SEAWALL_PROGRAM: 'no-such-seawall' });
    expect([missing.code, missing.log]).toEqual([2, expect.stringContaining('SEAWALL_PROGRAM')]);
  });

  test('runs no name', () => {
    for (const image of hostile) expect.soft(runJob({ SEAWALL_IMAGE: image }).code, image).toBe(2);
    for (const name of ['APPLICATION', 'FAIL_ON', 'DB_KEY', 'PLATFORM'])
      expect
        .soft(runJob({ SEAWALL_INPUT: rebuilt, [`SEAWALL_${name}`]: hostile[2] ?? '' }).code, name)
        .toBeGreaterThan(0);
    expect(existsSync(mark)).toBe(false);
  });
});
