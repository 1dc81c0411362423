import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.ts';

/**
 * Two projects. The tests of whole programs come first (projects run in the order of their names), so that no long file
 * is left for the end; each has a process of its own. The tests beside the code share a process for each worker: modules
 * are loaded once, and PostgreSQL is started once. Three workers for two cores: tests of whole programs wait a lot.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['test/lab/**', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'parts', include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'], isolate: false },
      },
    ],
  },
});
