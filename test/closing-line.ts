import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How a run of tests ended: what `tools/run-tests.ts` reads. */
export interface TestReport extends Count {
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
 * Ends the run with `N passed, N failed` (and `, N skipped`, if any) alone on a line, for people and for CI. Where `CI` is
 * set a skipped test fails the run: everything that it needs is installed there.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const files = modules.map((module) => ({ ...fileOf(module), state: module.state() }));
    const count = files.reduce(sum, { passed: 0, failed: errors.length, skipped: 0 });
    if (count.skipped > 0 && process.env['CI'] !== undefined) process.exitCode = 1;
    const report: TestReport = { ...count, failedFiles: files.filter(({ state }) => state === 'failed') };
    const path = process.env[reportVariable];
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
