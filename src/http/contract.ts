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

/** For what watches the process: it answers. No database is asked. */
export const getHealth = endpoint({
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the console is alive',
  needs: 'public',
  reply: z.object({ status: z.literal('alive') }),
});

/** For what sends it requests: 503 `not-ready` names what is missing, `database`, `migrations` or `keys`, and nothing else. */
export const getReadiness = endpoint({
  method: 'GET',
  path: '/readyz',
  summary: 'Whether the console can serve requests',
  needs: 'public',
  reply: z.object({ status: z.literal('ready') }),
});
