import { AppError, type Clock } from '#base/index.ts';
import { type Author, authorOf, readCollections } from '#access/console/index.ts';
import type { HandlerContext, Principal } from '#http/console/index.ts';
import type { Queries, Store } from '#store/index.ts';

/** What the routes of people work with. */
export interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Who changes something. */
export interface Writer {
  readonly principal: Principal;
  readonly author: Author;
}

export function writerOf({ principal, request }: Pick<HandlerContext, 'principal' | 'request'>): Writer {
  if (principal === undefined) throw new AppError('not-signed-in', 'Nobody is signed in.');
  return { principal, author: authorOf(principal, request) };
}

/** Throws `bad-request` when one of the named collections does not exist. */
export async function checkCollections(queries: Queries, named: readonly string[] | undefined): Promise<void> {
  if (named === undefined) return;
  if (named.length === 0) throw new AppError('bad-request', 'collections: an empty list would hold nothing.');
  const known = new Set((await readCollections(queries)).map(({ id }) => id));
  const missing = named.find((id) => !known.has(id));
  if (missing !== undefined) throw new AppError('bad-request', `collections: there is no collection ${missing}.`);
}

/** Throws `not-allowed` when the caller sees only a part and the scope goes beyond it. */
export function checkScope({ name, collections: own }: Principal, scope: readonly string[] | undefined): void {
  if (own === undefined || scope?.every((id) => own.includes(id)) === true) return;
  throw new AppError('not-allowed', `${name} sees only the collections ${own.join(', ')}, and this goes beyond them.`);
}
