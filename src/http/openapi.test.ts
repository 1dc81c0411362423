import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { brokenRules, operationsOf, replySchema, validatorOf } from '../../test/journeys/open-api-rules.ts';
import { createServer, type Principal, route, stream } from './console/index.ts';
import { endpoint } from './endpoint.ts';
import { line } from './fields.ts';
import type { OpenApiDocument } from './openapi.ts';

interface Berth {
  readonly name: string;
  readonly within: readonly Berth[];
}
const Berth: z.ZodType<Berth> = z.object({
  name: z.string(),
  get within() {
    return z.array(Berth);
  },
});

const moor = endpoint({
  method: 'POST',
  path: '/api/v1/harbours/:harbour/boats',
  summary: 'Moor a boat',
  needs: 'publish',
  params: z.object({ harbour: z.string().regex(/^[a-z]+$/) }),
  query: z.object({ times: z.coerce.number().int().min(1).default(1), search: line(9).optional() }),
  body: z.object({ name: z.string().default('Gull'), papers: z.record(z.string(), z.json()).optional() }),
  reply: z.object({ berth: Berth, papers: z.json().optional(), at: z.iso.datetime({ offset: true }) }),
});
const tree = endpoint({
  method: 'GET',
  path: '/api/v1/berths',
  summary: 'Berths',
  needs: 'public',
  reply: Berth,
});
const secure = endpoint({
  method: 'PUT',
  path: '/api/v1/password',
  summary: 'Set a password',
  needs: 'own-password',
  body: z.discriminatedUnion('by', [z.object({ by: z.literal('a') }), z.object({ by: z.literal('b'), b: z.int() })]),
  reply: z.object({}),
});
const renew = endpoint({
  method: 'POST',
  path: '/link/v1/renew',
  summary: 'Renew',
  needs: 'report',
  status: 202,
  reply: z.object({}),
});

const berth: Berth = { name: 'outer', within: [{ name: 'inner', within: [] }] };
const caller: Principal = { kind: 'token', id: '1', name: 'ci', permissions: ['own-session', 'publish'] };

describe('the description of an API', () => {
  const ask = async (
    method: 'GET' | 'POST',
    url: string,
  ): Promise<{ readonly status: number; readonly body: unknown }> => {
    const server = await createServer({
      routes: [
        route(moor, async () => ({ berth, papers: { of: ['steel', 1] }, at: '2026-11-24T15:47:17Z' })),
        route(tree, async () => berth),
        route(secure, async () => ({})),
        route(renew, async () => ({})),
      ],
      streams: [stream('/api/v1/events', 'read', async () => undefined)],
      authenticate: async ({ authorization }) => (authorization === undefined ? undefined : caller),
      hostNames: [],
      log: silentLog,
    });
    const payload = method === 'POST' ? { payload: {} } : {};
    const reply = await server.inject({ method, url, headers: { authorization: 'Bearer ci' }, ...payload });
    await server.close();
    return { status: reply.statusCode, body: JSON.parse(reply.body) };
  };
  const described = async (): Promise<OpenApiDocument> =>
    (await ask('GET', '/api/v1/openapi.json')).body as OpenApiDocument;

  it('breaks no rule, and tells of everything that is served', async () => {
    const document = await described();
    expect(brokenRules(document)).toEqual([]);
    expect(operationsOf(document).map((one) => [one.method, one.path, one.operationId])).toEqual([
      ['POST', '/api/v1/harbours/{harbour}/boats', 'postHarboursByHarbourBoats'],
      ['GET', '/api/v1/berths', 'getBerths'],
      ['PUT', '/api/v1/password', 'putPassword'],
      ['POST', '/link/v1/renew', 'postRenew'],
      ['GET', '/api/v1/openapi.json', 'getOpenapiJson'],
      ['GET', '/api/v1/events', 'getEvents'],
    ]);
  });

  it('says what to send, and with which permission', async () => {
    const { paths } = await described();
    const operation = paths['/api/v1/harbours/{harbour}/boats']?.['post'];
    expect(operation?.parameters).toMatchObject([
      { name: 'harbour', in: 'path', required: true, schema: { type: 'string', pattern: '^[a-z]+$' } },
      { name: 'times', in: 'query', required: false, schema: { type: 'integer', minimum: 1, default: 1 } },
      { name: 'search', in: 'query', required: false, schema: { type: 'string', maxLength: 9 } },
    ]);
    expect(operation?.parameters[2]?.schema).not.toHaveProperty('pattern');
    expect(operation?.requestBody?.content['application/json']?.schema).not.toHaveProperty('required');
    expect(operation).toMatchObject({
      'x-seawall-permission': 'publish',
      security: [{ token: [] }, { session: [] }],
      responses: { default: { $ref: '#/components/responses/Failure' } },
    });
    expect(Object.keys(operation?.responses ?? {})).toEqual(['200', 'default']);
    expect(Object.keys(paths['/link/v1/renew']?.['post']?.responses ?? {})).toEqual(['202', 'default']);
    expect(paths['/api/v1/berths']?.['get']?.security).toEqual([]);
    expect(paths['/api/v1/password']?.['put']?.security).toEqual([{ session: [] }]);
    expect(paths['/link/v1/renew']?.['post']?.security).toEqual([{ certificate: [] }]);
  });

  it('fits what the server answers, schemas that refer to themselves included', async () => {
    const document = await described();
    const [mooring, berths] = operationsOf(document);
    if (mooring === undefined || berths === undefined) throw new Error('An operation is missing.');
    const moored = validatorOf(replySchema(mooring), document);
    const { body } = await ask('POST', '/api/v1/harbours/sound/boats');
    expect(moored.safeParse(body).error?.issues).toBeUndefined();
    expect(moored.safeParse({ ...(body as object), at: 'yesterday' }).success).toBe(false);
    expect(
      moored.safeParse({ ...(body as object), berth: { ...berth, within: [{ name: 7, within: [] }] } }).success,
    ).toBe(false);
    const shown = validatorOf(replySchema(berths), document);
    expect(shown.safeParse((await ask('GET', '/api/v1/berths')).body).success).toBe(true);
    expect(shown.safeParse({ ...berth, within: [{ name: 'inner' }] }).success).toBe(false);
  });

  it('is found broken when it is', async () => {
    const document = await described();
    const operation = document.paths['/api/v1/berths']?.['get'];
    if (operation === undefined) throw new Error('An operation is missing.');
    const change = (at: string, change: object): OpenApiDocument => ({
      ...document,
      paths: { ...document.paths, [at]: { get: { ...operation, ...change } } },
    });
    expect(brokenRules(change('/api/v1/twice', {}))).toEqual(['operationId getBerths is not unique']);
    expect(brokenRules(change('/api/v1/berths/{name}', { operationId: 'other' }))).toHaveLength(1);
    const lost = { ...document, components: { ...document.components, schemas: {} } };
    expect(brokenRules(lost).some((rule) => rule.includes('leads nowhere'))).toBe(true);
  });
});
