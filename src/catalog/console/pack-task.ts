import { AppError } from '#base/index.ts';
import { type BodyInput, parseSent, task } from '#http/console/tasks.ts';
import { type PackedPublication, packPublication } from './pack-publication.ts';
import { readPublication } from './read-publication.ts';

/** Parses, checks and packs the body of `publishScan`. */
export const packTask = task<BodyInput, PackedPublication>('pack-publication', async ({ sent, principal }) => {
  if (principal === undefined) throw new AppError('not-signed-in', 'A scan needs a publisher.');
  return await packPublication(readPublication(parseSent(sent)), principal);
});

/** The same for the body of an agent's fact `scan`. */
export async function packFact(body: unknown): Promise<PackedPublication> {
  return await packPublication(readPublication(body), { kind: 'agent' });
}
