import { AppError } from '#base/index.ts';
import type { HandlerContext, Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import { type Author, authorOf } from './audit.ts';
import { readCollections } from './collections.ts';

/** Who changes something, and how the trail names them. */
export interface Writer {
  readonly principal: Principal;
  readonly author: Author;
}

export function writerOf({ principal, request }: Pick<HandlerContext, 'principal' | 'request'>): Writer {
  if (principal === undefined) throw new AppError('not-signed-in', 'Nobody is signed in.');
  return { principal, author: authorOf(principal, request) };
}

/**
 * Throws `not-allowed` when the caller sees only a part and what they change holds beyond it. A scope is collections;
 * without one it holds for everything.
 */
export function checkScope({ name, collections: own }: Principal, scope: readonly string[] | undefined): void {
  if (own === undefined || scope?.every((id) => own.includes(id)) === true) return;
  throw new AppError('not-allowed', `${name} sees only the collections ${own.join(', ')}, and this goes beyond them.`);
}

/** Throws `bad-request` when one of the named collections does not exist. */
export async function checkCollections(queries: Queries, named: readonly string[] | undefined): Promise<void> {
  if (named === undefined) return;
  if (named.length === 0) throw new AppError('bad-request', 'collections: an empty list would hold nothing.');
  const known = new Set((await readCollections(queries)).map(({ id }) => id));
  const missing = named.find((id) => !known.has(id));
  if (missing !== undefined) throw new AppError('bad-request', `collections: there is no collection ${missing}.`);
}
