import { Agent, request } from 'node:http';
import type { z } from 'zod';
import { AppError, messageOf } from '#base/index.ts';

/** One question to the engine; `undefined` where it has none of that name. Rejects with `docker-unavailable`. */
export type AskEngine = <S extends z.ZodType>(path: string, schema: S) => Promise<z.output<S> | undefined>;

export interface AskingOptions {
  readonly socket: string;
  /** Milliseconds. */
  readonly patience: number;
  /** Bytes; 4 MB where nobody says otherwise. */
  readonly longestReply?: number;
}

const usualReply = 4 * 1024 * 1024;

/** Asks the engine behind a socket. It asks the plugin about each of these questions in turn: they are `GET`s, answered from nothing. */
export function askEngine({ socket, patience, longestReply = usualReply }: AskingOptions): AskEngine {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  return async (path, schema) => {
    try {
      const { status, body } = await get({ socket, agent, path, patience, longestReply });
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`it answered ${status}`);
      return schema.parse(JSON.parse(body));
    } catch (cause) {
      const sentence = `The Docker engine at ${socket} does not say what is behind ${path}: ${messageOf(cause)}.`;
      throw new AppError('docker-unavailable', sentence, { cause });
    }
  };
}

interface Question {
  readonly socket: string;
  readonly agent: Agent;
  readonly path: string;
  /** Milliseconds. */
  readonly patience: number;
  readonly longestReply: number;
}

function get({
  socket,
  agent,
  path,
  patience,
  longestReply,
}: Question): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socket, path, agent, headers: { host: 'docker' } }, (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length > longestReply) response.destroy(new Error('its reply is too long'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    sent.on('error', reject);
    // A signal of one's own for each of hundreds of questions costs more than the rest of them.
    const timer = setTimeout(() => sent.destroy(new Error('it did not answer in time')), patience);
    sent.on('close', () => clearTimeout(timer));
    sent.end();
  });
}
