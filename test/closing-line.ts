import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with `N passed, N failed` (and `, N skipped`, if any) alone on a line, for people and for CI. Where `CI` is
 * set a skipped test fails the run: everything that it needs is installed there.
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed') count.passed += 1;
        else if (state === 'failed') count.failed += 1;
        else count.skipped += 1;
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    if (count.skipped > 0 && process.env['CI'] !== undefined) process.exitCode = 1;
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed${skipped}\n`);
  }
}
