import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { linkServerName } from '../contract.ts';

/** Whom to trust, and who asks. */
export interface SecureFetchOptions {
  /** PEM of the authorities whose consoles are trusted. */
  readonly authority: string;
  /** PEM; without them the caller is nobody. */
  readonly key?: string;
  readonly certificate?: string;
}

export interface SecureFetch {
  readonly fetch: typeof fetch;
  close(): void;
}

/** Milliseconds without a byte after which a request is given up. */
const patience = 120_000;

/**
 * `fetch` over TLS 1.3 on connections that stay open. Whatever address is dialled, the other side has to show a
 * certificate for `seawall-console` by one of the authorities.
 */
export function secureFetch({ authority, key, certificate }: SecureFetchOptions): SecureFetch {
  const agent = new Agent({
    keepAlive: true,
    maxCachedSessions: 0,
    minVersion: 'TLSv1.3',
    ca: authority,
    servername: linkServerName,
    ...(key === undefined || certificate === undefined ? {} : { key, cert: certificate }),
  });
  return { fetch: (url, init) => send(agent, String(url), init ?? {}), close: () => agent.destroy() };
}

async function send(agent: Agent, url: string, init: RequestInit): Promise<Response> {
  const response = await answerOf(agent, url, init);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = new Headers();
  for (const name of ['content-type', 'retry-after']) headers.set(name, String(response.headers[name] ?? ''));
  return new Response(Buffer.concat(chunks), { status: response.statusCode ?? 500, headers });
}

function answerOf(agent: Agent, url: string, { method, headers, body, signal }: RequestInit): Promise<IncomingMessage> {
  const bytes = bytesOf(body);
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      agent,
      method: method ?? 'GET',
      timeout: patience,
      headers: { ...(headers as Record<string, string>), host: linkServerName, 'content-length': bytes.length },
      ...(signal === null || signal === undefined ? {} : { signal }),
    });
    asked.once('response', resolve);
    asked.once('error', reject);
    asked.once('timeout', () => asked.destroy(new Error('The console does not answer in time.')));
    asked.end(bytes);
  });
}

/** As `call` sends bodies: text, or what it compressed. */
function bytesOf(body: RequestInit['body']): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof ArrayBuffer ? Buffer.from(body) : Buffer.alloc(0);
}
