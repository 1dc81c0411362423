import { request } from 'node:http';
import { messageOf } from '#base/index.ts';
import { trialRequest } from '#compliance/index.ts';
import type { GateFact } from '../../contract.ts';
import type { AskedStart } from './lines.ts';
import { trialHeader } from './names.ts';
import type { RingAnswer, TriedRing } from './ring.ts';

export interface EngineRingOptions {
  readonly engineSocket: string;
  /** Where the agent answers questions of the engine's plugin. */
  readonly ownSocket: string;
  /** By which the plugin knows that the agent itself asks. */
  readonly key: string;
  /** Whether the engine asks the plugin, and whether the agent serves one. */
  readonly authorization: () => GateFact['authorization'] | 'not-served';
}

/** Milliseconds for one question. */
const patience = 10_000;
/** Bytes of an answer. */
const longestWords = 64 * 1024;

/**
 * The engine's authorization plugin, asked by asking the engine to make a container. Its image exists nowhere: where the
 * plugin lets the request through, the engine answers that it has no such image, and makes nothing.
 */
export function engineRing({ engineSocket, ownSocket, key, authorization }: EngineRingOptions): TriedRing {
  return {
    ring: 1,
    absence: () => absences[authorization()],
    ask: (start) =>
      answered(async () => {
        const body = createBody(start);
        return readEngine(await post(engineSocket, target, { body, headers: { [trialHeader]: key } }));
      }),
    own: (start) =>
      answered(async () => {
        const body = pluginBody(start, key);
        return readPlugin(await post(ownSocket, '/AuthZPlugin.AuthZReq', { body, headers: {} }));
      }),
  };
}

const absences: Readonly<Record<GateFact['authorization'] | 'not-served', string | undefined>> = {
  on: undefined,
  off: 'The engine does not ask the authorization plugin: run `seawall gate install --authorization`, and restart the engine.',
  unknown: 'The engine does not answer. Whether it asks the authorization plugin is unknown.',
  'not-served': 'This host has no authorization plugin of Seawall: start its agent with --authorization.',
};

const target = '/containers/create';

function createBody(start: AskedStart): string {
  return JSON.stringify(trialRequest(start));
}

/** As the engine asks its plugin. */
function pluginBody(start: AskedStart, key: string): string {
  const body = createBody(start);
  return JSON.stringify({
    RequestMethod: 'POST',
    RequestUri: target,
    RequestBody: Buffer.from(body).toString('base64'),
    RequestHeaders: {
      'Content-Type': 'application/json',
      'Content-Length': `${Buffer.byteLength(body)}`,
      [trialHeader]: key,
    },
  });
}

async function answered(ask: () => Promise<RingAnswer>): Promise<RingAnswer> {
  try {
    return await ask();
  } catch (error) {
    return { kind: 'unanswered', why: messageOf(error) };
  }
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What is none of the plugin's refusals came past it: the engine objects to the image, or to the request itself. */
function readEngine({ status, text }: Reply): RingAnswer {
  const message = memberOf(text, 'message');
  if (status === 403 && message.includes('Seawall')) return { kind: 'refused', text: message };
  if (status === 403) return { kind: 'unanswered', why: `another plugin refused it: ${message}` };
  if (status >= 500) return { kind: 'unanswered', why: `the engine answered ${status}: ${message}` };
  return { kind: 'let-through' };
}

function readPlugin({ text }: Reply): RingAnswer {
  const { Allow: allow, Msg: message } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return allow === true ? { kind: 'let-through' } : { kind: 'refused', text: String(message) };
}

function memberOf(text: string, name: string): string {
  try {
    return String((JSON.parse(text) as Readonly<Record<string, unknown>>)[name]);
  } catch {
    return text.slice(0, 500);
  }
}

interface Sent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function post(socketPath: string, path: string, { body, headers: more }: Sent): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const about = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const headers = { host: 'docker', ...about, ...more };
  const sent = request({ socketPath, path, method: 'POST', headers, agent: false }, async (response) => {
    const parts: Buffer[] = [];
    let length = 0;
    try {
      for await (const part of response as AsyncIterable<Buffer>) {
        length += part.length;
        if (length <= longestWords) parts.push(part);
      }
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() });
    } catch (error) {
      reject(error);
    }
  });
  const late = setTimeout(() => sent.destroy(new Error('it did not answer in time')), patience);
  sent.on('error', reject);
  sent.on('close', () => clearTimeout(late));
  sent.end(body);
  return promise;
}
