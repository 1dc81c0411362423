import { type Log, messageOf } from '#base/index.ts';
import { renew } from '../contract.ts';
import type { Channel } from './channel.ts';
import { renewalTime, saveIdentity } from './identity.ts';

export interface RenewalOptions {
  readonly channel: Channel;
  readonly stateFolder: string;
  readonly now: () => Date;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Milliseconds after a failed renewal until the next. */
const retry = 60_000;

/** Gives what asks for a new certificate when two thirds of the life of the one in use are over; call it now and then. */
export function renewalOf({ channel, stateFolder, now, log, signal }: RenewalOptions): () => Promise<void> {
  let notBefore = 0;
  return async () => {
    const identity = channel.identity();
    const time = now().getTime();
    if (time < Date.parse(identity.renewAfter) || time < notBefore) return;
    notBefore = time + retry;
    try {
      const { makeRequest, newKeyPair, privateKeyText } = await import('../certificates.ts');
      const keys = await newKeyPair();
      const reply = await channel.call(renew, { body: { csr: await makeRequest(keys) } }, signal);
      const { certificate, authority, expiresAt } = reply;
      const renewAfter = renewalTime(now(), expiresAt);
      const next = { ...identity, key: privateKeyText(keys), certificate, authority, renewAfter, expiresAt };
      await saveIdentity(stateFolder, next);
      channel.use(next);
      log.info({ expiresAt }, 'The certificate was renewed.');
    } catch (error) {
      log.warn({ error: messageOf(error), expiresAt: identity.expiresAt }, 'The certificate could not be renewed yet.');
    }
  };
}
