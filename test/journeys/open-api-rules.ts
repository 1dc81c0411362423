import { z } from 'zod';
import type { JsonSchema, OpenApiDocument, Operation } from '#http/index.ts';

/** One operation with the place that it has in a document. */
export interface PlacedOperation extends Operation {
  readonly method: string;
  readonly path: string;
}

export function operationsOf({ paths }: OpenApiDocument): readonly PlacedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** What breaks the rules of OpenAPI 3.1 and JSON Schema 2020-12 that can be checked without their meta-schemas. */
export function brokenRules(document: OpenApiDocument): readonly string[] {
  const operations = operationsOf(document);
  const ids = operations.map(({ operationId }) => operationId);
  return [
    ...(/^3\.1\.\d+$/.test(document.openapi) ? [] : [`version ${document.openapi}`]),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `operationId ${id} is not unique`),
    ...ids.filter((id) => !/^[a-z][A-Za-z0-9]*$/.test(id)).map((id) => `operationId ${id} is no name`),
    ...Object.keys(document.components.schemas)
      .filter((name) => !/^[A-Za-z0-9._-]+$/.test(name))
      .map((name) => `component ${name} is no name`),
    ...refsIn(document)
      .filter((ref) => resolve(document, ref) === undefined)
      .map((ref) => `${ref} leads nowhere`),
    ...operations.flatMap((operation) => brokenOperation(operation, document)),
  ];
}

function brokenOperation(operation: PlacedOperation, document: OpenApiDocument): readonly string[] {
  const { method, path, parameters, security, responses, requestBody } = operation;
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? '');
  const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  const names = parameters.map((one) => `${one.in} ${one.name}`);
  const schemes = security.flatMap((one) => Object.keys(one));
  const broken = [
    ...(inPath.toSorted().join() === declared.toSorted().join() ? [] : ['path parameters differ from the path']),
    ...(new Set(names).size === names.length ? [] : ['a parameter is declared twice']),
    ...(parameters.every((one) => one.in !== 'path' || one.required) ? [] : ['a path parameter is optional']),
    ...(method === 'GET' && requestBody !== undefined ? ['GET has a body'] : []),
    ...(successOf({ responses }) !== undefined && 'default' in responses ? [] : ['a response is missing']),
    ...schemes.filter((name) => !(name in document.components.securitySchemes)).map((name) => `no scheme ${name}`),
    ...schemasOf(operation).flatMap((schema) => brokenSchema(schema, document)),
  ];
  return broken.map((reason) => `${method} ${path}: ${reason}`);
}

/** What is answered where nothing goes wrong. */
export function successOf({ responses }: Pick<Operation, 'responses'>): unknown {
  return responses['200'] ?? responses['202'];
}

function schemasOf({ parameters, requestBody, responses }: Operation): readonly JsonSchema[] {
  const { content } = successOf({ responses }) as {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  const bodies = [...Object.values(requestBody?.content ?? {}), ...Object.values(content)];
  return [...parameters, ...bodies].map(({ schema }) => schema);
}

function brokenSchema(schema: JsonSchema, document: OpenApiDocument): readonly string[] {
  try {
    validatorOf(schema, document);
    return [];
  } catch (error) {
    return [`${String(error)} in ${JSON.stringify(schema).slice(0, 100)}`];
  }
}

/** The schema of a good reply. */
export function replySchema({ responses }: Operation): JsonSchema {
  const { content } = responses['200'] as {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  };
  return content['application/json']?.schema ?? {};
}

/** Reads a schema of the document, with what it refers to. Throws for what is no JSON Schema. */
export function validatorOf(schema: JsonSchema, { components }: OpenApiDocument): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}

function refsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : refsIn(member),
  );
}

function resolve(document: OpenApiDocument, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined;
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined),
      document,
    );
}
