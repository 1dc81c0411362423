import { statSync } from 'node:fs';
import { isAppError } from '#base/index.ts';
import { dockerVersion, listDockerImages } from '#image/index.ts';
import type { HostReport } from '#inventory/contract.ts';
import type { Target } from './ports.ts';

export interface LookOptions {
  readonly dockerSocket: string;
  /** Targets named by the user. */
  readonly also: readonly string[];
  /** Look at the engine and, without one, at the host's own file system. */
  readonly local: boolean;
}

/** What this host holds now: the engine's images, or its own file system where there is no engine. */
export async function lookAtHost(
  options: LookOptions,
): Promise<{ readonly engine: HostReport['engine']; readonly targets: readonly Target[] }> {
  const also = options.also.map(namedTarget);
  if (!options.local) return { engine: { kind: 'none', reason: 'local scanning is switched off' }, targets: also };
  try {
    const version = await dockerVersion(options.dockerSocket);
    const images = await listDockerImages(options.dockerSocket);
    return { engine: { kind: 'docker', version }, targets: [...images.map(imageTarget), ...also] };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const root: Target = { key: 'dir:/', reference: 'dir:/', name: 'file system of this host', names: [] };
    return { engine: { kind: 'none', reason: error.message }, targets: [root, ...also] };
  }
}

function imageTarget({ id, names }: { readonly id: string; readonly names: readonly string[] }): Target {
  return { key: id, reference: `docker:${id}`, name: names[0] ?? id.slice(0, 19), names };
}

/** A file's key holds its size and time, so that a new build under the same name is scanned again. */
function namedTarget(reference: string): Target {
  const path = reference.replace(/^[a-z]+:/, '');
  const found = statSync(path, { throwIfNoEntry: false });
  return { key: `${reference} ${found?.size ?? ''} ${found?.mtimeMs ?? ''}`, reference, name: path, names: [] };
}
