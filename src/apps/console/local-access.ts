import { randomBytes } from 'node:crypto';
import { type Access, accessSchema, createAccess } from '#access/console/index.ts';
import { AppError, type Environment, silentLog, systemClock } from '#base/index.ts';
import { linkSchema, readHeldHeads, readMasterKey } from '#link/console/index.ts';
import { openStore, type Store, type StorePlace } from '#store/index.ts';
import { masterKeyFile } from './config.ts';
import { runningConsole } from './instance.ts';

export interface LocalPlace {
  readonly stateFolder: string;
  readonly env: Environment;
}

/** Lets who may read the console's state folder make links and tokens, straight in its database. Throws `console-not-running`. */
export async function withLocalAccess<Value>(
  place: LocalPlace,
  work: (access: Access, url: string, store: Store) => Promise<Value>,
): Promise<Value> {
  const running = runningConsole(place.stateFolder);
  if (running === undefined)
    throw new AppError('console-not-running', 'No console runs on this machine for this user.');
  const schemas = [accessSchema, linkSchema];
  const store = await openStore({ place: storePlace(place), schemas, log: silentLog, masterKey: masterKeyOf(place) });
  try {
    const heldHeads = () => readHeldHeads(store);
    const parts = { store, clock: systemClock, log: silentLog, random: randomBytes, heldHeads };
    return await work(createAccess(parts), running.url, store);
  } finally {
    await store.close();
  }
}

/** The key of the console of this folder, which never is made here. */
export function masterKeyOf({ stateFolder, env }: LocalPlace): () => Buffer {
  return () => readMasterKey(masterKeyFile(env, stateFolder));
}

export function storePlace({ stateFolder, env }: LocalPlace): StorePlace {
  const url = env['SEAWALL_DATABASE_URL'];
  return url === undefined || url === '' ? { kind: 'running', folder: stateFolder } : { kind: 'url', url };
}
