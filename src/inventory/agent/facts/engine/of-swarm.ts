import { X509Certificate } from 'node:crypto';
import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { OfSwarm, SwarmFacts, TcpAddress } from '../../../facts/index.ts';
import type { Networks, Swarm } from './schema.ts';

export type SwarmFields = FieldsOf<Omit<SwarmFacts, 'swarmState'>>;

/** What a manager answers, and what lies on its disk; each may be missing. */
export interface SwarmAnswers {
  readonly managers?: number;
  readonly swarm?: Swarm;
  readonly networks?: Networks;
  /** Addresses of `docker-state.json`. */
  readonly addresses?: { readonly control: string; readonly data: string };
  readonly listeners?: readonly TcpAddress[];
}

/** Facts of an engine that is in no swarm: no question of a swarm arises. */
export function fieldsWithoutSwarm(): SwarmFields {
  const off = known({ kind: 'off' } as const, '/info Swarm.LocalNodeState');
  return {
    swarmManagers: off,
    swarmListeners: off,
    swarmOverlays: off,
    swarmAutoLock: off,
    swarmKeyChange: off,
    swarmNodeCertificates: off,
    swarmAuthority: off,
    swarmAddresses: off,
  };
}

/** Facts of an engine in a swarm. */
export function fieldsOfSwarm(answers: SwarmAnswers): SwarmFields {
  const { swarm } = answers;
  const expiry = swarm?.Spec.CAConfig?.NodeCertExpiry;
  const root = swarm?.TLSInfo && validFrom(swarm.TLSInfo.TrustRoot);
  const overlays = answers.networks
    ?.filter(({ Driver, Scope }) => Driver === 'overlay' && Scope === 'swarm')
    .map(({ Name, Options }) => ({ name: Name, isEncrypted: isEncrypted(Options?.['encrypted']) }))
    // The engine tells them in no order.
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return {
    swarmManagers: on(answers.managers === undefined ? undefined : { count: answers.managers }, '/nodes'),
    swarmListeners: on(answers.listeners && { addresses: answers.listeners }, '/proc/net/tcp'),
    swarmOverlays: on(overlays && answers.swarm && { networks: overlays }, '/networks'),
    swarmAutoLock: on(
      swarm && { isLocked: swarm.Spec.EncryptionConfig?.AutoLockManagers === true },
      '/swarm Spec.EncryptionConfig.AutoLockManagers',
    ),
    swarmKeyChange: missing('nobody recorded when the key that unlocks managers was changed last'),
    swarmNodeCertificates: on(
      expiry === undefined ? undefined : { days: expiry / 86_400e9 },
      '/swarm Spec.CAConfig.NodeCertExpiry',
    ),
    swarmAuthority: on(
      root === undefined ? undefined : { validFrom: root, isChanging: swarm?.RootRotationInProgress === true },
      '/swarm TLSInfo.TrustRoot',
    ),
    swarmAddresses: on(answers.addresses, 'swarm/docker-state.json'),
  };
}

/** `127.0.0.1:2377` → `127.0.0.1`; what has no port stays. */
export function withoutPort(address: string): string {
  return address.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^([^:]*):\d+$/, '$1');
}

function on<Facts>(facts: Facts | undefined, at: string): Field<OfSwarm<Facts>> {
  if (facts === undefined) return missing(`${at} was not answered: only a manager of the swarm can tell`);
  return known({ kind: 'on', ...facts }, at);
}

/** The key alone switches it on, unless its value says no. */
function isEncrypted(option: string | undefined): boolean {
  return option !== undefined && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(option);
}

/** Of the newest authority that nodes trust. */
function validFrom(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).validFromDate.toISOString();
  } catch {
    return undefined;
  }
}
