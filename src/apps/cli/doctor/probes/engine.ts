import { statfsSync, statSync } from 'node:fs';
import { type AppError, isAppError } from '#base/index.ts';
import { describeEngine } from '#image/index.ts';
import type { Place } from '../place.ts';
import { type Answer, fine, probe, stops, unknown, unsaid, weakens } from '../probe.ts';

type Engine = Awaited<ReturnType<typeof describeEngine>>;

/** What cannot be known without it, for every probe that asks it. */
export const noAnswer = 'The engine does not answer.';
export const mendEngine = 'Mend the engine first.';

type EngineAnswer = Engine | Pick<AppError, 'message'>;

interface EngineFact {
  readonly socket: string;
  /** Group that may open the socket; missing: there is none. */
  readonly found?: { readonly kind: 'socket' | 'other'; readonly gid: number };
  readonly answer: EngineAnswer;
  /** Whether an agent is to watch it. */
  readonly isNeeded: boolean;
}

function lookAtEngine(place: Place): Promise<EngineAnswer> {
  return place.once('engine', async () => {
    try {
      return await describeEngine(place.engineSocket);
    } catch (error) {
      if (isAppError(error)) return error;
      throw error;
    }
  });
}

export const engine = probe({
  id: 'engine',
  title: 'Docker engine',
  parts: ['cli'],
  look: async (place): Promise<EngineFact> => {
    const found = statSync(place.engineSocket, { throwIfNoEntry: false });
    return {
      socket: place.engineSocket,
      ...(found && { found: { kind: found.isSocket() ? 'socket' : 'other', gid: found.gid } }),
      answer: await lookAtEngine(place),
      isNeeded: place.parts.has('agent'),
    };
  },
  judge: judgeEngine,
});

export function judgeEngine({ socket, found, answer, isNeeded }: EngineFact): Answer {
  if (!('message' in answer)) return fine(`Docker ${answer.version} at ${socket}`);
  if (found?.kind === 'socket' && /may not open/.test(answer.message))
    return (isNeeded ? stops : weakens)(
      answer.message,
      `Run as root, or as a user of the group with number ${found.gid}, which owns the socket. Whoever may use it rules the machine.`,
    );
  if (found === undefined && !isNeeded)
    return fine(`none at ${socket}; archives, folders and registries are scanned without one`);
  return stops(
    found?.kind === 'other' ? `${socket} is no socket.` : answer.message,
    'Start Docker (`systemctl start docker`), or name its socket with --engine or DOCKER_HOST.',
  );
}

export const liveRestore = probe({
  id: 'live-restore',
  title: 'live-restore',
  parts: ['agent'],
  look: lookAtEngine,
  judge: judgeLiveRestore,
});

export function judgeLiveRestore(answer: EngineAnswer): Answer {
  if ('message' in answer) return unknown(noAnswer, mendEngine);
  if (answer.liveRestore === undefined)
    return unsaid('The engine does not say whether it has live-restore.', 'Look into its daemon.json.');
  if (answer.liveRestore) return fine('containers go on while the engine restarts');
  return weakens(
    'Each restart of the engine stops all containers: upgrades and `gate install --authorization` need one.',
    'Set "live-restore": true in /etc/docker/daemon.json, then `systemctl reload docker`.',
  );
}

interface DiskFact {
  readonly root?: string;
  readonly free?: number;
  readonly share?: number;
}

export const engineDisk = probe({
  id: 'engine-disk',
  title: 'Disk of the engine',
  parts: ['agent'],
  look: async (place): Promise<DiskFact> => {
    const answer = await lookAtEngine(place);
    if ('message' in answer) return {};
    const { bavail, blocks, bsize } = statfsSync(answer.root);
    return { root: answer.root, free: bavail * bsize, share: blocks === 0 ? 1 : bavail / blocks };
  },
  judge: judgeDisk,
});

export function judgeDisk({ root, free = 0, share = 0 }: DiskFact): Answer {
  if (root === undefined) return unknown(noAnswer, mendEngine);
  const room = `${Math.floor(free / 1024 ** 2)} MB (${Math.floor(share * 100)} %) are free below ${root}`;
  const fix = 'Remove what nobody needs (`docker system df`, `docker image prune`), or give it a larger disk.';
  if (free < 512 * 1024 ** 2) return stops(`${room}: pulls, builds and starts fail.`, fix);
  if (share < 0.05) return weakens(`${room}.`, fix);
  return fine(room);
}
