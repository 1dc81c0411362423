import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { closingLine, reportVariable, sum, type TestReport } from '../test/closing-line.ts';
import { leftOutHere, leftOutText } from '../test/left-out.ts';
import { isOfProjects } from '../test/projects.ts';
import { buildPages } from './build-pages.ts';

/**
 * `node tools/run-tests.ts [OPTION…] [WORD…]`: runs vitest with these words. A file that fails is run once more alone at the
 * end. When it passes then, it counts as passed, and what had failed is named: on a busy machine a time limit fails without
 * a fault. A test that is skipped fails the run: what a test needs is declared in `test/file-needs.ts`, and a file whose needs
 * this machine does not meet is left out and named at the end.
 *
 *     --all            fails where a file would be left out
 *     --report FILE    writes there which files ran, and how
 *     --after FILE     runs only the files that another run left out, which wrote this report
 */

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules/.bin/vitest');
/** More files than these do not fail by chance. */
const mostAgain = 5;
/** How much of all tests a machine with nothing but Node and npm runs at least, percent. */
const leastBare = 85;

const { flags, words } = optionsOf(process.argv.slice(2));
const former = flags.after === undefined ? undefined : (JSON.parse(readFileSync(flags.after, 'utf8')) as TestReport);
const folder = mkdtempSync(join(tmpdir(), 'seawall-test-'));
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true });
}

interface Flags {
  readonly all: boolean;
  readonly report: string | undefined;
  readonly after: string | undefined;
}

function optionsOf(given: readonly string[]): { readonly flags: Flags; readonly words: readonly string[] } {
  const valueOf = (name: string) => (given.includes(name) ? given[given.indexOf(name) + 1] : undefined);
  const [report, after] = [valueOf('--report'), valueOf('--after')];
  const own = new Set(['--all', '--report', '--after', report, after]);
  return {
    flags: { all: given.includes('--all'), report, after },
    words: given.filter((word) => !own.has(word)),
  };
}

/** Answers the status to end with. */
async function main(): Promise<number> {
  const leftOut = leftOutHere().filter(({ file }) => isOfProjects(file, words));
  if (flags.all && leftOut.length > 0) {
    process.stderr.write(leftOutText(leftOut));
    return 1;
  }
  if (words.includes('journeys') && !(await buildPages(root))) return 1;
  const done = former === undefined ? [] : former.files.flatMap(({ path }) => ['--exclude', path]);
  const { status, report } = runAll([...words, ...done]);
  if (report === undefined) return status;
  if (flags.report !== undefined) writeFileSync(flags.report, JSON.stringify(report));
  const isWhole = words.every((word, at) => word.startsWith('-') || words[at - 1] === '--project');
  if (isWhole) process.stdout.write(leftOutText(leftOut));
  const enough = former === undefined || isEnough(former.passed, report.passed);
  process.stdout.write(`\n${closingLine(report)}\n`);
  return status === 0 && enough ? 0 : 1;
}

/** Says how much of all tests the former run had, and whether that is enough. */
function isEnough(before: number, now: number): boolean {
  const share = (100 * before) / (before + now);
  process.stdout.write(`\nA machine with nothing but Node and npm runs ${before} of ${before + now} tests: `);
  process.stdout.write(`${share.toFixed(1)} %, at least ${leastBare} % are asked for.\n`);
  return share >= leastBare;
}

/** One run, and another of each file that failed in it, alone. */
function runAll(asked: readonly string[]): Pick<Run, 'status' | 'report'> {
  const { status, report } = run(asked, 'inherit');
  const files = report?.failedFiles ?? [];
  if (report === undefined || files.length === 0 || files.length > mostAgain) return { status, report };
  const named: string[] = [];
  let count: Parameters<typeof sum>[0] = report;
  for (const { path, tests, ...first } of files) {
    const name = relative(root, path);
    const again = run([path, '--maxWorkers=1'], 'pipe');
    if (again.status === 0 && again.report !== undefined) {
      named.push(...(tests.length === 0 ? [name] : tests.map((test) => `${name} > ${test}`)));
      count = sum(sum(count, again.report), { passed: -first.passed, failed: -first.failed, skipped: -first.skipped });
    } else process.stdout.write(`\n${name} fails when it is run again, too:\n${again.printed}`);
  }
  if (named.length > 0) process.stdout.write(`\npassed only when run again:\n${named.join('\n')}\n`);
  return { status: count.failed > 0 || count.skipped > 0 ? 1 : 0, report: { ...report, ...count } };
}

interface Run {
  readonly status: number;
  readonly printed: string;
  /** Missing: it did not come to its end. */
  readonly report: TestReport | undefined;
}

function run(asked: readonly string[], output: 'inherit' | 'pipe'): Run {
  const file = join(folder, 'report.json');
  rmSync(file, { force: true });
  const { status, stdout, stderr } = spawnSync(vitest, ['run', ...asked], {
    cwd: root,
    stdio: ['inherit', output, output],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, [reportVariable]: file, ...(flags.after && { SEAWALL_TESTS_DONE: resolve(flags.after) }) },
  });
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport) : undefined;
  return { status: status ?? 1, printed: `${stdout ?? ''}${stderr ?? ''}`, report };
}
