import { isAppError } from '#base/index.ts';
import {
  askKnownState,
  type Identity,
  type LinkLook,
  loadIdentity,
  lookAtLink,
  type KnownState,
} from '#link/agent/index.ts';
import { offsetOf } from './console-look.ts';
import type { Place } from './place.ts';

/** What the agent of this host is, as its folder says. Holds no key. */
export type IdentityLook =
  | { readonly kind: 'joined'; readonly identity: Pick<Identity, 'linkUrl' | 'expiresAt' | 'renewAfter'> }
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged' | 'closed'; readonly reason: string };

/** What its console's link says; missing: it joined none. */
interface AgentLook {
  readonly identity: IdentityLook;
  readonly link?: LinkLook;
  /** What that console says of the agent; missing where it does not say. */
  readonly knownState?: KnownState;
  /** Seconds that the console's clock is ahead of this one. */
  readonly offset?: number;
}

export function lookAtAgent(place: Place): Promise<AgentLook> {
  return place.once('link', async () => {
    const found = await identityIn(place.agentFolder);
    if (!('key' in found)) return { identity: found };
    const { linkUrl, expiresAt, renewAfter } = found;
    const sent = Date.now();
    const link = await lookAtLink(found);
    const identity = { kind: 'joined', identity: { linkUrl, expiresAt, renewAfter } } as const;
    if (link.kind !== 'ours') return { identity, link };
    const offset = offsetOf(link.date, { sent, received: Date.now() });
    const knownState = await askKnownState(found);
    return { identity, link, ...(knownState && { knownState }), ...(offset !== undefined && { offset }) };
  });
}

async function identityIn(folder: string): Promise<Identity | Exclude<IdentityLook, { kind: 'joined' }>> {
  try {
    return (await loadIdentity(folder)) ?? { kind: 'none' };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const isClosed = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EACCES';
    return { kind: isClosed ? 'closed' : 'damaged', reason: error.message };
  }
}
