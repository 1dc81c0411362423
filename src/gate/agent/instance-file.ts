import { join } from 'node:path';
import { writeSafely } from '#link/agent/index.ts';
import type { InstanceFile } from './schema.ts';

/**
 * Writes down where the runtime wrapper finds what belongs to an instance's engine: `FOLDER/instances/NAME.json`. It is
 * never removed: while the agent is away, the wrapper still goes by the instance's ledger.
 */
export async function writeInstanceFile(gateFolder: string, instance: Omit<InstanceFile, 'form'>): Promise<void> {
  const text = JSON.stringify({ form: 1, ...instance } satisfies InstanceFile, undefined, 2);
  await writeSafely(join(gateFolder, 'instances', `${instance.name}.json`), `${text}\n`);
}
