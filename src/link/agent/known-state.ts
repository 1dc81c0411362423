import { isAppError } from '#base/index.ts';
import { getOwnAgent } from '../contract.ts';
import { openChannel } from './channel.ts';
import type { Identity } from './schema.ts';

/** Milliseconds. */
const patience = 8000;

/**
 * What its console says of an agent: `unknown` where a backup was restored that is older than the agent, `revoked` where
 * another replaced it, too.
 */
export type KnownState = 'known' | 'unknown' | 'revoked';

/** Answers nothing where the console says something else, or is silent. */
export async function askKnownState(identity: Identity): Promise<KnownState | undefined> {
  const channel = openChannel(identity);
  try {
    await channel.call(getOwnAgent, {}, AbortSignal.timeout(patience));
    return 'known';
  } catch (error) {
    const code = isAppError(error) ? error.code : undefined;
    return code === 'not-signed-in' ? 'unknown' : code === 'agent-revoked' ? 'revoked' : undefined;
  } finally {
    channel.close();
  }
}
