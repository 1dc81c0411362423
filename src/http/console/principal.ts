import type { Permission } from '../endpoint.ts';

/** Who sent a request: a local user with a session, an API token, or an agent with its certificate. */
export interface Principal {
  readonly kind: 'user' | 'token' | 'agent';
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Which of the user's sessions; only users have one. */
  readonly session?: string;
  /** Ids of the collections that it may see; absent: everything. */
  readonly collections?: readonly string[];
  /** Patterns of the repositories that a token may speak for; absent: none. */
  readonly repositories?: readonly string[];
  /** Environment that an agent stands in; absent where it has none. */
  readonly environment?: string;
}
