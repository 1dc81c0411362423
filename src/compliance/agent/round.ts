import type { FieldsOf } from '#base/index.ts';
import { type AskEngine, engineView, openHostView, unparsed } from '#inventory/agent/index.ts';
import { type EngineView, type Surroundings, surroundingsOfInfo, usualSockets } from '#inventory/index.ts';
import { textAt } from './members.ts';

/** What containers of one engine have in common, asked once for all that are read in a row. */
export interface Round {
  readonly ask: AskEngine;
  readonly view: EngineView;
  /** What the engine says of itself. */
  readonly facts: FieldsOf<Surroundings>;
  /** An image as the engine describes it; `undefined`: it has none of that id. */
  image(id: string): Promise<unknown>;
}

export interface Rounds {
  /** The round that goes on, or a new one. Rejects where the engine does not answer. */
  current(): Promise<Round>;
  /** The next container begins a new one. */
  end(): void;
}

/** Milliseconds that a round may last: what it remembers may be as old. */
export const longestRound = 5000;
/** Milliseconds that one question to the host's files may last. */
const patience = 500;

/** Rounds over the containers of the engine behind a socket. */
export function createRounds(ask: AskEngine, socket: string): Rounds {
  let going: { readonly round: Promise<Round>; readonly began: number } | undefined;
  return {
    async current() {
      const now = performance.now();
      if (going === undefined || now - going.began > longestRound) going = { round: begin(ask, socket), began: now };
      const { round } = going;
      try {
        return await round;
      } catch (error) {
        if (going?.round === round) going = undefined;
        throw error;
      }
    },
    end() {
      going = undefined;
    },
  };
}

async function begin(ask: AskEngine, socket: string): Promise<Round> {
  const info = await ask('/info', unparsed);
  const root = textAt(info, ['DockerRootDir']);
  const host = await openHostView({
    sockets: [...new Set([...usualSockets, socket])],
    patience,
    mounts: 'read-once',
    ...(root !== undefined && { engineRoot: root }),
  });
  const known: AskEngine = async (path, schema) => (path === '/info' ? schema.parse(info) : await ask(path, schema));
  const images = new Map<string, Promise<unknown>>();
  return {
    ask,
    view: await engineView(known, host),
    facts: surroundingsOfInfo(info),
    image(id) {
      const asked = images.get(id) ?? ask(`/images/${encodeURIComponent(id)}/json`, unparsed);
      images.set(id, asked);
      return asked;
    },
  };
}
