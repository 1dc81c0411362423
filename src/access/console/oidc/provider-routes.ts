import { AppError } from '#base/index.ts';
import { type HandlerContext, type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { finishProviderSignIn, getProvider, startProviderSignIn, testProvider } from '../../contract.ts';
import { audit } from '../audit.ts';
import type { Dependencies, Vault } from '../dependencies.ts';
import { noteFailure } from '../failures.ts';
import { me } from '../me.ts';
import { accessSchema } from '../schema.ts';
import { openSession, principalOfSession, sessionCookie, sessionSeconds, type SignIn } from '../sessions.ts';
import { attemptCookie, attemptSeconds, openAttempt, sealAttempt } from './attempt.ts';
import { countsOnce } from './count-once.ts';
import type { Proof } from './proof.ts';
import { failureOf, toAppError } from './provider-failure.ts';
import type { Provider } from './provider.ts';
import { takeProof, theProvider } from './provider-user.ts';
import { testProvider as runTest } from './test-provider.ts';

/** Nobody guesses what an answer needs; this bounds what one address has the console ask the provider. */
const signInLimit = { requests: 240, seconds: 60 };
const testLimit = { requests: 6, seconds: 60 };

/** Signing in at the provider, and how it is set. */
export function providerRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(
      startProviderSignIn,
      async ({ reply }) => {
        const { provider, vault } = providerOf(dependencies);
        try {
          const { address, checks } = await provider.begin();
          reply.setCookie(attemptCookie, sealAttempt(vault, dependencies.clock, checks), attemptSeconds);
          return { address };
        } catch (error) {
          throw toAppError(failureOf(error), provider.settings.name);
        }
      },
      { rateLimit: signInLimit },
    ),
    route(finishProviderSignIn, (context) => finish(dependencies, context), { rateLimit: signInLimit }),
    route(getProvider, async () => shown(dependencies.provider)),
    route(
      testProvider,
      async () => ({ checks: await runTest(providerOf(dependencies).provider, dependencies.store) }),
      {
        rateLimit: testLimit,
      },
    ),
  ];
}

function providerOf({ provider, vault }: Dependencies): { readonly provider: Provider; readonly vault: Vault } {
  if (provider !== undefined && vault !== undefined) return { provider, vault };
  throw new AppError('not-found', 'This console has no provider to sign in at.', {
    next: 'Set SEAWALL_OIDC_FILE as docs/how-to/sign-in-with-openid-connect.md says.',
  });
}

async function finish(
  dependencies: Dependencies,
  { body, request, reply }: HandlerContext & { readonly body: { readonly answer: string } },
): Promise<ReplyOf<typeof finishProviderSignIn>> {
  const { provider } = providerOf(dependencies);
  const address = request.ip;
  reply.clearCookie(attemptCookie);
  const proof = await proofOf(dependencies, { answer: body.answer, cookie: request.cookies[attemptCookie], address });
  const user = await admitted(dependencies, { provider, proof, address });
  const instead = request.cookies[sessionCookie];
  const secret = await openIfStill(dependencies, { user, by: 'provider', address, instead, grant: proof.grant });
  reply.setCookie(sessionCookie, secret, sessionSeconds);
  return await me(dependencies, await principalOfSession(dependencies, secret, { purpose: 'check' }));
}

interface Answer {
  readonly answer: string;
  readonly cookie: string | undefined;
  readonly address: string;
}

/** Throws `AppError`: `sign-in-refused`, `provider-unavailable`. */
async function proofOf(dependencies: Dependencies, { answer, cookie, address }: Answer): Promise<Proof> {
  const { provider, vault } = providerOf(dependencies);
  const attempt = openAttempt(vault, dependencies.clock, cookie);
  if (attempt === undefined) {
    await noteFailure(dependencies, { ip: address, by: 'provider' });
    throw new AppError('sign-in-refused', 'This browser did not begin this sign-in, or more than 10 minutes ago.');
  }
  if (!(await countsOnce(dependencies.store, { answer, attempt, now: dependencies.clock() }))) {
    await noteFailure(dependencies, { ip: address, by: 'provider' });
    throw new AppError('sign-in-refused', 'This answer of the provider was used before.');
  }
  try {
    return await provider.finish(answer, attempt.checks);
  } catch (error) {
    const failure = failureOf(error);
    dependencies.log.warn({ error: failure.message, ip: address }, 'A sign-in at the provider failed.');
    if (failure.kind !== 'away') await noteFailure(dependencies, { ip: address, by: 'provider' });
    throw toAppError(failure, provider.settings.name);
  }
}

interface Proven {
  readonly provider: Provider;
  readonly proof: Proof;
  readonly address: string;
}

/** Id of the user. Throws `AppError` `sign-in-refused` for who has no role here or is disabled. */
async function admitted(dependencies: Dependencies, { provider, proof, address }: Proven): Promise<string> {
  const { settings } = provider;
  const admission = await dependencies.store.transaction(async (transaction) => {
    const taken = await takeProof(dependencies, transaction, { settings, proof });
    if (taken.kind !== 'admitted')
      await audit(transaction, {
        ...theProvider(settings),
        address,
        action: 'sign-in-refused',
        target: { kind: 'subject', id: proof.subject, name: proof.name },
        detail: { reason: taken.kind },
      });
    return taken;
  });
  if (admission.kind === 'admitted') return admission.user;
  const who = `${settings.name} knows you as ${proof.subject}`;
  if (admission.kind === 'disabled')
    throw new AppError('sign-in-refused', `${who}, and this user is disabled here.`, {
      next: 'Ask an administrator of this console to enable the user.',
    });
  throw new AppError('sign-in-refused', `${who}, and no group of yours gives a role here.`, {
    next: 'Give this id to an administrator, who puts you into a group that has a role.',
  });
}

/** Unless the user was disabled since, or lost the role: that ended all sessions. */
async function openIfStill({ store, ...others }: Dependencies, entry: SignIn): Promise<string> {
  const secret = await store.transaction(async (transaction) => {
    const still = await transaction
      .query(accessSchema)
      .selectFrom('user')
      .select('id')
      .where('id', '=', entry.user)
      .where('disabled', '=', false)
      .where('granted_by', 'is not', null)
      .forUpdate()
      .executeTakeFirst();
    return still && (await openSession(others, transaction, entry));
  });
  if (secret !== undefined) return secret;
  throw new AppError('sign-in-refused', 'The user was changed meanwhile.');
}

function shown(provider: Provider | undefined): ReplyOf<typeof getProvider> {
  if (provider === undefined) return {};
  const { settings, redirectUri } = provider;
  const { name, issuer, clientId, scopes, groupsClaim, roles, tokenDays, passwordSignIn } = settings;
  return {
    provider: {
      name,
      issuer,
      clientId,
      redirectUri,
      groupsClaim,
      tokenDays,
      passwordSignIn,
      scopes: [...scopes],
      roles: roles.map(({ group, role, collections }) => ({
        group,
        role,
        ...(collections !== undefined && { collections: [...collections] }),
      })),
    },
  };
}
