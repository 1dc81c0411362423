import { theConsole } from '#access/console/index.ts';
import type { ApiToken } from '#access/contract.ts';
import { allJoinTokens, confirmHeld } from '#link/console/index.ts';
import type { JoinToken } from '#link/contract.ts';
import { type LocalPlace, withLocalAccess } from './local-access.ts';

/** Tokens that are held since a restore, for who may read the console's state folder. */
export interface HeldTokens {
  list(): Promise<{ readonly tokens: readonly ApiToken[]; readonly joinTokens: readonly JoinToken[] }>;
  /** Those of the list, and no other. */
  confirm(): Promise<{ readonly tokens: number; readonly joinTokens: number }>;
}

/** Opens the store of the console that runs here. Throws `console-not-running`. */
export async function withHeldTokens<Value>(
  place: LocalPlace,
  work: (held: HeldTokens) => Promise<Value>,
): Promise<Value> {
  return await withLocalAccess(place, async (access, _url, store) => {
    let listed: Awaited<ReturnType<HeldTokens['list']>> = { tokens: [], joinTokens: [] };
    return await work({
      list: async () => {
        const joinTokens = (await allJoinTokens({ store })).filter(({ heldSince }) => heldSince !== undefined);
        listed = { tokens: await access.heldTokens(), joinTokens };
        return listed;
      },
      confirm: async () => ({
        tokens: await access.confirmTokens(listed.tokens.map(({ id }) => id)),
        joinTokens: await confirmHeld(
          { store },
          listed.joinTokens.map(({ id }) => id),
          theConsole,
        ),
      }),
    });
  });
}
