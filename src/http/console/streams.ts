import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Log, messageOf } from '#base/index.ts';
import { credentialsOf } from './guard.ts';
import type { Stream, StreamConnection, StreamEvent } from './route.ts';
import type { Principal } from './principal.ts';
import type { ServerOptions } from './server.ts';

/** What serving a stream needs from the server. */
export interface StreamOptions {
  readonly authenticate: ServerOptions['authenticate'];
  readonly heartbeat: number;
  readonly closing: AbortSignal;
  readonly log: Log;
}

/** A reader that leaves more than this unread is cut off; the browser connects again and reads anew. */
const longestBacklog = 1024 * 1024;

/** Takes the connection over and keeps it until the page goes, its session ends, or the server closes. */
export async function serveStream(
  { stream, principal }: { readonly stream: Stream; readonly principal: Principal | undefined },
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  options: StreamOptions,
): Promise<void> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, options.closing]);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...plainHeaders(reply), 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  raw.write(': open\n\n');
  raw.once('close', () => gone.abort());
  const beat = setInterval(() => void heartbeat(), options.heartbeat);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) return end();

  function end(): void {
    clearInterval(beat);
    raw.end();
    gone.abort();
  }
  async function heartbeat(): Promise<void> {
    raw.write(': still here\n\n');
    if (principal === undefined) return;
    const still = await options.authenticate(credentialsOf(request, 'check')).catch(() => principal);
    if (still?.permissions.includes(stream.needs) !== true || !seesTheSame(still, principal)) gone.abort();
  }
  function send(event: StreamEvent): void {
    if (signal.aborted) return;
    raw.write(format(event));
    if (raw.writableLength > longestBacklog) gone.abort();
  }

  await stream.open(connectionOf(request, { principal, signal, send })).catch((error: unknown) => {
    options.log.error({ path: stream.path, error: messageOf(error) }, 'A live stream failed.');
    gone.abort();
  });
}

/** A page that may now see more or less connects again, and reads anew. */
function seesTheSame(now: Principal, before: Principal): boolean {
  const sight = ({ permissions, collections }: Principal): string => JSON.stringify([permissions, collections]);
  return sight(now) === sight(before);
}

function connectionOf(
  request: FastifyRequest,
  {
    principal,
    signal,
    send,
  }: Pick<StreamConnection, 'signal' | 'send'> & { readonly principal: Principal | undefined },
): StreamConnection {
  const lastEventId = request.headers['last-event-id'];
  const query = request.query as Readonly<Record<string, string>>;
  return {
    query,
    signal,
    send,
    ...(principal === undefined ? {} : { principal }),
    ...(typeof lastEventId === 'string' ? { lastEventId } : {}),
  };
}

function plainHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** JSON holds no line break, so one `data:` line is enough; names and ids lose theirs. */
function format({ id, event, data }: StreamEvent): string {
  const lines = [
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    `data: ${JSON.stringify(data)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, ' ');
}
