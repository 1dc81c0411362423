import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run check`: format, lint, types, architecture and docs. `--fix` mends what can be mended by machine. */

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Its last line is printed also when it passes. */
  readonly isShown?: boolean;
}

const root = join(import.meta.dirname, '..');
const fix = process.argv.includes('--fix');

const steps: readonly Step[] = [
  { name: 'format', command: fix ? ['biome', 'format', '--write', '.'] : ['biome', 'format', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : [])] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'types of the pages', command: ['tsc', '--noEmit', '-p', 'web'] },
  { name: 'budgets', command: ['node', 'tools/budgets/check-budgets.ts'] },
  { name: 'unused code and packages', command: ['knip'] },
  { name: 'plain words', command: ['node', 'tools/word-hits.ts'], isShown: true },
  {
    name: 'architecture, lists and docs',
    command: [
      'vitest',
      'run',
      'test/architecture.test.ts',
      'test/docs.test.ts',
      'src/ecosystems/index.test.ts',
      'src/catalog/releases.test.ts',
      '--reporter=dot',
    ],
  },
];

const failed = steps.filter((step) => !passes(step));
if (failed.length > 0) console.error(`\nFailed: ${failed.map((step) => step.name).join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;

function passes({ name, command: [program = '', ...words], isShown = false }: Step): boolean {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', program), words, {
    cwd: root,
    encoding: 'utf8',
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) console.error(stdout + stderr);
  else if (isShown) console.log(`       ${stdout.trim().split('\n').at(-1)}`);
  return status === 0;
}
