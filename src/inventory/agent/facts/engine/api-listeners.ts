import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type FieldsOf, known, messageOf, missing } from '#base/index.ts';
import type { ApiAnswer, EngineShape, TcpAddress } from '../../../facts/index.ts';
import { listenersOf } from './listeners.ts';
import { placeOf, publishedPorts } from './published-ports.ts';
import { probeListener } from './probe-listener.ts';
import { type EngineProcess, withoutNumber } from './process.ts';
import type { Info } from './schema.ts';
import type { settingsInForce } from './settings-in-force.ts';

interface ApiQuestion {
  readonly socket: string;
  readonly engine: EngineProcess;
  readonly info: Info;
  readonly settings: ReturnType<typeof settingsInForce>;
  readonly proc: string;
}

/** Ports at which an engine in a swarm talks with others: control and membership. */
const swarmPorts = [2377, 7946];
const mostProbes = 16;

/** Where the API listens by TCP, and how each place answers someone without a certificate. */
export async function apiFields(
  question: ApiQuestion,
): Promise<FieldsOf<Pick<EngineShape, 'apiListeners' | 'apiAnswers'>>> {
  const at = '/proc/PID/net/tcp';
  try {
    const listeners = await apiListeners(question);
    const isNear = listeners.length === 0 || (await sharesNetwork(question.engine, question.proc));
    return {
      apiListeners: known(listeners, at),
      apiAnswers: isNear
        ? await answersOf(listeners)
        : missing('the engine has a network of its own, not reached from here'),
    };
  } catch (error) {
    const none = missing(`${at} could not be read: ${withoutNumber(messageOf(error))}`);
    return { apiListeners: none, apiAnswers: none };
  }
}

/** Whether its addresses are this process's: those of another network may be somebody else's here. */
async function sharesNetwork({ pid }: EngineProcess, proc: string): Promise<boolean> {
  const [own, its] = await Promise.all([readlink('/proc/self/ns/net'), readlink(join(proc, `${pid}/ns/net`))]);
  return own === its;
}

/** All but those of the swarm, of metrics, of diagnosis and of ports that containers publish. */
async function apiListeners({ socket, engine, info, settings, proc }: ApiQuestion): Promise<readonly TcpAddress[]> {
  const metrics = settings['metrics-addr'];
  const diagnosis = settings['network-diagnostic-port'];
  const others = new Set<number>([
    ...(info.Swarm !== undefined && info.Swarm.LocalNodeState !== 'inactive' ? swarmPorts : []),
    ...(metrics.kind === 'known' ? [Number(metrics.value.slice(metrics.value.lastIndexOf(':') + 1))] : []),
    ...(diagnosis.kind === 'known' ? [diagnosis.value] : []),
  ]);
  const listeners = (await listenersOf(engine, proc)).filter(({ port }) => !others.has(port));
  if (listeners.length === 0) return [];
  const published = await publishedPorts(socket, info);
  return listeners.filter((one) => !published.has(placeOf(one)));
}

async function answersOf(
  listeners: readonly TcpAddress[],
): Promise<FieldsOf<Pick<EngineShape, 'apiAnswers'>>['apiAnswers']> {
  if (listeners.length > mostProbes) return missing(`the engine listens at more than ${mostProbes} places`);
  const answers = await Promise.all(listeners.map(async (one) => ({ ...one, answer: await probeListener(one) })));
  const decided = answers.filter((one): one is ApiAnswer => one.answer !== undefined);
  const open = decided.filter(({ answer }) => answer !== 'refused');
  // One that is open is known to be so, whatever the others did.
  if (decided.length === answers.length || open.length > 0) return known(decided, 'connection to each listener');
  return missing('a listener of the engine neither answered nor refused');
}
