import type { FieldsOf } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import { confinementFields } from './confinement.ts';
import {
  createDocument,
  type EngineContext,
  type EngineDocument,
  inspectDocument,
  inspectedOfFiles,
} from './engine-document.ts';
import { identityFields } from './identity.ts';
import { allMissing } from './member.ts';
import { mountFields } from './mounts.ts';
import { namespaceFields } from './namespaces.ts';
import { networkFields } from './network.ts';
import { resourceFields } from './resources.ts';
import { engineSettings } from './settings.ts';
import type { Around } from './surroundings.ts';

/** A container as a request asks for it, with the defaults of the engine that is to make it. */
export function containerOfCreate(request: unknown, around: Around): Promise<FieldsOf<ContainerShape>> {
  return containerOf(createDocument(request), around);
}

/** A container as its engine describes it: one entry of `docker inspect`. */
export function containerOfInspect(inspected: unknown, around: Around): Promise<FieldsOf<ContainerShape>> {
  return containerOf(inspectDocument(inspected), around);
}

/** A container as its engine keeps it: `config.v2.json` and `hostconfig.json`. */
export function containerOfFiles(
  files: { readonly config: unknown; readonly hostConfig: unknown },
  around: Around,
): Promise<FieldsOf<ContainerShape>> {
  return containerOf(inspectDocument(inspectedOfFiles(files.config, files.hostConfig)), around);
}

async function containerOf(document: EngineDocument, around: Around): Promise<FieldsOf<ContainerShape>> {
  const context: EngineContext = { document, around };
  const settings = await engineSettings(context);
  return {
    ...settings.fields,
    ...mountFields(context, settings.mounts),
    ...confinementFields(context),
    ...(await namespaceFields(context)),
    ...networkFields(context),
    ...resourceFields(context),
    ...identityFields(context),
    ...allMissing(
      ['processCapabilities', 'processLabel', 'processes', 'rootUid'],
      'this is seen of the processes of a running container only',
    ),
  };
}
