import { constants } from 'node:zlib';
import fastifyCompress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Smaller answers fit one packet either way. */
const threshold = 1024;

/**
 * Compresses JSON that is read. Answers to what changes something may carry a secret (a token, a link) and go as they
 * are, so that nobody learns of it by its length; pages were compressed when they were built, and streams are never.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (methods.some((method) => method !== 'GET')) route.compress = false;
  });
  await app.register(fastifyCompress, {
    globalDecompression: false,
    threshold,
    customTypes: /^application\/json\b/,
    encodings: ['br', 'gzip'],
    brotliOptions: {
      params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_QUALITY]: 4 },
    },
    zlibOptions: { level: 6 },
  });
}
