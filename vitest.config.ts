import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { ClosingLine, type TestReport } from './test/closing-line.ts';
import { compiledCodeFolder } from './test/compiled-code.ts';
import { leftOutHere } from './test/left-out.ts';
import { smallFeeds } from './test/needs.ts';
import { projects } from './test/projects.ts';

/**
 * Three projects. `npm test` runs two of them. The tests of whole programs come first (projects run in the order of their
 * names), so that no long file is left for the end; each has a process of its own. The tests beside the code share a process
 * for each worker: modules are loaded once, and PostgreSQL is started once. Three workers for two cores: tests of whole
 * programs wait a lot.
 *
 * `npm run test:kernel` runs the third. Files whose needs this machine does not meet are left out: `test/file-needs.ts`.
 */
const leftOut = [...leftOutHere().map(({ file }) => file), ...ranBefore()];

export default defineConfig({
  test: {
    env: {
      SEAWALL_FEEDS: process.env['SEAWALL_FEEDS'] ?? smallFeeds,
      NODE_COMPILE_CACHE: compiledCodeFolder(),
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 3,
    reporters: ['default', new ClosingLine()],
    projects: [
      { extends: true, test: { name: 'journeys', ...filesOf('journeys') } },
      { extends: true, test: { name: 'parts', ...filesOf('parts'), isolate: false } },
      { extends: true, test: { name: 'kernel', ...filesOf('kernel') } },
    ],
  },
});

/** Files that another run has run: `run-tests.ts --after`. Projects do not heed `--exclude`. */
function ranBefore(): string[] {
  const report = process.env['SEAWALL_TESTS_DONE'];
  if (report === undefined) return [];
  return (JSON.parse(readFileSync(report, 'utf8')) as TestReport).files.map(({ path }) => path);
}

function filesOf(name: keyof typeof projects): { include: string[]; exclude: string[] } {
  const { include, exclude } = projects[name];
  return { include: [...include], exclude: [...exclude, ...leftOut] };
}
