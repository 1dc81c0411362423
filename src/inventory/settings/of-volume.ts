import { foldersOf } from './create-mounts.ts';
import type { EngineView, NamedVolume } from './host-view.ts';
import { mountsAt } from './place.ts';
import { type ContainerSettings, nothingOfHost } from './settings.ts';

/** What a container gets of its host by having a volume, and nothing else. */
export async function settingsOfVolume(volume: NamedVolume, { host }: EngineView): Promise<ContainerSettings> {
  const paths = foldersOf(volume);
  const asked = paths === 'own' ? [] : [{ source: 'the volume', target: '', paths }];
  const [mounts, engineSockets] = await Promise.all([mountsAt(asked, host), host.sockets()]);
  return { ...nothingOfHost, mounts, engineSockets };
}
