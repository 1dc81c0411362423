import { createHash } from 'node:crypto';
import type { Store } from '#store/index.ts';
import { accessSchema } from '../schema.ts';
import type { OpenedAttempt } from './attempt.ts';

/** How far the clocks of consoles on one store may be apart, in milliseconds. */
const mostApart = 10 * 60_000;
/** Answers of before that are forgotten with each new one: there are never many more than come in their time. */
const forgottenAtOnce = 100;

/**
 * Whether this is the first time that the answer comes, for all consoles together: its state and its code count once,
 * whatever became of them and whatever the provider makes of a code that comes again. One with another state than this
 * browser's uses nothing up, so that nobody else can: it is refused anyway.
 */
export async function countsOnce(
  store: Store,
  { answer, attempt, now }: { readonly answer: string; readonly attempt: OpenedAttempt; readonly now: Date },
): Promise<boolean> {
  const said = new URLSearchParams(answer);
  if (said.get('state') !== attempt.checks.state) return true;
  const code = said.get('code');
  const hashes = [hashOf('state', attempt.checks.state), ...(code === null ? [] : [hashOf('code', code)])].toSorted();
  const until = new Date(attempt.until + mostApart);
  return await store.transaction(async (transaction) => {
    const access = transaction.query(accessSchema);
    const old = access.selectFrom('provider_answer').select('hash').where('until', '<', now).limit(forgottenAtOnce);
    await access.deleteFrom('provider_answer').where('hash', 'in', old).execute();
    const noted = await access
      .insertInto('provider_answer')
      .values(hashes.map((hash) => ({ hash, until })))
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .returning('hash')
      .execute();
    return noted.length === hashes.length;
  });
}

function hashOf(what: 'state' | 'code', value: string): string {
  return createHash('sha256').update(`${what} ${value}`).digest('base64url');
}
