import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Analyzer } from './analyzer.ts';

/** A folder in which the tool of an ecosystem works, without the network. */
export interface Workshop {
  readonly folder: string;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  /** Runs a line as somebody does who pastes it, in `project`. Throws nothing: its exit code tells. */
  paste(line: string): { readonly code: number | null; readonly output: string };
  /** Runs a line that must succeed. */
  run(line: string): string;
}

/** Makes one that is gone when the test is over; `environment`: what makes the tool ask the folder alone. */
export function openWorkshop(environment: (folder: string) => Readonly<Record<string, string>>): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-change-'));
  // Go writes its cache read-only, which stops nobody but users other than root.
  onTestFinished(() => {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true });
  });
  mkdirSync(join(folder, 'project'));
  const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', ...environment(folder) };
  const paste: Workshop['paste'] = (line) => {
    const child = spawnSync('sh', ['-c', line], {
      cwd: join(folder, 'project'),
      env,
      encoding: 'utf8',
      timeout: 120_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { code: child.status, output: child.stdout + child.stderr };
  };
  return {
    folder,
    paste,
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    run(line) {
      const { code, output } = paste(line);
      expect(code, `${line}\n${output}`).toBe(0);
      return output;
    },
  };
}

/** `NAME VERSION` of what a scan reads out of one file of a workshop. */
export async function scanned(shop: Workshop, path: string, analyzer: Analyzer): Promise<readonly string[]> {
  const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
  const content = readFileSync(join(shop.folder, path));
  const { packages, faults } = await analyzer.analyze({ path, content, limits });
  expect(faults).toEqual([]);
  return packages.map(({ name, version }) => `${name} ${version}`).toSorted();
}
