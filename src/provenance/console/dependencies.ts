import { AppError, type Clock } from '#base/index.ts';
import { type Author, authorOf } from '#access/console/index.ts';
import type { HandlerContext, Principal } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';

/** Ids of keys and bases. */
export type NamedTrust = Readonly<Record<'key' | 'base', ReadonlySet<string>>>;

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Key that seals passwords. */
  readonly masterKey: () => Buffer;
  /** What of other domains names a key or a base, in words: `policy "Prod"`. */
  readonly usedBy: (kind: 'key' | 'base', id: string) => Promise<readonly string[]>;
  /** Keys and bases that are named by what of other domains concerns the caller; missing: none are. */
  readonly namedFor?: (principal: Principal | undefined) => Promise<NamedTrust>;
}

/** Who changes something. */
export interface Writer {
  readonly name: string;
  readonly author: Author;
}

export function writerOf({ principal, request }: Pick<HandlerContext, 'principal' | 'request'>): Writer {
  if (principal === undefined) throw new AppError('not-signed-in', 'Nobody is signed in.');
  return { name: principal.name, author: authorOf(principal, request) };
}
