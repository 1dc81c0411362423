import { createServer, type Server, type ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { AppError, type Log, messageOf } from '#base/index.ts';

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `127.0.0.1:9464` or `[::1]:9464`. Throws `usage`. */
export function metricsAddressOf(written: string): MetricsAddress {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(written);
  const host = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3]);
  if ((isIP(host) !== 0 || host === 'localhost') && port <= 65_535) return { host, port };
  throw new AppError('usage', `--metrics ${written} is no address with a port.`, {
    next: 'Write it like 127.0.0.1:9464; a port that other hosts reach tells them how this program stands.',
  });
}

interface Answers {
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<string>;
  /** What keeps the program from its work, in one word; nothing: it works. */
  readonly missing: () => Promise<string | undefined>;
  readonly log: Log;
}

/** Metrics, health and readiness at work. */
export interface MetricsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Connections at once, of all and of one address, and milliseconds for the head of a request and for all of it. */
const most = 64;
const mostOfAddress = 8;
const patience = 5_000;
/** Of the text format that Prometheus reads (exposition formats, version 0.0.4). */
const textFormat = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves `/metrics`, `/healthz` and `/readyz` by themselves: who may watch needs no account, and what is served here is all
 * that there is. Throws `AppError` `port-in-use`.
 */
export async function serveMetrics({ host, port }: MetricsAddress, answers: Answers): Promise<MetricsListener> {
  const server = createServer({ requestTimeout: patience, headersTimeout: patience, maxHeaderSize: 8192 });
  server.maxConnections = most;
  shareAmongAddresses(server);
  server.on('request', (request, response) => {
    request.resume();
    const path = request.url?.split('?')[0];
    const work = request.method === 'GET' || request.method === 'HEAD' ? pages[path ?? ''] : undefined;
    if (work === undefined) return end(response, { status: 404, body: 'There is nothing at this address.\n' });
    work(answers).then(
      (page) => end(response, page),
      (error: unknown) => {
        answers.log.warn({ error: messageOf(error) }, 'Metrics could not be read.');
        end(response, { status: 500, body: 'Metrics could not be read; the log says why.\n' });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const isTaken = 'code' in cause && cause.code === 'EADDRINUSE';
      const message = isTaken
        ? `Another program listens on port ${port} of ${host}.`
        : `Metrics cannot be served on ${host}:${port}: ${cause.message}.`;
      reject(new AppError(isTaken ? 'port-in-use' : 'usage', message, { next: 'Name another with --metrics.', cause }));
    });
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whoever holds connections gives up the oldest for a newer one, so that a probe of others is answered. */
function shareAmongAddresses(server: Server): void {
  const open = new Map<string, Set<Socket>>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const own = open.get(address) ?? new Set();
    open.set(address, own.add(socket));
    const [oldest] = own;
    if (own.size > mostOfAddress) oldest?.destroy();
    socket.once('close', () => {
      own.delete(socket);
      if (own.size === 0 && open.get(address) === own) open.delete(address);
    });
  });
}

interface Page {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

const pages: Readonly<Record<string, ((answers: Answers) => Promise<Page>) | undefined>> = {
  '/metrics': async ({ metrics }) => ({ status: 200, body: await metrics(), type: textFormat }),
  '/healthz': async () => ({ status: 200, body: '{"status":"alive"}\n', type: 'application/json' }),
  '/readyz': async ({ missing }) => {
    const lacking = await missing();
    const body = lacking === undefined ? { status: 'ready' } : { status: 'not-ready', missing: lacking };
    return {
      status: lacking === undefined ? 200 : 503,
      body: `${JSON.stringify(body)}\n`,
      type: 'application/json',
    };
  },
};

function end(response: ServerResponse, { status, body, type = 'text/plain; charset=utf-8' }: Page): void {
  response
    .writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    .end(body);
}
