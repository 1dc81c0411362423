import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingsRule } from '#admission/contract.ts';
import { type HostView, RuntimeSpec, settingsOfSpec, usualSockets } from '#inventory/index.ts';
import { type Asker, judgeSettings } from '#admission/index.ts';
import type { BrokenSetting } from './start-decision.ts';
import { openHostView } from '#inventory/agent/index.ts';
import { keepExactKeys } from '../docker-authz/exact-keys.ts';
import { keysOf } from '../docker-authz/schema.ts';
import { decodeStrictly } from '../docker-authz/strict-json.ts';
import { readBounded } from '../read-bounded.ts';

export interface BundleJudgeOptions {
  /** Folder of what the engine keeps; `undefined` while there is no engine. */
  readonly engineRoot: () => string | undefined;
  /** Sockets of this host's engine and agents. */
  readonly sockets: readonly string[];
  /** Milliseconds for all looks at the host's files that one start asks for. */
  readonly patience?: number;
}

/** What the settings of a bundle's OCI spec break. Throws with the reason when it cannot be read. */
export type JudgeBundle = (
  bundle: string,
  rules: readonly SettingsRule[],
  of?: 'container' | 'plugin',
) => Promise<readonly BrokenSetting[]>;

/** The runtime wrapper waits up to a second where others wait as well, and what is not seen by then is refused. */
const usualPatience = 400;

/** Judges what a container gets of its host by the spec that its runtime gets, read once. */
export function bundleJudge({ engineRoot, sockets, patience = usualPatience }: BundleJudgeOptions): JudgeBundle {
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
    const whole = await readSpec(bundle);
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
/**
 * Strictly, as the runtime wrapper reads it: a key that stands twice, or is spelt almost like one that counts, is another
 * one to the runtime than to us.
 */
async function readSpec(bundle: string): Promise<RuntimeSpec> {
  const content = await readBounded(join(bundle, 'config.json'));
  if (content === undefined) throw new Error(`${bundle} holds no config.json.`);
  const decoded = decodeStrictly(content);
  if (decoded.kind === 'refused') throw new Error(`Its config.json is not as an engine writes it: ${decoded.why}.`);
  const exact = keepExactKeys(decoded.value, specKeys);
  if (exact.kind === 'refused') throw new Error(`Its config.json is not as an engine writes it: ${exact.why}.`);
  return RuntimeSpec.parse(exact.value);
}

const specKeys = keysOf(RuntimeSpec);

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
