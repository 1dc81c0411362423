import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usualMasked, usualReadonly } from '#inventory/index.ts';
import { writeSafely } from '#link/agent/index.ts';
import { canaryDigest } from './canary.ts';

/** Where what is tried lies, in the gate's own folder. */
export function canaryFolderIn(gateFolder: string): string {
  return join(gateFolder, 'canary');
}

/** Id of a container that no engine has. */
export const canaryContainer = 'ca9a'.repeat(16);

/** As containerd names the bundle of a container. */
export function bundleOf(canaryFolder: string, container = canaryContainer): string {
  return join(canaryFolder, 'io.containerd.runtime.v2.task/seawall', container);
}

/** As an engine names the root of a container that keeps layers as plain folders. */
export function rootOf(canaryFolder: string, mount = canaryMount): string {
  return join(canaryFolder, 'vfs/dir', mount);
}

const canaryMount = 'canary';

/**
 * Makes what the runtime wrapper looks at before it starts something: a folder like an engine's, which knows one
 * container, and a bundle with an empty root file system, so that nothing starts even where no gate refuses it.
 */
export async function writeCanaryFiles(canaryFolder: string): Promise<void> {
  const config = {
    ID: canaryContainer,
    Name: '/seawall-canary',
    Image: canaryDigest,
    Driver: 'vfs',
    Config: { Image: 'seawall-canary' },
  };
  await writeSafely(join(canaryFolder, 'containers', canaryContainer, 'config.v2.json'), JSON.stringify(config));
  const layer = join(canaryFolder, 'image/vfs/layerdb/mounts', canaryContainer, 'mount-id');
  await writeSafely(layer, canaryMount);
  await mkdir(rootOf(canaryFolder), { recursive: true, mode: 0o700 });
  const root = { path: rootOf(canaryFolder), readonly: true };
  await writeSafely(join(bundleOf(canaryFolder), 'config.json'), JSON.stringify({ ...spec, root }));
  await mkdir(join(canaryFolder, 'runtime'), { recursive: true, mode: 0o700 });
}

const spec = {
  ociVersion: '1.0.2',
  process: { args: ['/nowhere'], cwd: '/', user: { uid: 65_534, gid: 65_534 } },
  linux: {
    namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'network' }, { type: 'ipc' }, { type: 'uts' }],
    maskedPaths: usualMasked,
    readonlyPaths: usualReadonly,
  },
};
