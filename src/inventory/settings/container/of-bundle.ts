import type { FieldsOf } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import type { EngineView } from '../host-view.ts';
import { confinementFields } from './confinement.ts';
import { type EngineContext, inspectDocument, inspectedOfFiles } from './engine-document.ts';
import { identityFields } from './identity.ts';
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
  return { ...bySpec, ...Object.fromEntries(added) };
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
