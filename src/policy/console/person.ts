import type { Principal } from '#http/console/index.ts';

/** Tells the name of the person who made a token; `undefined` when that is not known. */
export type OwnerOf = (token: string) => Promise<string | undefined>;

/** The person behind a caller: himself, or whoever made the token. */
export async function personBehind(principal: Principal, ownerOf: OwnerOf): Promise<string | undefined> {
  switch (principal.kind) {
    case 'user':
      return principal.name;
    case 'token':
      return await ownerOf(principal.id);
    case 'agent':
      return undefined;
    default:
      return principal.kind satisfies never;
  }
}
