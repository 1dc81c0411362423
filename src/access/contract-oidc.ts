import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Role, Slug } from './contract-roles.ts';
import { Me } from './contract-sessions.ts';

/** Begins to sign in at the provider: the browser goes to `address`, and keeps a cookie that only its answer fits. */
export const startProviderSignIn = endpoint({
  method: 'POST',
  path: '/api/v1/session/provider',
  summary: 'Begin to sign in at the provider',
  needs: 'public',
  reply: z.object({ address: z.string() }),
});

/** Takes the query with which the provider sent the browser back; sets the session cookie. */
export const finishProviderSignIn = endpoint({
  method: 'PUT',
  path: '/api/v1/session/provider',
  summary: 'Sign in by the answer of the provider',
  needs: 'public',
  body: z.object({ answer: line(8192) }),
  reply: Me,
});

const GroupRole = z.object({
  group: line(256),
  role: Role,
  collections: z.array(Slug).optional(),
});

/** The provider as `SEAWALL_OIDC_FILE` sets it; never its secret. Missing: none is set. */
export const getProvider = endpoint({
  method: 'GET',
  path: '/api/v1/provider',
  summary: 'How people sign in at the provider',
  needs: 'administer',
  reply: z.object({
    provider: z
      .object({
        name: line(64),
        issuer: line(512),
        clientId: line(256),
        redirectUri: z.string(),
        scopes: z.array(line(128)),
        groupsClaim: line(256),
        /** Checked top down: the first whose group a person is in gives the role. */
        roles: z.array(GroupRole),
        tokenDays: z.int(),
        passwordSignIn: z.enum(['shown', 'hidden']),
      })
      .optional(),
  }),
});

/** One look at the provider, with what to do where it fails. */
const ProviderCheck = z.object({
  name: line(64),
  state: z.enum(['pass', 'alert', 'fail', 'unknown']),
  words: line(500),
});
export type ProviderCheck = Immutable<z.infer<typeof ProviderCheck>>;

/** Asks the provider for all that sign-in needs; signs nobody in. */
export const testProvider = endpoint({
  method: 'POST',
  path: '/api/v1/provider/test',
  summary: 'Test the provider',
  needs: 'administer',
  reply: z.object({ checks: z.array(ProviderCheck) }),
});
