import { readFile, readlink } from 'node:fs/promises';
import type { SettingsRule } from '#compliance/contract.ts';
import { RuntimeSpec, settingsOfSpec } from '#inventory/index.ts';
import { judgeSettings } from '#compliance/index.ts';
import type { BrokenSetting } from './start-decision.ts';
import { type HostFilesOptions, hostViews } from './read-bundle.ts';
import { askerOf, readSpec } from './read-spec.ts';

/** What the settings of a bundle's OCI spec break. Throws with the reason when it cannot be read. */
export type JudgeBundle = (
  bundle: string,
  rules: readonly SettingsRule[],
  of?: 'container' | 'plugin',
) => Promise<readonly BrokenSetting[]>;

/** Judges what a container gets of its host by the spec that its runtime gets, read once. */
export function bundleJudge(options: HostFilesOptions): JudgeBundle {
  const hostView = hostViews(options);
  return async (bundle, rules, of = 'container') => {
    const whole = RuntimeSpec.parse(await readSpec(bundle));
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
