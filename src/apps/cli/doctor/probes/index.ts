import type { Probe } from '../probe.ts';
import { agent } from './agent.ts';
import { authority } from './authority.ts';
import { clock } from './clock.ts';
import { consoleProbe } from './console.ts';
import { databaseUrl } from './database-url.ts';
import { engine, engineDisk, liveRestore } from './engine.ts';
import { engineVersion, gate } from './gate.ts';
import { identity } from './identity.ts';
import { bpffs, btf, cgroups, fanotify, kernelVersion, lsm } from './kernel.ts';
import { masterKey } from './master-key.ts';
import { nodeVersion } from './node-version.ts';
import { ports } from './ports.ts';
import { postgresFolder } from './postgres-folder.ts';
import { proxy } from './proxy.ts';
import { sensor } from './sensor.ts';
import { stateFolderProbe } from './state-folder.ts';
import { token } from './token.ts';
import { vulnerabilityDatabase } from './vulnerability-database.ts';

/** Every usual trouble, in the order in which one follows from another. The only registration. */
export const probes: readonly Probe[] = [
  nodeVersion,
  stateFolderProbe,
  proxy,
  clock,
  ports,
  postgresFolder,
  databaseUrl,
  masterKey,
  consoleProbe,
  token,
  vulnerabilityDatabase,
  engine,
  engineVersion,
  engineDisk,
  liveRestore,
  identity,
  authority,
  agent,
  kernelVersion,
  btf,
  bpffs,
  cgroups,
  fanotify,
  lsm,
  sensor,
  gate,
];
