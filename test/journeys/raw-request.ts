import { Agent, request } from 'node:http';
import { connect } from 'node:net';

/** A request as bytes on the wire: any header may be wrong. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, text and bytes as they are. */
  readonly body?: object | string | Uint8Array;
  /** Address of this machine to call from; 127.0.0.1 unless said. */
  readonly from?: string;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** Code of the error catalogue, when the body names one. */
  readonly code: string | undefined;
}

/** Sends it and reads the whole answer; of a stream of events, which does not end, none of it. */
export function send(
  port: number,
  { method, path, headers = {}, body, from = '127.0.0.1' }: RawRequest,
): Promise<RawReply> {
  const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
  const bytes = isJson ? JSON.stringify(body) : body;
  const agent = new Agent({ keepAlive: true });
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
    agent,
    localAddress: from,
  });
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (reply) => {
      let text = '';
      if (reply.headers['content-type']?.includes('event-stream') === true) {
        sent.destroy();
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, code: undefined });
        return;
      }
      reply.setEncoding('utf8').on('data', (part: string) => void (text += part));
      reply.on('end', () =>
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, code: codeIn(text) }),
      );
      reply.on('error', reject);
    });
    sent.on('close', () => agent.destroy());
    sent.end(bytes);
  });
}

/** Writes these bytes to the port and answers all that comes back. */
export function sendBytes(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => void (text += part));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

function codeIn(text: string): string | undefined {
  try {
    return JSON.parse(text).error.code;
  } catch {
    return undefined;
  }
}
