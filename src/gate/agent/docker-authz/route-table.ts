import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

/** Which body a request must come with, by what the engine acts on. */
const Body = z.enum([
  // None: a form in it would stand over the query.
  'none',
  // JSON, which the gate must have been shown.
  'json',
  // JSON that changes nothing the gate judges; it may be missing.
  'any-json',
  // A stream: an archive, a terminal.
  'stream',
]);
export type Body = z.infer<typeof Body>;

const path = { method: z.enum(['POST', 'PUT', 'DELETE', '*']), path: z.string().startsWith('/'), body: Body };

const TableRoute = z.discriminatedUnion('kind', [
  z.strictObject({ ...path, kind: z.enum(['create', 'exec', 'update', 'pull', 'build', 'volume']) }),
  z.strictObject({ ...path, kind: z.literal('start'), action: z.enum(['start', 'restart']) }),
  z.strictObject({ ...path, kind: z.literal('service'), action: z.enum(['create service', 'update service']) }),
  z.strictObject({ ...path, kind: z.literal('harmless'), action: z.string() }),
  z.strictObject({ ...path, kind: z.literal('closed'), action: z.string(), reason: z.string() }),
]);
export type TableRoute = Immutable<z.infer<typeof TableRoute>>;

/** `routes.json`, which `native/authorization` is built with too: the same requests are harmless to both. */
export const RouteTable = z.strictObject({
  trial: z.strictObject({ target: z.string(), refusal: z.string() }),
  /** `GET` and `HEAD` of these only look. Attaching by a web socket is among them. */
  looks: z.array(z.string().startsWith('/')),
  routes: z.array(TableRoute),
});
