import type { IncomingMessage } from 'node:http';
import { getCACertificates } from 'node:tls';
import { AppError, messageOf } from '#base/index.ts';
import type { Boundary } from './boundary.ts';

/** One request, redirects not followed. */
export interface Sent {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds without a byte. */
  readonly idle: number;
  readonly signal: AbortSignal;
}

/** Connections that stay open between requests. */
export interface Connections {
  /** Throws the error of the connection, and `registry-refused` outside the boundary. */
  send(url: URL, sent: Sent): Promise<IncomingMessage>;
  close(): void;
}

/** Loads HTTP only now: it costs some 40 ms, and most scans ask no registry. */
const http = () => ({ plain: process.getBuiltinModule('node:http'), secure: process.getBuiltinModule('node:https') });

/**
 * `authorities`: PEM of those trusted besides the system's. Every request, also one that follows a redirect, goes to an
 * address that the boundary admitted. Throws `usage` where `authorities` is none.
 */
export function openConnections(authorities: string | undefined, boundary: Boundary): Connections {
  const {
    plain: { Agent: PlainAgent, request: plainRequest },
    secure: { Agent: SecureAgent, request: secureRequest },
  } = http();
  const plain = new PlainAgent({ keepAlive: true });
  const secure = new SecureAgent({
    keepAlive: true,
    minVersion: 'TLSv1.2',
    ...(authorities === undefined ? {} : { ca: [...getCACertificates('default'), authorities] }),
  });
  return {
    async send(url, { method, headers, body, idle, signal }) {
      const lookup = await unlessAborted(boundary.admit(url), signal);
      return await new Promise((resolve, reject) => {
        const options = { method, headers, timeout: idle, signal, lookup };
        const asked =
          url.protocol === 'https:'
            ? secureRequest(url, { ...options, agent: secure })
            : plainRequest(url, { ...options, agent: plain });
        asked.once('response', resolve);
        asked.on('error', reject);
        asked.once('timeout', () => asked.destroy(new Error(`nothing came for ${idle / 1000} s`)));
        asked.end(body);
      });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** A resolver cannot be ended; nobody waits for it any longer. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  return await Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', end));
}

/** Follows at most this many. */
const mostRedirects = 5;

export interface Followed {
  readonly answer: IncomingMessage;
  /** Who answered in the end. */
  readonly at: URL;
}

/**
 * Sends, and follows redirects: what says who asks goes to the same host only, in a header or in the body of a POST, and
 * nothing that began with TLS goes on without. Throws `registry-unavailable`.
 */
export async function sendFollowing(connections: Connections, url: URL, sent: Sent): Promise<Followed> {
  let at = url;
  let { headers } = sent;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await connections.send(at, { ...sent, headers });
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) return { answer, at };
    answer.destroy();
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (next === undefined || !isAllowed(at, next)) {
      throw new AppError('registry-unavailable', `${at.host} sends on to an address that is not followed.`);
    }
    if (next.origin !== at.origin) {
      if (sent.method === 'POST') throw namedElsewhere(at, next);
      headers = withoutSender(headers);
    }
    at = next;
  }
  throw new AppError('registry-unavailable', `${url.host} sends on more than ${mostRedirects} times.`);
}

function namedElsewhere(from: URL, to: URL): AppError {
  const message = `${from.host} sends on to ${to.host} what says who asks: it is not followed.`;
  return new AppError('registry-unavailable', message);
}

function isAllowed(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
}

function withoutSender(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

/** Reads a body whole. Throws `target-corrupt` above `limit` bytes, `registry-unavailable` where it breaks off. */
export async function readBody(answer: IncomingMessage, limit: number, what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new AppError('target-corrupt', `${what} is longer than ${limit} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('registry-unavailable', `${what} breaks off: ${messageOf(error)}.`, { cause: error });
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}
