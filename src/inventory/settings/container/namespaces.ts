import { byDefault, type Field, known, missing } from '#base/index.ts';
import type { ContainerShape, JoinedContainer } from '../container-shape.ts';
import type { EngineContext } from './engine-document.ts';
import { valueOf } from './member.ts';
import type { Member } from './schema.ts';

/** Label by which people say how sensitive a container's data is. */
export const sensitivityLabel = 'seawall.sensitivity';

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
  if (word === '') return byDefault('private', member.at, 'engine');
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
  const sensitivity = await around.sensitivityOf?.(name);
  if (own.value === '') return missing(`it has no label ${sensitivityLabel}`);
  if (sensitivity === undefined || sensitivity === '')
    return missing(`the container that it joins is not known to have a label ${sensitivityLabel}`);
  return known({ name, sensitivity, ownSensitivity: own.value }, at);
}

function userRemapOf({ document, around }: EngineContext): Field<ContainerShape['userRemap']> {
  if (!around.view.remapsUsers) return known('off', 'settings of the engine');
  return valueOf(document.host.UsernsMode, (mode) => (mode === 'host' ? 'out' : 'on'), 'on');
}
