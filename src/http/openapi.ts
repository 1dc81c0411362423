import type { z } from 'zod';
import { errorCatalogue } from '#base/index.ts';
import type { Endpoint, Permission } from './endpoint.ts';
import { type JsonSchema, openSchemas, type Schemas } from './openapi-schemas.ts';

/** An OpenAPI 3.1 document (OpenAPI Specification 3.1.1), ready to be sent as JSON. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

/** One operation; `x-seawall-permission` is what the caller's role must include. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<Record<string, object>>;
  readonly 'x-seawall-permission': Permission;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/** What a server serves. */
export interface Served {
  readonly endpoints: readonly Endpoint[];
  /** Server-sent events. */
  readonly streams: readonly { readonly path: string; readonly needs: Permission }[];
}

/** Describes the API: every operation with its input, reply, errors and the permission that it needs. */
export function openApiDocument({ endpoints, streams }: Served): OpenApiDocument {
  const schemas = openSchemas();
  const operations = [
    ...endpoints.map((one) => ({ ...one, operation: operationOf(one, schemas) })),
    ...streams.map((one) => ({ ...one, method: 'GET', operation: streamOperation(one) })),
  ];
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { path, method, operation } of operations)
    paths[templateOf(path)] = { ...paths[templateOf(path)], [method.toLowerCase()]: operation };
  return {
    openapi: '3.1.1',
    info: { title: 'Seawall', version: '1' },
    paths,
    components: { schemas: schemas.shared(), responses: { Failure: failure }, securitySchemes },
  };
}

/** Each code is in the reference of errors. */
const failure = {
  description: 'What went wrong, and what to do next.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['code', 'message', 'next', 'requestId'],
            properties: {
              code: { type: 'string', enum: Object.keys(errorCatalogue) },
              message: { type: 'string' },
              next: { type: 'string' },
              requestId: { type: 'string', format: 'uuid' },
            },
          },
        },
      },
    },
  },
};

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token, `seawall_…`.' },
  session: { type: 'apiKey', in: 'cookie', name: 'seawall_session', description: 'Set by signing in.' },
  certificate: { type: 'mutualTLS', description: 'The certificate of an agent.' },
};

function operationOf(endpoint: Endpoint, schemas: Schemas): Operation {
  const operationId = operationIdOf(endpoint);
  const { body, status = 200 } = endpoint;
  const requestBody = body && { required: true as const, content: json(schemas.input(body, `${operationId}Body`)) };
  return {
    ...headOf(operationId, endpoint),
    summary: endpoint.summary,
    parameters: [...pathParameters(endpoint, schemas), ...queryParameters(endpoint, schemas)],
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      [status]: { description: endpoint.summary, content: contentOf(endpoint, schemas, operationId) },
      ...refusals,
    },
  };
}

function contentOf({ files, reply }: Endpoint, schemas: Schemas, operationId: string): Content {
  if (files === undefined) return json(schemas.output(reply, `${operationId}Reply`));
  return Object.fromEntries(files.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

function streamOperation({ path, needs }: Served['streams'][number]): Operation {
  const content = { 'text/event-stream': { schema: { type: 'string' } } };
  return {
    ...headOf(operationIdOf({ method: 'GET', path }), { path, needs }),
    summary: 'Live events',
    parameters: [],
    responses: { 200: { description: 'Server-sent events, as long as the page stays.', content }, ...refusals },
  };
}

const refusals = { default: { $ref: '#/components/responses/Failure' } };

function headOf(operationId: string, { path, needs }: Pick<Endpoint, 'path' | 'needs'>) {
  const tags = [path.split('/')[3]?.replace(/\..*$/, '') ?? 'other'];
  return { operationId, tags, security: securityOf(needs), 'x-seawall-permission': needs };
}

function securityOf(needs: Permission): Operation['security'] {
  switch (needs) {
    case 'public':
      return [];
    case 'own-password':
      return [{ session: [] }];
    case 'report':
      return [{ certificate: [] }];
    default:
      return [{ token: [] }, { session: [] }];
  }
}

/** `GET /api/v1/images/:digest/layers` → `getImagesByDigestLayers`, `GET /healthz` → `getHealthz`. */
function operationIdOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  const words = path
    .replace(/^\/[a-z]+\/v\d+\//, '/')
    .split('/')
    .slice(1)
    .map((segment) => (segment.startsWith(':') ? `By-${segment.slice(1)}` : segment))
    .flatMap((segment) => segment.split(/[^A-Za-z0-9]+/));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function templateOf(path: string): string {
  return path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
}

function pathParameters({ path, params }: Endpoint, schemas: Schemas): readonly Parameter[] {
  const known = membersOf(params, schemas);
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: known.find((member) => member.name === name)?.schema ?? { type: 'string' },
  }));
}

function queryParameters({ query }: Endpoint, schemas: Schemas): readonly Parameter[] {
  return membersOf(query, schemas).map(({ name, required, schema }) => ({ name, in: 'query', required, schema }));
}

interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

function membersOf(schema: z.ZodType | undefined, schemas: Schemas): readonly Member[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.input(schema, 'Parameters');
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, one]) => ({
    name,
    required: (required as readonly string[]).includes(name),
    schema: one,
  }));
}

function json(schema: JsonSchema): Content {
  return { 'application/json': { schema } };
}
