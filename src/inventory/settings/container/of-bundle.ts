import type { Field, FieldsOf } from '#base/index.ts';
import type { ContainerMount, ContainerShape } from '../container-shape.ts';
import type { EngineView } from '../host-view.ts';
import { plainPath } from '../path.ts';
import { confinementFields } from './confinement.ts';
import { type EngineContext, inspectDocument, inspectedOfFiles } from './engine-document.ts';
import { identityFields } from './identity.ts';
import { both, mapped } from './member.ts';
import { namespaceFields } from './namespaces.ts';
import { networkFields } from './network.ts';
import { seenInFiles } from './not-seen.ts';
import { type AroundSpec, containerOfSpec } from './of-spec.ts';
import { resourceFields } from './resources.ts';

/** What a runtime gets, and what its engine keeps of the same container: `config.v2.json` and `hostconfig.json`. */
export interface Bundle {
  readonly spec: unknown;
  readonly config: unknown;
  readonly hostConfig: unknown;
}

/**
 * A container that is about to start, by files alone: while its start is held, the engine does not answer. The spec counts;
 * the engine's files add what no spec holds.
 */
export async function containerOfBundle(
  { spec, config, hostConfig }: Bundle,
  around: AroundSpec,
): Promise<FieldsOf<ContainerShape>> {
  const context: EngineContext = {
    document: inspectDocument(inspectedOfFiles(config, hostConfig)),
    around: { view: silentEngine(around), facts: around.facts },
  };
  const [bySpec, namespaces] = await Promise.all([containerOfSpec(spec, around), namespaceFields(context)]);
  const byFiles = {
    ...confinementFields(context),
    ...networkFields(context),
    ...resourceFields(context),
    ...identityFields(context),
    ...namespaces,
  };
  const added = seenInFiles.filter((name) => bySpec[name].kind === 'missing').map((name) => [name, byFiles[name]]);
  return { ...bySpec, mounts: withoutEngines(bySpec.mounts, context), ...Object.fromEntries(added) };
}

/** Folders of the host that an engine mounts by itself, in the same place, for settings that have checks of their own. */
const madeForIpc: readonly string[] = ['/dev/shm'];
const madeForPrivileged: readonly string[] = ['/sys', '/sys/fs/cgroup'];

/** Only its own mounts: one that the container asks for stands in the engine's files, and counts wherever it lies. */
function withoutEngines(
  mounts: Field<readonly ContainerMount[]>,
  { document: { host, origin } }: EngineContext,
): Field<readonly ContainerMount[]> {
  if (origin.kind !== 'inspect' || origin.state.Mounts.kind === 'missing') return mounts;
  const asked = new Set((origin.state.Mounts.value ?? []).map(({ Destination }) => plainPath(Destination)));
  const settings = both(host.IpcMode, host.Privileged, (ipc, privileged) => [
    ...(ipc === 'host' ? madeForIpc : []),
    ...(privileged === true ? madeForPrivileged : []),
  ]);
  if (settings.kind === 'missing') return mounts;
  const made = settings.value.filter((path) => !asked.has(path));
  return mapped(mounts, (all) => all.filter(({ source, target }) => !(source === target && made.includes(target))));
}

/** An engine that nobody asks. */
function silentEngine({ host }: AroundSpec): EngineView {
  return {
    host,
    remapsUsers: false,
    cgroupNamespace: 'host',
    seccomp: 'off',
    container: async () => undefined,
    volume: async () => undefined,
  };
}
