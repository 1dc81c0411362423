import { AppError } from '#base/index.ts';
import type { HandlerContext, Principal } from '#http/console/index.ts';
import { type Author, authorOf } from './audit.ts';

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
