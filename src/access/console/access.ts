import type { Credentials, Principal, Route } from '#http/console/index.ts';
import type { ApiToken } from '../contract.ts';
import type { Parts } from './parts.ts';
import { accessRoutes } from './routes.ts';
import { principalOfSession, sessionCookie } from './sessions.ts';
import { makeToken, type NewToken, principalOfToken } from './tokens.ts';
import { createSignInLink, ensureFirstUser } from './users.ts';

/** Who may do what on the console. */
export interface Access {
  readonly routes: readonly Route[];
  /** A token, when one is sent, speaks alone; a session only without one. */
  authenticate(credentials: Credentials): Promise<Principal | undefined>;
  /** Makes the local user `admin` when there is no user; call it at start. */
  ensureFirstUser(): Promise<void>;
  /** For `ORIGIN/sign-in#SECRET`: as a fragment it reaches no log. Valid once, for 15 minutes. */
  createSignInLink(): Promise<{ readonly secret: string; readonly expiresAt: Date }>;
  createToken(wanted: NewToken): Promise<{ readonly token: ApiToken; readonly secret: string }>;
}

export function createAccess(parts: Parts): Access {
  return {
    routes: accessRoutes(parts),
    authenticate: async ({ authorization, cookies, purpose }) => {
      if (authorization !== undefined) return principalOfToken(parts, authorization);
      const secret = cookies[sessionCookie];
      return secret === undefined ? undefined : principalOfSession(parts, secret, purpose);
    },
    ensureFirstUser: () => ensureFirstUser(parts),
    createSignInLink: () => createSignInLink(parts),
    createToken: (wanted) => makeToken(parts, wanted),
  };
}
