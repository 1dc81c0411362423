import type { Dependencies } from '../dependencies.ts';
import { accessSchema } from '../schema.ts';
import { openGrant } from './confirm-session.ts';

/** Where the browser signs out of the provider, too; ask before the session is closed. */
export async function signOutAddress(dependencies: Dependencies, session: string): Promise<string | undefined> {
  const { store, provider } = dependencies;
  if (provider === undefined) return undefined;
  const row = await store
    .query(accessSchema)
    .selectFrom('provider_session')
    .select('sealed_grant')
    .where('session_id', '=', session)
    .executeTakeFirst();
  return row === undefined ? undefined : await provider.leave(idTokenIn(dependencies, session, row.sealed_grant));
}

/** Without it, the provider asks the person whom to sign out. */
function idTokenIn(dependencies: Dependencies, session: string, sealed: Buffer): string | undefined {
  try {
    return openGrant(dependencies, session, sealed).idToken;
  } catch {
    return undefined;
  }
}
