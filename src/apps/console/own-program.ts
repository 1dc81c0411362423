import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunsFrom } from '#access/contract.ts';

interface Started {
  /** Folder of the package. */
  readonly checkout: string;
  readonly isContained?: boolean;
}

/** What was started: an installed program has a Node of its own beside it, as `bin/seawall` sees it too. */
export function runsFrom({ checkout, isContained = false }: Started): RunsFrom {
  if (isContained) return 'image';
  return existsSync(join(checkout, 'bin/node')) ? 'package' : 'checkout';
}

/** How a command of the console is called on its machine, in front of the command's own words. */
export function ownProgram(from: RunsFrom, container = 'seawall'): string {
  return { checkout: 'bin/seawall', package: 'seawall', image: `docker exec ${container} seawall` }[from];
}

/** How the console is started from there. */
export function ownStart(from: RunsFrom): string {
  return from === 'checkout' ? 'npm start' : 'seawall console';
}
