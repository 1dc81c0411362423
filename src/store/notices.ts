import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Log, messageOf } from '#base/index.ts';
import type { Address } from './database.ts';

export interface Notices {
  listen(channel: string, heard: (message: unknown) => void, resumed?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Listener {
  readonly heard: (message: unknown) => void;
  readonly resumed: (() => void) | undefined;
}

const longestPause = 5_000;
const heartbeat = 10_000;

/** Keeps one connection that listens; it is made again, with all its channels, whenever it breaks. */
export function openNotices(address: Address, log: Log): Notices {
  const channels = new Map<string, Set<Listener>>();
  const line = openLine(address, channels, log);
  return {
    listen: async (channel, heard, resumed) => {
      const listener: Listener = { heard, resumed };
      const listeners = channels.get(channel) ?? new Set();
      channels.set(channel, listeners.add(listener));
      const leave = (): boolean => {
        listeners.delete(listener);
        return listeners.size === 0 && channels.get(channel) === listeners && channels.delete(channel);
      };
      await line.ask(`listen ${pg.escapeIdentifier(channel)}`).catch((error: unknown) => {
        leave();
        throw error;
      });
      return async () => {
        if (leave()) await line.ask(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    close: line.close,
  };
}

type Channels = ReadonlyMap<string, ReadonlySet<Listener>>;

interface Line {
  ask(statement: string): Promise<void>;
  close(): Promise<void>;
}

function openLine(address: Address, channels: Channels, log: Log): Line {
  const closing = new AbortController();
  let current: Promise<pg.Client> | undefined;

  function connected(): Promise<pg.Client> {
    current ??= connect().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...address, application_name: 'seawall-listen', keepAlive: true });
    client.on('error', (error) => log.debug({ error: messageOf(error) }, 'The listening connection failed.'));
    client.on('notification', ({ channel, payload }) => deliver(channels.get(channel), payload, log));
    await client.connect();
    try {
      for (const channel of channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      // A standby lets sessions in and refuses to listen: each try would leave one behind.
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => void lost());
    watch(client, closing.signal);
    return client;
  }

  async function lost(): Promise<void> {
    current = undefined;
    if (channels.size > 0 && !closing.signal.aborted) log.warn({}, 'The listening connection broke; it is made again.');
    for (let wait = 20; channels.size > 0 && !closing.signal.aborted; wait = Math.min(wait * 2, longestPause)) {
      const client = await connected().catch(() => undefined);
      if (client !== undefined) return resume(channels);
      await pause(wait);
    }
  }

  return {
    ask: async (statement) => {
      await (await connected()).query(statement);
    },
    close: async () => {
      closing.abort();
      const client = await current?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

function resume(channels: Channels): void {
  for (const listener of [...channels.values()].flatMap((listeners) => [...listeners])) listener.resumed?.();
}

function deliver(listeners: ReadonlySet<Listener> | undefined, payload: string | undefined, log: Log): void {
  for (const listener of listeners ?? []) {
    try {
      listener.heard(JSON.parse(payload ?? 'null'));
    } catch (error) {
      log.error({ error: messageOf(error) }, 'A listener failed on a notice.');
    }
  }
}

/** A dead network sends no end: ask now and then, and give the connection up when the answer does not come. */
function watch(client: pg.Client, closing: AbortSignal): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return void client.end().catch(() => undefined);
    answered = false;
    client.query('select 1').then(
      () => {
        answered = true;
      },
      () => undefined,
    );
  }, heartbeat);
  timer.unref();
  const stop = (): void => clearInterval(timer);
  client.once('end', stop);
  closing.addEventListener('abort', stop, { once: true });
}
