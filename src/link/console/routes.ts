import { AppError } from '#base/index.ts';
import { authorOf, readCollections } from '#access/console/index.ts';
import { isInCollection } from '#access/index.ts';
import { type Principal, type Route, route, taskRoute } from '#http/console/index.ts';
import {
  type Agent,
  confirmJoinTokens,
  createJoinToken,
  deliver,
  getLink,
  getOwnAgent,
  join,
  listAgents,
  listJoinTokens,
  protocolVersion,
  renew,
  revokeAgent,
  revokeJoinToken,
} from '../contract.ts';
import { readAgents } from './agents.ts';
import { joinAgent } from './join.ts';
import { allJoinTokens, confirmHeld, makeJoinToken, removeJoinToken } from './join-tokens.ts';
import type { Dependencies } from './dependencies.ts';
import { receiveBatch } from './receive.ts';
import { renewCertificate } from './renew.ts';
import { revoke } from './revoke.ts';

/** Nobody guesses 256 bits; this bounds the work of a flood. */
const joinLimit = { requests: 60, seconds: 60 };

/** For people, on the console's own port. */
export function peopleRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(listAgents, async ({ principal }) => ({ agents: [...(await agentsFor(dependencies, principal))] })),
    route(revokeAgent, async ({ params, principal, request }) => {
      await revoke(dependencies, params.id, authorOf(principal, request));
      return {};
    }),
    route(listJoinTokens, async () => ({ tokens: [...(await allJoinTokens(dependencies))] })),
    route(createJoinToken, async ({ body, principal, request }) =>
      makeJoinToken(dependencies, body, authorOf(principal, request)),
    ),
    route(confirmJoinTokens, async ({ body, principal, request }) => ({
      confirmed: await confirmHeld(dependencies, body.tokens, authorOf(principal, request)),
    })),
    route(revokeJoinToken, async ({ params, principal, request }) => {
      await removeJoinToken(dependencies, params.id, authorOf(principal, request));
      return {};
    }),
    route(getLink, async () => ({ port: portOf(dependencies.linkUrl()), protocol: protocolVersion })),
  ];
}

/** For agents, on the link's port. */
export function agentRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(join, async ({ body, request }) => joinAgent(dependencies, body, request.ip), { rateLimit: joinLimit }),
    route(getOwnAgent, async ({ principal }) => ({ agent: idOf(principal) })),
    route(renew, async ({ body, principal }) => renewCertificate(dependencies, idOf(principal), body.csr)),
    taskRoute(deliver, dependencies.batch, async ({ body, principal }) =>
      receiveBatch(dependencies, idOf(principal), body),
    ),
  ];
}

/** Agents whose host the caller may see. */
async function agentsFor({ store }: Dependencies, principal: Principal | undefined): Promise<readonly Agent[]> {
  const agents = await readAgents(store);
  const visible = principal?.collections;
  if (visible === undefined) return agents;
  const collections = (await readCollections(store)).filter(({ id }) => visible.includes(id));
  return agents.filter(({ name: host, environment }) => {
    const what = { images: [], labels: {}, host, ...(environment === undefined ? {} : { environment }) };
    return collections.some((collection) => isInCollection(collection, what));
  });
}

function idOf(principal: Principal | undefined): string {
  if (principal?.kind === 'agent') return principal.id;
  throw new AppError('not-allowed', 'Only an agent with its certificate may do this.');
}

function portOf(url: string): number {
  return Number(new URL(url).port || 443);
}
