import { join } from 'node:path';
import type { TcpAddress } from '../../../facts/index.ts';
import { answer } from './answers.ts';
import { listenersOf } from './listeners.ts';
import { fieldsOfSwarm, fieldsWithoutSwarm, type SwarmFields, withoutPort } from './of-swarm.ts';
import type { EngineProcess } from './process.ts';
import { readBounded } from './read-bounded.ts';
import { type Info, type Networks, Nodes, Swarm, SwarmState } from './schema.ts';

interface SwarmQuestion {
  readonly socket: string;
  readonly info: Info;
  readonly engine: EngineProcess | undefined;
  readonly networks: Networks | undefined;
  readonly proc: string;
}

/** What is to be known of the swarm that an engine is in. */
export async function swarmFields({ socket, info, engine, networks, proc }: SwarmQuestion): Promise<SwarmFields> {
  if (info.Swarm?.LocalNodeState === 'inactive') return fieldsWithoutSwarm();
  const isManager = info.Swarm?.ControlAvailable === true;
  const state = engine && (await stateOf(engine, info, proc));
  const swarm = isManager ? await answer(socket, '/swarm', Swarm) : undefined;
  const nodes = isManager
    ? await answer(socket, '/nodes?filters=%7B%22role%22%3A%5B%22manager%22%5D%7D', Nodes)
    : undefined;
  const listeners = isManager && engine ? await controlListeners(engine, state?.ListenAddr, proc) : undefined;
  return fieldsOfSwarm({
    ...(nodes && { managers: nodes.filter(({ Spec }) => Spec.Role === 'manager').length }),
    ...(swarm && { swarm }),
    ...(networks && { networks }),
    ...(listeners && { listeners }),
    ...(state && { addresses: addressesOf(state) }),
  });
}

/** An engine sends containers' traffic by the address that it gives to others, unless it was told another. */
function addressesOf({ AdvertiseAddr, DataPathAddr }: SwarmState): { readonly control: string; readonly data: string } {
  const control = withoutPort(AdvertiseAddr);
  return { control, data: DataPathAddr === '' ? control : withoutPort(DataPathAddr) };
}

async function stateOf({ pid }: EngineProcess, { DockerRootDir }: Info, proc: string): Promise<SwarmState | undefined> {
  if (DockerRootDir === undefined) return undefined;
  try {
    const path = join(proc, `${pid}/root`, DockerRootDir, 'swarm/docker-state.json');
    return SwarmState.safeParse(JSON.parse(await readBounded(path, 1024 * 1024))).data;
  } catch {
    return undefined;
  }
}

async function controlListeners(
  engine: EngineProcess,
  listenAddress: string | undefined,
  proc: string,
): Promise<readonly TcpAddress[] | undefined> {
  const port = Number(/:(\d+)$/.exec(listenAddress ?? '')?.[1] ?? 2377);
  const all = await listenersOf(engine, proc).catch(() => []);
  const own = all.filter((one) => one.port === port);
  return own.length === 0 ? undefined : own;
}
