import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usualMasked, usualReadonly } from '#inventory/index.ts';
import { writeSafely } from '#link/agent/index.ts';
import { canaryDigest } from './canary.ts';

/** Id of a container that no engine has. */
export const canaryContainer = 'ca9a'.repeat(16);

export function bundleOf(canaryFolder: string): string {
  return join(canaryFolder, 'bundle');
}

/**
 * Makes what the runtime wrapper looks at before it starts something: a folder like an engine's, which knows one
 * container, and a bundle without a root file system, so that nothing starts even where no gate refuses it.
 */
export async function writeCanaryFiles(canaryFolder: string): Promise<void> {
  const config = {
    ID: canaryContainer,
    Name: '/seawall-canary',
    Image: canaryDigest,
    Config: { Image: 'seawall-canary' },
  };
  await writeSafely(join(canaryFolder, 'containers', canaryContainer, 'config.v2.json'), JSON.stringify(config));
  await writeSafely(join(bundleOf(canaryFolder), 'config.json'), JSON.stringify(spec));
  await mkdir(join(canaryFolder, 'runtime'), { recursive: true, mode: 0o700 });
}

const spec = {
  ociVersion: '1.0.2',
  root: { path: 'nowhere', readonly: true },
  process: { args: ['/nowhere'], cwd: '/', user: { uid: 65_534, gid: 65_534 } },
  linux: {
    namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'network' }, { type: 'ipc' }, { type: 'uts' }],
    maskedPaths: usualMasked,
    readonlyPaths: usualReadonly,
  },
};
