import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/closing-line.ts';

/**
 * Three projects. `npm test` runs two of them. The tests of whole programs come first (projects run in the order of their names), so that no long file
 * is left for the end; each has a process of its own. The tests beside the code share a process for each worker: modules
 * are loaded once, and PostgreSQL is started once. Three workers for two cores: tests of whole programs wait a lot.
 *
 * `npm run test:kernel` runs the third: the sensor and the runtime wrapper on a kernel and engines of their own.
 */
const kernel = ['src/runtime/agent/sensor*.test.ts', 'test/native/**/*.test.ts'];

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
          exclude: ['test/lab/**', '**/node_modules/**', ...kernel],
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...kernel],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'kernel', include: kernel, maxWorkers: 2 } },
    ],
  },
});
