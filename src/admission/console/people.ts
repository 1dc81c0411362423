import { AppError } from '#base/index.ts';
import { type Author, authorOf } from '#access/console/index.ts';
import type { HandlerContext, Principal } from '#http/console/index.ts';

/** Who changes something. */
export interface Writer {
  readonly principal: Principal;
  readonly author: Author;
}

export function writerOf({ principal, request }: Pick<HandlerContext, 'principal' | 'request'>): Writer {
  if (principal === undefined) throw new AppError('not-signed-in', 'Nobody is signed in.');
  return { principal, author: authorOf(principal, request) };
}

/** Throws `not-allowed` to who sees only a part: what they change holds beyond it. */
export function checkWhole({ name, collections }: Principal): void {
  if (collections === undefined) return;
  throw new AppError(
    'not-allowed',
    `${name} sees only the collections ${collections.join(', ')}, and this goes beyond.`,
  );
}
