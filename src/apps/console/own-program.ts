import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunsFrom } from '#access/contract.ts';
import type { Environment } from '#base/index.ts';

interface Started {
  /** Folder of the package. */
  readonly checkout: string;
  readonly isContained?: boolean;
}

/**
 * What was started: an installed program has a Node of its own beside it, as `bin/seawall` sees it too. In a container that
 * kubelet started, the image is reached by `kubectl`.
 */
export function runsFrom({ checkout, isContained = false }: Started, env: Environment): RunsFrom {
  if (isContained) return env['KUBERNETES_SERVICE_HOST'] === undefined ? 'image' : 'pod';
  return existsSync(join(checkout, 'bin/node')) ? 'package' : 'checkout';
}

/** How the console is started from there. */
export function ownStart(from: RunsFrom): string {
  return from === 'checkout' ? 'npm start' : 'seawall console';
}
