import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Targets that the console was told could not be scanned; kept, so that a later run of the agent can take it back. */
export interface ReportedFailures {
  all(): readonly string[];
  add(target: string): void;
  remove(target: string): void;
}

export function openReportedFailures(stateFolder: string): ReportedFailures {
  const file = join(stateFolder, 'unscanned.json');
  const reported = new Set(read(file));
  const save = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify([...reported]), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    all: () => [...reported],
    add(target) {
      if (reported.has(target)) return;
      reported.add(target);
      save();
    },
    remove(target) {
      if (reported.delete(target)) save();
    },
  };
}

function read(file: string): readonly string[] {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
