import { accessSchema, audit, theConsole } from '#access/console/index.ts';
import { AppError, silentLog, systemClock } from '#base/index.ts';
import { complianceSchema, rotateEvidenceKey } from '#compliance/console/index.ts';
import { openStore } from '#store/index.ts';
import type { Terminal } from '../cli/command.ts';
import { runningConsole } from './instance.ts';
import { type LocalPlace, masterKeyOf, storePlace } from './local-access.ts';

/** Gives the evidence log of the console that runs here another key. Throws `console-not-running`, `master-key-wrong`. */
export async function rotateKey(place: LocalPlace & { readonly terminal: Terminal }): Promise<void> {
  const { stateFolder, terminal } = place;
  if (runningConsole(stateFolder) === undefined)
    throw new AppError('console-not-running', 'No console runs on this machine for this user.');
  const masterKey = masterKeyOf(place);
  const schemas = [accessSchema, complianceSchema];
  const store = await openStore({ place: storePlace(place), schemas, log: silentLog, masterKey });
  try {
    const { from, to } = await store.transaction(async (transaction) => {
      const rotated = await rotateEvidenceKey(transaction, masterKey(), systemClock());
      await audit(transaction, {
        ...theConsole,
        action: 'evidence-key-rotated',
        target: { kind: 'evidence-key', id: rotated.to },
        detail: { from: rotated.from },
      });
      return rotated;
    });
    terminal.out(`${to}\n`);
    terminal.err(`It signs from now on, and ${from} signs nothing any more.\nTell auditors the new fingerprint.\n`);
  } finally {
    await store.close();
  }
}
