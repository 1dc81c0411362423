import { z } from 'zod';
import { endpoint } from './index.ts';

/** What this server serves, as OpenAPI 3.1; made from the endpoints themselves. */
export const getOpenApi = endpoint({
  method: 'GET',
  path: '/api/v1/openapi.json',
  summary: 'This API as OpenAPI 3.1',
  needs: 'own-session',
  reply: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
});
