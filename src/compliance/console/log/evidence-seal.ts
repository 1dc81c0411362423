import type { KeyObject } from 'node:crypto';
import type { SignedHandOver } from '../../log/index.ts';
import { openEvidenceKey, readPublicKeys } from './evidence-key.ts';
import { installationOf, readNewestHead, type SealDependencies, sealNow } from './seal-log.ts';

/** What signs evidence that leaves the console, and whose it is. */
export interface EvidenceSeal {
  readonly installation: string;
  /** Public keys by which heads were signed, PEM; the last one signs now. */
  readonly keys: readonly string[];
  readonly key: KeyObject;
  /** How each key gave over to the next one. */
  readonly handOvers: readonly SignedHandOver[];
}

/** Seals all that is written down by now, and opens the key. Throws `AppError` `master-key-wrong`. */
export async function sealEvidence(dependencies: SealDependencies): Promise<EvidenceSeal> {
  await sealNow(dependencies);
  const { store, clock, masterKey } = dependencies;
  return await store.transaction(async (transaction) => {
    await transaction.lock('compliance evidence log');
    const { key, fingerprint } = await openEvidenceKey(transaction, masterKey(), clock());
    const keys = await readPublicKeys(transaction, masterKey());
    const before = keys.filter((one) => one.fingerprint !== fingerprint).map(({ pem }) => pem);
    const own = keys.filter((one) => one.fingerprint === fingerprint).map(({ pem }) => pem);
    const newest = await readNewestHead(transaction);
    return {
      installation: newest?.installation ?? (await installationOf(transaction)),
      keys: [...before.toReversed(), ...own],
      key,
      handOvers: keys.flatMap(({ handOver }) => handOver ?? []),
    };
  });
}
