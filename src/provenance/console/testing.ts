import { randomUUID } from 'node:crypto';
import type { Principal, Route } from '#http/console/index.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';

/** Who may do everything here. */
export const ada: Principal = {
  kind: 'user',
  id: 'ada',
  name: 'ada',
  permissions: ['read', 'write-rules', 'administer'],
};

/** Asks an endpoint of these routes, without a server. */
export async function askAs<E extends Endpoint>(
  routes: readonly Route[],
  asked: { readonly endpoint: E; readonly input: Partial<CallInput<E>>; readonly principal: Principal },
): Promise<ReplyOf<E>> {
  const { endpoint, input, principal } = asked;
  const found = routes.find((one) => one.endpoint === endpoint);
  if (found === undefined) throw new Error(`Nobody serves ${endpoint.path}.`);
  const reply = await found.handle({
    params: endpoint.params?.parse(input.params ?? {}),
    query: endpoint.query?.parse(input.query ?? {}),
    body: endpoint.body?.parse(input.body ?? {}),
    principal,
    request: { ip: '127.0.0.1', requestId: randomUUID(), signal: new AbortController().signal },
    reply: { setCookie: () => {}, clearCookie: () => {} },
  });
  return endpoint.reply.parse(reply) as ReplyOf<E>;
}
