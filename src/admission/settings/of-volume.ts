import { volumeMounts } from './create-mounts.ts';
import type { EngineView, NamedVolume } from './host-view.ts';
import type { ContainerSettings } from './settings.ts';

/** What a container gets of its host by having a volume, and nothing else. */
export async function settingsOfVolume(volume: NamedVolume, engine: EngineView): Promise<ContainerSettings> {
  return {
    everyDevice: false,
    hostNamespaces: [],
    addedCapabilities: [],
    mounts: await volumeMounts(volume, { source: 'the volume', target: '', engine }),
    devices: [],
    seccomp: 'on',
    engineSockets: await engine.host.sockets(),
  };
}
