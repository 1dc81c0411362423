import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { repository } from '../../journeys/seawall.ts';
import { freePort } from '../../make/free-port.ts';
import { until } from '../lab.ts';
import type { Harbour } from './harbours.ts';

/** A console that was started by its one command; with the host's network, as engines of labs have no other. */
export interface ConsoleContainer {
  readonly name: string;
  readonly volume: string;
  readonly url: string;
  readonly linkPort: number;
  /** Everything that it printed so far. */
  logs(): Promise<string>;
  /** Waits until it serves: two minutes, where nothing else is said. */
  served(seconds?: number): Promise<void>;
  /** Starts it, again where its container was removed, by one command; with another image, or more words of `docker run`. */
  run(other?: { readonly image?: string; readonly words?: readonly string[] }): Promise<void>;
  token(role: 'administrator' | 'ci'): Promise<string>;
  ask<E extends Endpoint>(endpoint: E, token: string, input?: Partial<CallInput<E>>): Promise<ReplyOf<E>>;
  remove(): Promise<void>;
}

export interface ConsoleOptions {
  /** Further words of `docker run`. */
  readonly options?: readonly string[];
  /** Missing: that of the release. */
  readonly image?: string;
  /** The first process of the container; missing: the image's own. */
  readonly first?: 'tini' | 'shell';
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  return answer?.ok === true;
}

const feeds = join(repository, 'test/feeds');

/** Writes down a console to be started; `run` does. */
export async function consoleIn(
  harbour: Harbour,
  { options = [], image = 'seawall/console', first }: ConsoleOptions = {},
): Promise<ConsoleContainer> {
  const name = `seawall-${randomBytes(3).toString('hex')}`;
  const [port, linkPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const words = ['console', '--host', '127.0.0.1', '--port', String(port), '--link-port', String(linkPort)];
  const logs = async (): Promise<string> => {
    const { stdout, stderr } = await harbour.docker('logs', name);
    return `${stdout}${stderr}`;
  };
  return {
    name,
    volume: name,
    url,
    linkPort,
    logs,
    run: async ({ image: started = image, words: more = [] } = {}) => {
      const places = ['-v', `${name}:/var/lib/seawall`, '-v', `${feeds}:/feeds:ro`];
      const settings = ['-e', 'SEAWALL_FEEDS=/feeds', '-e', 'SEAWALL_STALE_FEED_DAYS=36500'];
      const entry = first === 'shell' ? ['--entrypoint', '/bin/sh'] : [];
      const command = first === 'shell' ? ['-c', `seawall ${words.join(' ')}; exit 1`] : words;
      const own = ['-d', '--name', name, '--network', 'host', ...places, ...settings, ...entry, ...options, ...more];
      await harbour.must('run', ...own, started, ...command);
    },
    served: async (seconds = 120) => {
      // What it printed may be of a start before this one, which was killed; what answers is this one.
      const state = async (): Promise<'up' | 'ended' | undefined> => {
        const said = await logs();
        const isServed = said.lastIndexOf('Seawall runs on') > said.lastIndexOf('Starting PostgreSQL');
        if (isServed && (await isReady(url))) return 'up';
        return (await harbour.must('inspect', '--format', '{{.State.Running}}', name)) === 'false'
          ? 'ended'
          : undefined;
      };
      const found = await until('the console', state, { seconds, every: 200 }).catch(String);
      if (found !== 'up') throw new Error(`the console is not up: ${found}: ${(await logs()).slice(-1500)}`);
    },
    token: async (role) => {
      const rights = role === 'ci' ? ['--repository', '*'] : [];
      return await harbour.must('exec', name, 'seawall', 'token', `lab ${role}`, '--role', role, ...rights);
    },
    ask: (endpoint, token, input = {}) => call(endpoint, input, { baseUrl: url, token }),
    remove: async () => {
      await harbour.docker('rm', '-f', name);
      await harbour.docker('volume', 'rm', '-f', name);
    },
  };
}
