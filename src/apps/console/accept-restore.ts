import { acceptRestoredLog } from '#compliance/console/index.ts';
import { readHeldEvidenceHeads } from '#link/console/index.ts';
import { type LocalPlace, masterKeyOf, withLocalAccess } from './local-access.ts';

/** What is lost of each, as far as agents hold more than the console: the last one before the gap, and the last one held. */
export interface Acknowledged {
  readonly trail?: { readonly after: number; readonly through: number };
  readonly log?: { readonly after: number; readonly through: number };
}

/**
 * Acknowledges that the console of this machine goes on from an older copy of its data: in the audit trail and in the evidence
 * log. Throws `AppError`: `console-not-running`, `conflict` where neither differs from what agents hold.
 */
export async function acknowledgeRestore(place: LocalPlace, reason: string): Promise<Acknowledged> {
  return await withLocalAccess(place, async (access, _url, store) => {
    const held = await readHeldEvidenceHeads(store);
    const log = await acceptRestoredLog({ store, masterKey: masterKeyOf(place) }, held, reason);
    if (log !== undefined && (await access.verifyAudit()).state === 'intact') return { log };
    const trail = await access.acceptRestore(reason);
    return { trail, ...(log !== undefined && { log }) };
  });
}
