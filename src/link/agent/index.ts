export type { Contact } from './delivery.ts';
export { loadIdentity } from './identity.ts';
export { joinConsole, moveIdentity } from './join-console.ts';
export { type AgentLink, type LinkState, openLink, type OpenLinkOptions } from './open-link.ts';
export { type LinkLook, lookAtLink } from './look-at-link.ts';
export type { Identity } from './schema.ts';
export { latestWriter, writeSafely } from './write-safely.ts';
export { askKnownState, type KnownState } from './known-state.ts';
