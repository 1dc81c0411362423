import { AppError } from '#base/index.ts';
import { limits } from '../limits.ts';
import type { Principal } from './principal.ts';

/** How many live streams are open at once. */
export interface StreamQuota {
  /** Gives what ends the share of the stream. Throws `AppError` `too-many-requests`. */
  enter(caller: string, principal: Principal | undefined): () => void;
}

export function openStreamQuota(): StreamQuota {
  const open = new Set<{ readonly caller: string; readonly session: string | undefined }>();
  return {
    enter: (caller, principal) => {
      const session = principal?.session;
      const { streams, streamsOfCaller, streamsOfSession } = limits;
      const mine = [...open].filter((one) => one.caller === caller);
      const ofSession = mine.filter((one) => session !== undefined && one.session === session);
      if (ofSession.length >= streamsOfSession.value)
        throw tooMany(`${streamsOfSession.value} live streams of a session`);
      if (mine.length >= streamsOfCaller.value) throw tooMany(`${streamsOfCaller.value} live streams of one caller`);
      if (open.size >= streams.value) throw tooMany(`${streams.value} live streams`);
      const one = { caller, session };
      open.add(one);
      return () => void open.delete(one);
    },
  };
}

function tooMany(what: string): AppError {
  return new AppError('too-many-requests', `The console serves ${what} at once, and they are open.`, {
    next: 'Close pages that are not needed; others show what is new when they are loaded again.',
  });
}
