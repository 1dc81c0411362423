import type { Log } from '#base/index.ts';
import type { Address } from '../database.ts';
import { addressOfRunning, startEmbedded } from '../embedded/server.ts';
import type { StorePlace } from '../open.ts';

/** Reaches the database of a place, starting our own server where none runs, and leaves it as it was found. */
export async function withDatabase<Value>(
  place: StorePlace,
  log: Log,
  work: (address: Address) => Promise<Value>,
): Promise<Value> {
  if (place.kind === 'url') return await work({ connectionString: place.url });
  if (place.kind === 'running') return await work(await addressOfRunning(place.folder));
  const { folder, durability = 'safe', programs } = place;
  const server = await startEmbedded({ folder, durability, log, ...(programs && { programs }) });
  try {
    return await work(server.address);
  } finally {
    await server.stop();
  }
}
