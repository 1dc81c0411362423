import type { Break, Breaks } from './break.ts';

function publishing(address: string, port: string, ...others: readonly string[]): Break {
  return { host: { PortBindings: { '80/tcp': [{ HostIp: address, HostPort: port }] } }, with: others };
}

const approvedPorts = 'CTR-027';

/** A token of the form that GitHub gives out, with its checksum. Nobody was ever given it. */
const madeUp = ['ghp', 'SeawallTrialQ7mVx2Kd9RtZc4Hy1b2TG3oF'].join('_');

/** How a container is reached, how much it may take, and how it is run. */
export const operationBreaks = {
  'CTR-026': publishing('127.0.0.1', '97', approvedPorts),
  'CTR-027': publishing('127.0.0.1', '61897'),
  'CTR-028': { host: { PublishAllPorts: true } },
  'CTR-029': publishing('', '61897', approvedPorts),
  'CTR-061': { host: { NetworkMode: 'bridge' } },
  'CTR-062': { host: { Links: ['seawall-trial:other'] } },
  'CTR-090': { host: { ExtraHosts: ['docker.io:127.0.0.1'] } },
  'CTR-032': { host: { Memory: 0, MemorySwap: 0 }, spec: { linux: { resources: { memory: undefined } } } },
  'CTR-033': { host: { MemorySwap: -1 }, spec: { linux: { resources: { memory: { swap: -1 } } } } },
  'CTR-034': { host: { NanoCpus: 0 }, spec: { linux: { resources: { cpu: undefined } } } },
  'CTR-037': { host: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 0 } } },
  'CTR-045': { host: { Ulimits: [] }, spec: { process: { rlimits: [] } } },
  'CTR-060': { host: { PidsLimit: 0 }, spec: { linux: { resources: { pids: undefined } } } },
  'CTR-070': { host: { OomScoreAdj: -1 }, spec: { process: { oomScoreAdj: -1 } } },
  'CTR-071': { host: { LogConfig: { Type: 'none' } } },
  'CTR-072': { config: { Env: [`TOKEN=${madeUp}`] } },
  'CTR-073': { config: { Cmd: ['/nowhere', madeUp] } },
} as const satisfies Breaks;
