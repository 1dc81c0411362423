import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingsRule } from '#admission/contract.ts';
import { type HostView, RuntimeSpec, settingsOfSpec, usualSockets } from '#inventory/index.ts';
import { type Asker, judgeSettings } from '#admission/index.ts';
import type { BrokenSetting } from './judged.ts';
import { openHostView } from '../host/host-view.ts';
import { readJson } from '../read-bounded.ts';

export interface BundleJudgeOptions {
  /** Folder of what the engine keeps; `undefined` while there is no engine. */
  readonly engineRoot: () => string | undefined;
  /** Sockets of this host's engine and agents. */
  readonly sockets: readonly string[];
}

/** What the settings of a bundle's OCI spec break. Throws with the reason when it cannot be read. */
export type JudgeBundle = (
  bundle: string,
  rules: readonly SettingsRule[],
  of?: 'container' | 'plugin',
) => Promise<readonly BrokenSetting[]>;

/** Milliseconds for all looks at the host's files that one start asks for: the runtime wrapper waits 100 ms. */
const patience = 60;

/** Judges what a container gets of its host by the spec that its runtime gets, read once. */
export function bundleJudge({ engineRoot, sockets }: BundleJudgeOptions): JudgeBundle {
  let view: { readonly root: string | undefined; readonly host: HostView } | undefined;
  const hostView = async (): Promise<HostView> => {
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
  return async (bundle, rules, of = 'container') => {
    const spec = await readJson(join(bundle, 'config.json'));
    if (spec === undefined) throw new Error(`${bundle} holds no config.json.`);
    const whole = RuntimeSpec.parse(spec);
    const read = of === 'plugin' ? withoutUsualMounts(whole) : whole;
    return judgeSettings(await settingsOfSpec(read, await hostView()), rules, askerOf(read));
  };
}

/** The engine lets every plugin read what names hosts; nobody asks for it. */
function withoutUsualMounts(spec: RuntimeSpec): RuntimeSpec {
  const isUsual = ({ source, destination, options }: NonNullable<RuntimeSpec['mounts']>[number]): boolean =>
    source === destination && usualInPlugins.has(destination) && options?.includes('ro') === true;
  return { ...spec, mounts: (spec.mounts ?? []).filter((mount) => !isUsual(mount)) };
}

const usualInPlugins: ReadonlySet<string> = new Set(['/etc/hosts', '/etc/resolv.conf']);

/** Runtimes of Kubernetes write down what the container is in their pod. */
function askerOf({ annotations }: RuntimeSpec): Asker {
  return Object.keys(annotations ?? {}).some((key) => key.startsWith('io.kubernetes.cri')) ? 'pod' : 'docker';
}

/**
 * Folder with the OCI spec of a container that runs, by its first process: containerd's shim, its parent, works there.
 * `undefined` where that cannot be seen.
 */
export async function bundleOfProcess(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
    return parent > 1 ? await readlink(`/proc/${parent}/cwd`) : undefined;
  } catch {
    return undefined;
  }
}
