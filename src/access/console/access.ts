import type { Credentials, Principal, Route } from '#http/console/index.ts';
import type { AcceptedRestore, ApiToken } from '../contract.ts';
import { acceptRestore } from './accept-restore.ts';
import { theConsole } from './audit.ts';
import { pruneTrail, type Verification, verifyTrail } from './audit-trail.ts';
import { createTerminalLink, type SignInLink } from './links.ts';
import type { Dependencies } from './dependencies.ts';
import { accessRoutes } from './routes.ts';
import { principalOfSession, sessionCookie } from './sessions.ts';
import { confirm } from './restored.ts';
import { allTokens, makeToken, type NewToken, principalOfToken } from './tokens.ts';
import { ensureFirstUser, hasPasswords } from './users.ts';

/** Who may do what on the console, and the trail of what was done. */
export interface Access {
  readonly routes: readonly Route[];
  /** A token, when one is sent, speaks alone; a session only without one. */
  authenticate(credentials: Credentials): Promise<Principal | undefined>;
  /** Makes the local user `admin` when there is none; call it at start. */
  ensureFirstUser(): Promise<void>;
  /** Whether anybody who may sign in has a password. */
  hasPasswords(): Promise<boolean>;
  /** For `ORIGIN/sign-in#SECRET`: as a fragment it reaches no log. Valid once, for 15 minutes. */
  createSignInLink(): Promise<SignInLink>;
  /** A token made at the console's machine, not by a user. */
  createToken(wanted: NewToken): Promise<{ readonly token: ApiToken; readonly secret: string }>;
  /** Tokens that are held since a restore. */
  heldTokens(): Promise<readonly ApiToken[]>;
  /** Has these held tokens work again, at the console's machine. */
  confirmTokens(ids: readonly string[]): Promise<number>;
  /** Walks the whole audit trail. */
  verifyAudit(): Promise<Verification>;
  /** Acknowledges at the console's machine that an older copy of the data was restored. Throws `AppError` `conflict`. */
  acceptRestore(reason: string): Promise<Pick<AcceptedRestore, 'after' | 'through'>>;
  /** Deletes what is older than the retention says; call it now and then. */
  prune(): Promise<void>;
}

export function createAccess(dependencies: Dependencies): Access {
  return {
    routes: accessRoutes(dependencies),
    authenticate: async ({ authorization, cookies, ...use }) => {
      if (authorization !== undefined) return principalOfToken(dependencies, authorization);
      const secret = cookies[sessionCookie];
      return secret === undefined ? undefined : principalOfSession(dependencies, secret, use);
    },
    ensureFirstUser: () => ensureFirstUser(dependencies),
    hasPasswords: () => hasPasswords(dependencies),
    createSignInLink: () => createTerminalLink(dependencies),
    createToken: (wanted) => makeToken(dependencies, wanted, theConsole),
    heldTokens: async () => (await allTokens(dependencies)).filter(({ heldSince }) => heldSince !== undefined),
    confirmTokens: (ids) => confirm(dependencies, ids, theConsole),
    verifyAudit: () => verifyTrail(dependencies),
    acceptRestore: (reason) => acceptRestore(dependencies, reason, theConsole),
    prune: () => pruneTrail(dependencies),
  };
}
