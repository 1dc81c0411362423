import type { HandlerContext } from '#http/console/index.ts';
import type { CallInput } from '#http/index.ts';
import type { signIn } from '../contract.ts';
import { attemptOf, checkWait, countAttempt } from './attempts.ts';
import type { Dependencies } from './dependencies.ts';
import { noteFailure } from './failures.ts';
import { browserCookie, knownBrowser, newKnownBrowser } from './known-browser.ts';
import { userOfLink } from './links.ts';
import { verifyPassword } from './password.ts';
import type { PasswordQueue } from './password-queue.ts';
import { accessSchema } from './schema.ts';
import { openSession, sessionCookie } from './sessions.ts';

/** What the browser gets when somebody signed in. */
export interface Entered {
  /** Secret of the session. */
  readonly secret: string;
  /** For the cookie of a known browser; missing: it has one, or gets none. */
  readonly browser?: string;
}

type Body = CallInput<typeof signIn>['body'];
type Request = HandlerContext['request'];

/** Signs in by a link. Nobody guesses 256 bits, so what fails makes nobody wait. Throws `AppError` `bad-credentials`. */
export async function enterByLink(
  dependencies: Dependencies,
  { secret }: Extract<Body, { by: 'link' }>,
  { ip, cookies }: Request,
): Promise<Entered> {
  const session = await dependencies.store.transaction(async (transaction) => {
    const user = await userOfLink(dependencies, transaction, secret);
    if (user === undefined) return undefined;
    const instead = cookies[sessionCookie];
    return await openSession(dependencies, transaction, { user, by: 'link', address: ip, instead });
  });
  if (session === undefined) throw await noteFailure(dependencies, { ip, by: 'link' });
  return { secret: session };
}

/**
 * Signs in by name and password. Throws `AppError`: `bad-credentials`, `too-many-requests` before the next password is
 * looked at, `busy`. Names that do not exist are treated like others, and take as long.
 */
export async function enterByPassword(
  dependencies: Dependencies & { readonly queue: PasswordQueue },
  { name, password }: Extract<Body, { by: 'password' }>,
  { ip, cookies }: Request,
): Promise<Entered> {
  const { store, random, queue } = dependencies;
  const found = await userNamed(dependencies, name);
  const owner = { id: found?.id ?? '', password: found?.password ?? '' };
  const browser = knownBrowser(store, cookies[browserCookie], owner);
  const attempt = attemptOf({ ip, name, ...(browser !== undefined && { known: { browser, user: owner.id } }) });
  await checkWait(dependencies, attempt);
  return await queue.run(attempt.turn, async () => {
    const { failures, wasRight } = await countAttempt(dependencies, attempt);
    const isRight = await verifyPassword(password, found?.password);
    const entry = { user: owner.id, by: 'password', address: ip, instead: cookies[sessionCookie] } as const;
    const secret = isRight ? await openIfSame(dependencies, owner, entry) : undefined;
    if (secret === undefined) throw await noteFailure(dependencies, { ip, by: 'password', name, failures });
    await wasRight();
    return { secret, ...(browser === undefined && { browser: newKnownBrowser(store, random, owner) }) };
  });
}

async function userNamed({ store }: Dependencies, name: string) {
  return await store
    .query(accessSchema)
    .selectFrom('user')
    .select(['id', 'password'])
    .where('name', '=', name)
    .where('disabled', '=', false)
    .executeTakeFirst();
}

/** Unless the password was changed or the user disabled while it was looked at: that ended all sessions. */
async function openIfSame(
  dependencies: Dependencies,
  { id, password }: { readonly id: string; readonly password: string },
  entry: Parameters<typeof openSession>[2],
): Promise<string | undefined> {
  return await dependencies.store.transaction(async (transaction) => {
    const same = await transaction
      .query(accessSchema)
      .selectFrom('user')
      .select('id')
      .where('id', '=', id)
      .where('password', '=', password)
      .where('disabled', '=', false)
      .forUpdate()
      .executeTakeFirst();
    return same && (await openSession(dependencies, transaction, entry));
  });
}
