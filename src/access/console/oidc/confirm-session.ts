import { audit } from '../audit.ts';
import type { Dependencies } from '../dependencies.ts';
import { accessSchema } from '../schema.ts';
import type { Confirmation, Grant, Proof } from './proof.ts';
import { failureOf, type ProviderFailure } from './provider-failure.ts';
import type { Provider } from './provider.ts';
import { takeProof, theProvider } from './provider-user.ts';

const minute = 60_000;
/** The provider is asked again about a session that is used, so often. */
const confirmEvery = 5 * minute;
/** So long a session goes on after the provider confirmed it last; then the person signs in again. */
export const longestUnconfirmed = 60 * minute;
/** Between two questions of one session while the provider does not answer. */
const retryEvery = minute;
/** A question that takes longer was lost with its console. */
const longestQuestion = 30_000;
/** Questions of one console at a time; more sessions wait for their turn with what was confirmed before. */
const mostQuestions = 64;

/** A session that a provider stands behind. */
export interface ConfirmedSession {
  readonly session: string;
  readonly confirmedAt: Date;
  readonly user: { readonly id: string; readonly name: string; readonly issuer: string; readonly subject: string };
}

/**
 * Whether the session still holds; the provider is asked when it was not for five minutes. Requests of one session wait
 * for one question, in this process and over all consoles.
 */
export async function confirmSession(dependencies: Dependencies, held: ConfirmedSession): Promise<Confirmation> {
  const { provider, clock } = dependencies;
  // Whoever configured another provider, or none, trusts this one no more.
  if (provider?.settings.issuer !== held.user.issuer) return 'ended';
  if (clock().getTime() - held.confirmedAt.getTime() < confirmEvery) return 'holds';
  const { underWay } = provider;
  const known = underWay.get(held.session);
  if (known !== undefined) return await known;
  const question = confirm({ ...dependencies, provider }, held, underWay.size < mostQuestions);
  underWay.set(held.session, question);
  return await question.finally(() => underWay.delete(held.session));
}

type Asking = Dependencies & { readonly provider: Provider };

async function confirm(dependencies: Asking, held: ConfirmedSession, mayAsk: boolean): Promise<Confirmation> {
  const now = dependencies.clock().getTime();
  const row = await readRow(dependencies, held.session);
  if (row === undefined) return 'ended';
  const age = now - row.confirmed_at.getTime();
  if (age < confirmEvery) return 'holds';
  const unconfirmed: Confirmation = age < longestUnconfirmed ? 'holds' : 'ended';
  const isDue = row.failed_at === null || now - row.failed_at.getTime() >= retryEvery;
  if (!row.renewable || !isDue || !mayAsk) return unconfirmed;
  if (!(await claim(dependencies, held.session, row.confirmed_at)))
    return (await waited(dependencies, held.session)) ?? unconfirmed;
  return (await ask(dependencies, held, row.sealed_grant)) ?? unconfirmed;
}

async function readRow({ store }: Asking, session: string) {
  return await store
    .query(accessSchema)
    .selectFrom('provider_session')
    .select(['confirmed_at', 'asked_at', 'failed_at', 'renewable', 'sealed_grant'])
    .where('session_id', '=', session)
    .executeTakeFirst();
}

/** A refresh token works once at many providers: of all consoles one alone may send it. */
async function claim({ store, clock }: Asking, session: string, confirmed: Date): Promise<boolean> {
  const now = clock();
  const claimed = await store
    .query(accessSchema)
    .updateTable('provider_session')
    .set({ asked_at: now })
    .where('session_id', '=', session)
    .where('confirmed_at', '=', confirmed)
    .where((is) => is.or([is('asked_at', 'is', null), is('asked_at', '<=', new Date(now.getTime() - longestQuestion))]))
    .executeTakeFirst();
  return claimed.numUpdatedRows > 0n;
}

/** Another console asks: its answer holds here, too. Nothing where none comes in time. */
async function waited(dependencies: Asking, session: string): Promise<Confirmation | undefined> {
  for (let tries = 0; tries < 50; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const row = await readRow(dependencies, session);
    if (row === undefined) return 'ended';
    if (row.asked_at === null) return row.failed_at === null ? 'confirmed' : undefined;
  }
  return undefined;
}

/** Nothing where the provider proved nothing, so that what it confirmed before counts. */
async function ask(dependencies: Asking, held: ConfirmedSession, sealed: Buffer): Promise<Confirmation | undefined> {
  const { provider, log } = dependencies;
  try {
    const proof = await provider.refresh(openGrant(dependencies, held.session, sealed), held.user.subject);
    return await keep(dependencies, held, proof);
  } catch (error) {
    const failure = failureOf(error);
    log.warn({ user: held.user.name, error: failure.message }, 'The provider did not confirm a session.');
    if (failure.kind === 'ended') return await end(dependencies, held, failure);
    await noteFailed(dependencies, held.session);
    return undefined;
  }
}

async function keep(dependencies: Asking, { session, user }: ConfirmedSession, proof: Proof): Promise<Confirmation> {
  const { store, clock, provider } = dependencies;
  return await store.transaction(async (transaction) => {
    // Whoever ends sessions of a user takes this lock first, too.
    await transaction.lock('access-users');
    await transaction
      .query(accessSchema)
      .updateTable('provider_session')
      .set({
        confirmed_at: clock(),
        asked_at: null,
        failed_at: null,
        ...grantColumns(dependencies, session, proof.grant),
      })
      .where('session_id', '=', session)
      .execute();
    const { kind } = await takeProof({ clock }, transaction, { settings: provider.settings, proof });
    if (kind === 'admitted') return 'confirmed';
    await transaction.query(accessSchema).deleteFrom('session').where('user_id', '=', user.id).execute();
    return 'ended';
  });
}

/** The provider ended it: the person was signed out or disabled there, or the time of the grant is over. */
async function end(
  { store, provider }: Asking,
  { session, user: { id, name } }: ConfirmedSession,
  { message }: ProviderFailure,
): Promise<Confirmation> {
  await store.transaction(async (transaction) => {
    await transaction.query(accessSchema).deleteFrom('session').where('id', '=', session).execute();
    await audit(transaction, {
      ...theProvider(provider.settings),
      action: 'session-ended',
      target: { kind: 'user', id, name },
      detail: { session, reason: message },
    });
  });
  return 'ended';
}

async function noteFailed({ store, clock }: Asking, session: string): Promise<void> {
  await store
    .query(accessSchema)
    .updateTable('provider_session')
    .set({ asked_at: null, failed_at: clock() })
    .where('session_id', '=', session)
    .execute();
}

function purposeOf(session: string): string {
  return `provider session ${session}`;
}

/** What is stored of a grant. */
export function grantColumns(
  { vault }: Pick<Dependencies, 'vault'>,
  session: string,
  grant: Grant,
): { readonly renewable: boolean; readonly sealed_grant: Buffer } {
  if (vault === undefined) throw new Error('There is no key to seal with.');
  return {
    renewable: grant.refreshToken !== undefined,
    sealed_grant: vault.seal(Buffer.from(JSON.stringify(grant)), purposeOf(session)),
  };
}

/** Throws where the master key is another now: the person signs in again when the time is over. */
export function openGrant({ vault }: Pick<Dependencies, 'vault'>, session: string, sealed: Buffer): Grant {
  if (vault === undefined) throw new Error('There is no key to open with.');
  return JSON.parse(String(vault.unseal(sealed, purposeOf(session)))) as Grant;
}
