import type { Server as HttpServer } from 'node:http';
import type { FastifyInstance } from 'fastify';

interface Closing {
  /** Milliseconds between two looks for connections without a request. */
  readonly every: number;
  /** Milliseconds that a request which is under way may still take. */
  readonly most: number;
}

const usualClosing: Closing = { every: 50, most: 5000 };

/**
 * Closes a server in bounded time. Node waits for each connection: one whose request was under way when the closing began
 * stays open after its answer until its keep-alive ends, and one that never sent a request counts as busy.
 */
export async function closeServer(app: FastifyInstance, { every, most } = usualClosing): Promise<void> {
  const server = app.server as HttpServer;
  const looks = setInterval(() => server.closeIdleConnections(), every);
  const last = setTimeout(() => server.closeAllConnections(), most);
  try {
    await app.close();
  } finally {
    clearInterval(looks);
    clearTimeout(last);
  }
}
