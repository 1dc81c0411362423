import { matchesGlob } from 'node:path';

interface Project {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The sensor and the runtime wrapper on a kernel and engines of their own. */
const kernel = ['src/runtime/agent/sensor*.test.ts', 'test/native/**/*.test.ts'];

/** Which test files belong to which project of vitest. */
export const projects = {
  /** Whole programs. */
  journeys: {
    include: ['test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['test/lab/**', '**/node_modules/**', ...kernel],
  },
  /** Beside the code. */
  parts: { include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'], exclude: ['**/node_modules/**', ...kernel] },
  kernel: { include: kernel, exclude: [] },
} as const satisfies Readonly<Record<string, Project>>;

/** Whether the words of a run, `--project NAME` among them, take in this file; without a project they take in all. */
export function isOfProjects(file: string, words: readonly string[]): boolean {
  const named = words.filter((_, at) => words[at - 1] === '--project');
  const asked = Object.entries<Project>(projects).filter(([name]) => named.length === 0 || named.includes(name));
  const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesGlob(file, pattern));
  return asked.some(([, { include, exclude }]) => matches(include) && !matches(exclude));
}
