import { byDefault, type Field, known, missing } from '#base/index.ts';
import type { ContainerShape, JoinedContainer } from '../container-shape.ts';
import type { EngineContext } from './engine-document.ts';
import { valueOf } from './member.ts';
import { InspectedOther, type Member } from './schema.ts';
import type { OtherContainer } from './surroundings.ts';

/** Label by which people say how sensitive a container's data is. */
export const sensitivityLabel = 'seawall.sensitivity';

/** What `docker inspect` says of a container that another one joins by this name or id. */
export function otherContainer(inspected: unknown, called: string): OtherContainer {
  const { Name: name, Config: config } = InspectedOther.safeParse(inspected).data ?? {};
  return { name: name?.replace(/^\//, '') || called, sensitivity: config?.Labels?.[sensitivityLabel] ?? '' };
}

/** Whose namespaces a container uses. */
export async function namespaceFields(context: EngineContext) {
  const { host } = context.document;
  return {
    ipc: ipcOf(host.IpcMode),
    joinedNetwork: await joinedBy(host.NetworkMode, context),
    joinedProcesses: await joinedBy(host.PidMode, context),
    userRemap: userRemapOf(context),
  };
}

function ipcOf(member: Member<string>): Field<ContainerShape['ipc']> {
  if (member.kind === 'missing') return member;
  const word = member.value ?? '';
  if (word === '') return missing('an engine’s default-ipc-mode stands in none of its answers');
  if (word.startsWith('container:')) return known('container', member.at);
  const mode = (['host', 'private', 'none', 'shareable'] as const).find((one) => one === word);
  return mode === undefined ? missing(`${member.at} has a value that is not known`) : known(mode, member.at);
}

async function joinedBy(
  member: Member<string>,
  { document, around }: EngineContext,
): Promise<Field<JoinedContainer | 'none'>> {
  if (member.kind === 'missing') return member;
  const { value, at } = member;
  if (value === null || value === undefined || value === '') return byDefault('none', at, 'engine');
  if (!value.startsWith('container:')) return known('none', at);
  const name = value.slice('container:'.length);
  const own = valueOf(document.config.Labels, (labels) => labels[sensitivityLabel] ?? '', '');
  if (own.kind === 'missing') return own;
  if (own.value === '') return missing(`it has no label ${sensitivityLabel}`);
  const other = await around.other?.(name);
  if (other === undefined || other.sensitivity === '')
    return missing(`the container that it joins is not known to have a label ${sensitivityLabel}`);
  // Engines keep the id of the other one: people know it by its name.
  return known({ ...other, ownSensitivity: own.value }, at);
}

function userRemapOf({ document, around }: EngineContext): Field<ContainerShape['userRemap']> {
  if (!around.view.remapsUsers) return known('off', 'settings of the engine');
  return valueOf(document.host.UsernsMode, (mode) => (mode === 'host' ? 'out' : 'on'), 'on');
}
