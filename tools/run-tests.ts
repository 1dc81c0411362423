import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { closingLine, reportVariable, sum, type TestReport } from '../test/closing-line.ts';

/**
 * `node tools/run-tests.ts [WORD…]`: runs vitest with these words. A file that fails is run once more alone at the end. When it
 * passes then, it counts as passed, and what had failed is named: on a busy machine a time limit fails without a fault.
 */

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules/.bin/vitest');
/** More files than these do not fail by chance. */
const mostAgain = 5;

const folder = mkdtempSync(join(tmpdir(), 'seawall-test-'));
try {
  process.exitCode = runAll(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true });
}

/** Answers the status to end with. */
function runAll(words: readonly string[]): number {
  const { status, report } = run(words, 'inherit');
  const files = report?.failedFiles ?? [];
  if (report === undefined || files.length === 0 || files.length > mostAgain) return status;
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
  process.stdout.write(`\n${closingLine(count)}\n`);
  const isLacking = count.skipped > 0 && process.env['CI'] !== undefined;
  return count.failed > 0 || isLacking ? 1 : 0;
}

interface Run {
  readonly status: number;
  readonly printed: string;
  /** Missing: it did not come to its end. */
  readonly report: TestReport | undefined;
}

function run(words: readonly string[], output: 'inherit' | 'pipe'): Run {
  const file = join(folder, 'report.json');
  rmSync(file, { force: true });
  const { status, stdout, stderr } = spawnSync(vitest, ['run', ...words], {
    cwd: root,
    stdio: ['inherit', output, output],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, [reportVariable]: file },
  });
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport) : undefined;
  return { status: status ?? 1, printed: `${stdout ?? ''}${stderr ?? ''}`, report };
}
