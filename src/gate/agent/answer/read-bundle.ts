import { join } from 'node:path';
import { openHostView } from '#inventory/agent/index.ts';
import { containerOfBundle, containerOfSpec, type HostView, nothingAround, usualSockets } from '#inventory/index.ts';
import { readJson } from '../read-bounded.ts';
import { askerOf, readSpec } from './read-spec.ts';
import { plainName, type ReadContainer } from './with-compliance.ts';

export interface HostFilesOptions {
  /** Folder of what the engine keeps; `undefined` while there is no engine. */
  readonly engineRoot: () => string | undefined;
  /** Sockets of this host's engine and agents. */
  readonly sockets: readonly string[];
  /** Milliseconds for all looks at the host's files that one start asks for. */
  readonly patience?: number;
}

/** The runtime wrapper waits up to a second where others wait as well, and what is not seen by then is refused. */
const usualPatience = 400;

/** The host's view for starts, opened again when the engine keeps its data elsewhere. */
export function hostViews({
  engineRoot,
  sockets,
  patience = usualPatience,
}: HostFilesOptions): () => Promise<HostView> {
  let view: { readonly root: string | undefined; readonly host: HostView } | undefined;
  return async () => {
    const root = engineRoot();
    if (view !== undefined && view.root === root) return view.host;
    const host = await openHostView({
      ...(root !== undefined && { engineRoot: root }),
      sockets: [...usualSockets, ...sockets],
      patience,
    });
    // One that did not see the engine's folder in time looks again for the next start.
    if (root === undefined || host.engineRoot !== undefined) view = { root, host };
    return host;
  };
}

/** Reads a container by the spec that its runtime gets, and by the files of its engine. */
export type ReadBundle = (bundle: string, container: string) => Promise<ReadContainer>;

export function bundleReader(
  options: HostFilesOptions & {
    /** Where the engine keeps a container; missing: where it keeps all of them. */
    readonly keptAt?: (container: string) => string | undefined;
  },
): ReadBundle {
  const hostView = hostViews(options);
  return async (bundle, container) => {
    const [spec, host, files] = await Promise.all([
      readSpec(bundle),
      hostView(),
      engineFiles((options.keptAt ?? options.engineRoot)(container), container),
    ]);
    const around = { host, facts: nothingAround };
    const asker = askerOf(spec) === 'pod' ? 'kubernetes' : 'docker';
    if (files === undefined) return { document: 'spec', fields: await containerOfSpec(spec, around), asker };
    const fields = await containerOfBundle({ spec, ...files }, around);
    return { document: 'bundle', fields, asker, ...nameIn(files.config) };
  };
}

function nameIn(config: unknown): { readonly name?: string } {
  const name = typeof config === 'object' && config !== null && 'Name' in config ? config.Name : undefined;
  return typeof name === 'string' ? { name: plainName(name) } : {};
}

/** `undefined`: no engine keeps this container. */
async function engineFiles(
  root: string | undefined,
  container: string,
): Promise<{ readonly config: unknown; readonly hostConfig: unknown } | undefined> {
  if (root === undefined || !/^[0-9a-f]{64}$/.test(container)) return undefined;
  const folder = join(root, 'containers', container);
  const [config, hostConfig] = await Promise.all([
    readJson(join(folder, 'config.v2.json')),
    readJson(join(folder, 'hostconfig.json')),
  ]);
  return config === undefined && hostConfig === undefined ? undefined : { config, hostConfig };
}
