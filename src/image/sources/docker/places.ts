import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from './engine.ts';

/** Where an engine's images lie on this machine, as far as this process may read them. */
export type ImagePlaces =
  | { readonly kind: 'overlay2'; readonly root: string }
  /** Folders of containerd that hold blobs; which one is the engine's, the blobs say. */
  | { readonly kind: 'containerd'; readonly contentStores: readonly string[] }
  /** The engine must write images out; `reason` is a sentence. */
  | { readonly kind: 'none'; readonly reason: string };

const contentFolder = 'io.containerd.content.v1.content';
const systemContainerd = '/var/lib/containerd';
const systemContainerdConfig = '/etc/containerd/config.toml';

/**
 * Finds an engine's own files. That they are this engine's, and no other's under the same path, nobody needs to say:
 * whatever is read there is compared with the digests that name the image.
 */
export async function imagePlaces(engine: DockerEngine): Promise<ImagePlaces> {
  if (engine.store === 'containerd') return await containerdPlaces(engine);
  if (engine.driver !== 'overlay2') {
    return { kind: 'none', reason: `Images of the storage driver ${engine.driver} are not read in place.` };
  }
  const folder = join(engine.root, 'image/overlay2');
  if (await isReadable(folder)) return { kind: 'overlay2', root: engine.root };
  return { kind: 'none', reason: `The engine's folder ${folder} is not there or may not be read by this user.` };
}

/** An engine that runs a containerd of its own keeps it below its root; otherwise it uses the system's. */
async function containerdPlaces({ root }: DockerEngine): Promise<ImagePlaces> {
  const roots = [join(root, 'containerd/daemon'), await configuredRoot(), systemContainerd];
  const contentStores: string[] = [];
  for (const one of new Set(roots)) {
    const folder = join(one, contentFolder);
    if (await isReadable(join(folder, 'blobs'))) contentStores.push(folder);
  }
  if (contentStores.length > 0) return { kind: 'containerd', contentStores };
  return { kind: 'none', reason: 'The content store of containerd is not there or may not be read by this user.' };
}

/** `root = "…"` of the system's containerd, which stands before all tables of its settings. */
async function configuredRoot(): Promise<string> {
  const text = await readFile(systemContainerdConfig, 'utf8').catch(() => '');
  const head = text.split(/^\s*\[/m, 1)[0] ?? '';
  return /^\s*root\s*=\s*["'](\/[^"']+)["']/m.exec(head)?.[1] ?? systemContainerd;
}

async function isReadable(folder: string): Promise<boolean> {
  return await access(folder, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
