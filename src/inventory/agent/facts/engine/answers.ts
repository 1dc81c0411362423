import type { z } from 'zod';
import { askOnce } from '../../collectors/docker/client.ts';
import { DaemonEvent } from './schema.ts';

/** Bounds of one question: lists of a large swarm are some megabytes. */
const limits = { bytes: 16 * 1024 * 1024, milliseconds: 10_000 };

/** What an engine answers with status 200 in the form that is expected; `undefined` for anything else. */
export async function answer<S extends z.ZodType>(
  socket: string,
  path: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  try {
    const { status, body } = await askOnce(socket, path, limits);
    return status === 200 ? schema.safeParse(JSON.parse(body)).data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Attributes of an engine's last `daemon reload` event since a moment; none where it was never told to reload. `undefined`
 * where it does not answer. An engine keeps its last 256 events: a reload before them is not seen.
 */
export async function reloadedSince(
  socket: string,
  started: number,
): Promise<Readonly<Record<string, string>> | undefined> {
  const query = new URLSearchParams({
    filters: JSON.stringify({ type: ['daemon'], event: ['reload'] }),
    since: String(Math.floor(started / 1000) - 1),
    until: (Date.now() / 1000).toFixed(3),
  });
  try {
    const { status, body } = await askOnce(socket, `/events?${query}`, limits);
    if (status !== 200) return undefined;
    const events = body.split('\n').flatMap((line) => {
      const event = line === '' ? undefined : DaemonEvent.safeParse(JSON.parse(line)).data;
      return event?.Action === 'reload' ? [event] : [];
    });
    return events.at(-1)?.Actor.Attributes ?? {};
  } catch {
    return undefined;
  }
}
