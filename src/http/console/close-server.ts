import type { Server as HttpServer } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Milliseconds between two looks, and those that a request which is under way may still take. */
const usualClosing = { every: 50, most: 5000 } as const;

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
