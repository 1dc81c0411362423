import { randomUUID } from 'node:crypto';
import type { CallInput, Endpoint, ReplyOf } from '../endpoint.ts';
import type { Route } from './route.ts';
import type { Principal } from './principal.ts';
import type { BodyInput } from './sent-body.ts';

/** A person of a test. */
export function userNamed(
  name: string,
  permissions: Principal['permissions'],
  collections?: readonly string[],
): Principal {
  return { kind: 'user', id: `user-${name}`, name, permissions, ...(collections === undefined ? {} : { collections }) };
}

interface Asked<E extends Endpoint> {
  readonly endpoint: E;
  readonly input: Partial<CallInput<E>>;
  readonly principal: Principal;
}

/** Answers a request as the server would, without one. */
export async function answerOf<E extends Endpoint>(
  routes: readonly Route[],
  { endpoint, input, principal }: Asked<E>,
): Promise<ReplyOf<E>> {
  const found = routes.find((one) => one.endpoint === endpoint);
  if (found === undefined) throw new Error(`Nobody serves ${endpoint.path}.`);
  const reply = await found.handle({
    params: endpoint.params?.parse(input.params ?? {}),
    query: endpoint.query?.parse(input.query ?? {}),
    body: await bodyFor(found, input.body, principal),
    principal,
    request: { ip: '127.0.0.1', cookies: {}, requestId: randomUUID(), signal: new AbortController().signal },
    reply: { setCookie: () => {}, clearCookie: () => {} },
  });
  return endpoint.reply.parse(reply) as ReplyOf<E>;
}

/** As the server makes it of what was sent. */
async function bodyFor({ endpoint, task }: Route, body: unknown, principal: Principal): Promise<unknown> {
  if (task === undefined) return endpoint.body?.parse(body ?? {});
  const bytes = Buffer.from(JSON.stringify(body));
  const input: BodyInput = { sent: { bytes, encoding: 'identity', limit: bytes.length }, principal };
  return await task.run(input);
}
