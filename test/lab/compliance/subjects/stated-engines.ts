import { known } from '#base/index.ts';
import type { Subject } from '../subject.ts';

const because = 'Docker 26 has neither these settings nor NRI or CDI, and nobody records changes of a swarm’s key';

function facts(name: string, values: Readonly<Record<string, unknown>>): Subject {
  const fields = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, known(value, field)]));
  return { name, kind: 'engine', origin: { kind: 'stated', because }, documents: [{ kind: 'engine', fields }] };
}

const locked = { swarmAutoLock: { kind: 'on', isLocked: true } };
/** Engines with settings that no engine here has. */
export const statedEngines: readonly Subject[] = [
  facts('routing', {
    ...locked,
    'allow-direct-routing': true,
    'ip-forward-no-drop': false,
    nodeResourceInterface: { kind: 'on', plugins: [{ path: '/opt/nri/plugins/10-x', sha256: 'a'.repeat(64) }] },
    deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o1777 }],
    engineUid: 0,
    swarmKeyChange: { kind: 'on', at: '2020-01-01T00:00:00Z' },
  }),
  facts('not routing', {
    ...locked,
    'allow-direct-routing': false,
    'ip-forward-no-drop': false,
    nodeResourceInterface: { kind: 'off' },
    deviceFolders: [{ path: '/etc/cdi', uid: 0, mode: 0o755 }],
    engineUid: 0,
    swarmKeyChange: { kind: 'on', at: new Date().toISOString() },
  }),
];
