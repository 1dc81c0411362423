import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#base/index.ts';

/** Names below this carry a hash of their content, so they never change (Vite, "Building for Production"). */
const hashedFolder = '/assets/';
const year = 365 * 24 * 60 * 60;

/**
 * Serves the built pages; every address that is neither a file nor part of the API is the application's own. Pages that
 * are built later are served from then on.
 */
export async function servePages(app: FastifyInstance, pages: string | undefined): Promise<void> {
  if (pages !== undefined) {
    await app.register(fastifyStatic, {
      root: pages,
      wildcard: true,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => {
        response.header('cache-control', cachingOf(path.slice(pages.length)));
        response.header('vary', 'accept-encoding');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const areBuilt = pages !== undefined && existsSync(join(pages, 'index.html'));
    if (!areBuilt || !isPage(request)) throw new AppError('not-found', 'There is nothing at this address.');
    return sendApplication(reply);
  });
}

function isPage({ method, url }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return url !== '/api' && !url.startsWith('/api/') && !url.startsWith(hashedFolder);
}

function sendApplication(reply: FastifyReply): FastifyReply {
  return reply.code(200).sendFile('index.html');
}

function cachingOf(path: string): string {
  return path.startsWith(hashedFolder) ? `public, max-age=${year}, immutable` : 'no-cache';
}
