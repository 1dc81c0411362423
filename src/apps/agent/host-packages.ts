import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that change when packages of the host are installed, upgraded or removed. */
const databases = [
  'var/lib/dpkg/status',
  'var/lib/dpkg/status.d',
  'lib/apk/db/installed',
  'usr/lib/apk/db/installed',
  ...['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'].flatMap((folder) =>
    ['rpmdb.sqlite', 'rpmdb.sqlite-wal', 'Packages.db', 'Packages'].map((name) => `${folder}/${name}`),
  ),
];

/** Which state of the host's packages was scanned last; kept, so that a change while the agent was away is seen. */
export interface HostPackages {
  /** Changes with the packages. */
  current(): string;
  /** Whether this state was scanned and kept. */
  isScanned(): boolean;
  scanned(state: string): Promise<void>;
}

export function openHostPackages(stateFolder: string, root = '/'): HostPackages {
  const file = join(stateFolder, 'host-packages');
  let known = readText(file);
  const current = (): string =>
    databases
      .map((path) => stateOf(join(root, path)))
      .join(' ')
      .trim();
  return {
    current,
    isScanned: () => known === current(),
    async scanned(state) {
      known = state;
      await writeFile(file, state, { mode: 0o600 });
    },
  };
}

function stateOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '-' : `${found.size}/${Math.trunc(found.mtimeMs)}`;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
