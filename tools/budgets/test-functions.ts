import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Finding {
  readonly filename: string;
  readonly message: string;
  readonly labels: readonly { readonly span: { readonly offset: number; readonly line: number } }[];
}

/** Functions in tests that are too long, as oxlint counts. A group of tests (`describe`) is no function. */
export function longTestFunctions(root: string): readonly string[] {
  const words = [
    '-c',
    join(import.meta.dirname, 'test-functions.json'),
    '--format',
    'json',
    'src',
    'web',
    'test',
    'tools',
  ];
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] };
  return diagnostics.flatMap(({ filename, message, labels }) => {
    const [{ span } = { span: { offset: 0, line: 0 } }] = labels;
    const before = readFileSync(join(root, filename)).subarray(0, span.offset).toString();
    const lines = /\((\d+)\)/.exec(message)?.[1] ?? '';
    return isGroup(before) ? [] : [`${filename}: the function at line ${span.line} has ${lines} lines, at most 60`];
  });
}

/** Whether what follows is an argument of `describe`. */
export function isGroup(before: string): boolean {
  const [call] = [...before.matchAll(/^\s*(?:describe|test|it)\b/gm)].slice(-1);
  if (call === undefined || !call[0].trim().startsWith('describe')) return false;
  let [round, curly] = [0, 0];
  for (const sign of before.slice(call.index)) {
    round += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    curly += sign === '{' ? 1 : sign === '}' ? -1 : 0;
  }
  return round === 1 && curly === 0;
}
