import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How a run of tests ended: what `tools/run-tests.ts` reads. */
export interface TestReport extends Count {
  /** Every file that ran, by its path below the checkout. */
  readonly files: readonly (Count & { readonly path: string; readonly seconds: number })[];
  readonly failedFiles: readonly FailedFile[];
}

interface FailedFile extends Count {
  /** Absolute path. */
  readonly path: string;
  /** Full names of its tests that failed; none where only the file itself or one of its hooks did. */
  readonly tests: readonly string[];
}

/** Name of the variable with the path of the file that gets the report of the run. */
export const reportVariable = 'SEAWALL_TEST_REPORT';

/**
 * Ends the run with `N passed, N failed` (and `, N skipped`, if any) alone on a line, for people and for CI. Where a report is
 * asked for, or `CI` is set, a skipped test fails the run and its file is named: a file is run only where all that it needs is
 * there.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const files = modules.map((module) => ({
      ...fileOf(module),
      state: module.state(),
      seconds: module.diagnostic().duration / 1000,
    }));
    const count = files.reduce(sum, { passed: 0, failed: errors.length, skipped: 0 });
    const path = process.env[reportVariable];
    const isStrict = path !== undefined || process.env['CI'] !== undefined;
    const skipping = files.filter(({ skipped, state }) => skipped > 0 && state !== 'failed');
    if (isStrict && skipping.length > 0) {
      process.exitCode = 1;
      const names = skipping.map((file) => `${relative(process.cwd(), file.path)}: ${file.skipped}`);
      process.stdout.write(`\nskipped, with all needs of test/file-needs.ts met:\n${names.join('\n')}\n`);
    }
    const report: TestReport = {
      ...count,
      files: files.map(({ path: file, passed, failed, skipped, seconds }) => ({
        path: relative(process.cwd(), file),
        passed,
        failed,
        skipped,
        seconds,
      })),
      failedFiles: files.filter(({ state }) => state === 'failed'),
    };
    if (path !== undefined) writeFileSync(path, JSON.stringify(report));
    process.stdout.write(`\n${closingLine(count)}\n`);
  }
}

/** `12 passed, 1 failed, 2 skipped`. */
export function closingLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Both counts together. */
export function sum(one: Count, other: Count): Count {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** A file that could not be loaded, and a hook that failed, count as one failure each. */
function fileOf(module: TestModule): FailedFile {
  const blocks = [module, ...module.children.allSuites()];
  const states = [...module.children.allTests()].map((test) => ({ name: test.fullName, state: test.result().state }));
  const tests = states.filter(({ state }) => state === 'failed').map(({ name }) => name);
  const passed = states.filter(({ state }) => state === 'passed').length;
  const failed = tests.length + blocks.filter((block) => block.errors().length > 0).length;
  return { path: module.moduleId, tests, passed, failed, skipped: states.length - passed - tests.length };
}
