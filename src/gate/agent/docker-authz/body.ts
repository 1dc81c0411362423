import type { z } from 'zod';
import { createDocumentForm } from '#inventory/index.ts';
import { type KeyTree, keepExactKeys, mergedKeys } from './exact-keys.ts';
import type { Body } from './route-table.ts';
import { type AuthorizationRequest, CreateBody, keysOf } from './schema.ts';
import { decodeStrictly } from './strict-json.ts';

export type ReadBody<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly why: string };

/** Whether a request comes with the body that its route takes; `undefined`: it does. The engine shows bodies of JSON only. */
export function objectionToBody(body: Body, request: AuthorizationRequest): string | undefined {
  switch (body) {
    case 'none':
      if (headerOf(request, 'content-length') === '0' && request.RequestBody === undefined) return undefined;
      return 'it must say Content-Length: 0, because the engine would take a form in its body for its query';
    case 'json':
      if (request.RequestBody !== undefined) return undefined;
      return 'the engine does not show its body, which must be JSON of less than 1 MiB with the type application/json';
    case 'any-json':
    case 'stream':
      return isForm(request) ? 'a form in its body would stand over its query' : undefined;
    default:
      return body satisfies never;
  }
}

function isForm(request: AuthorizationRequest): boolean {
  return /form/i.test(headerOf(request, 'content-type') ?? '');
}

/** The last one counts, as the engine tells them. */
function headerOf({ RequestHeaders }: AuthorizationRequest, name: string): string | undefined {
  return Object.entries(RequestHeaders ?? {}).findLast(([key]) => key.toLowerCase() === name)?.[1];
}

/** The body as the engine will take it, or why that cannot be told. */
export function readBody<S extends z.ZodType>(request: AuthorizationRequest, schema: S): ReadBody<z.output<S>> {
  const decoded = decodeStrictly(Buffer.from(request.RequestBody ?? '', 'base64'));
  if (decoded.kind === 'refused') return decoded;
  const kept = keepExactKeys(decoded.value, treeOf(schema));
  if (kept.kind === 'refused') return kept;
  const read = schema.safeParse(kept.value);
  if (read.success) return { kind: 'read', value: read.data };
  return {
    kind: 'refused',
    why: `its field ${read.error.issues[0]?.path.join('.') ?? ''} has not the type that the engine takes`,
  };
}

const trees = new WeakMap<z.ZodType, KeyTree>();

function treeOf(schema: z.ZodType): KeyTree {
  const known = trees.get(schema) ?? keysOf(schema);
  trees.set(schema, known);
  return known;
}

const createKeys = mergedKeys(keysOf(CreateBody), keysOf(createDocumentForm));

/** All of a create request that checks read, as the engine will take it; its members may be of any type. */
export function readCreateDocument(request: AuthorizationRequest): ReadBody<object> {
  const decoded = decodeStrictly(Buffer.from(request.RequestBody ?? '', 'base64'));
  if (decoded.kind === 'refused') return decoded;
  const kept = keepExactKeys(decoded.value, createKeys);
  if (kept.kind === 'refused') return kept;
  const { value } = kept;
  return typeof value === 'object' && value !== null
    ? { kind: 'read', value }
    : { kind: 'refused', why: 'it is no object' };
}
