import { known } from '#base/index.ts';
import type { Subject } from '../subject.ts';

const because = 'no Docker of Debian has NRI, and nobody records changes of a swarm’s key';

function facts(name: string, values: Readonly<Record<string, unknown>>): Subject {
  const fields = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, known(value, field)]));
  return { name, kind: 'engine', origin: { kind: 'stated', because }, documents: [{ kind: 'engine', fields }] };
}

const locked = { swarmAutoLock: { kind: 'on', isLocked: true } };
/** Engines with settings that no engine here has. */
export const statedEngines: readonly Subject[] = [
  facts('extended', {
    ...locked,
    nodeResourceInterface: { kind: 'on', plugins: [{ path: '/opt/nri/plugins/10-x', sha256: 'a'.repeat(64) }] },
    swarmKeyChange: { kind: 'on', at: '2020-01-01T00:00:00Z' },
  }),
  facts('not extended', {
    ...locked,
    nodeResourceInterface: { kind: 'off' },
    swarmKeyChange: { kind: 'on', at: new Date().toISOString() },
  }),
];
