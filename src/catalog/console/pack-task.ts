import { type BodyInput, parseSent, task } from '#http/console/tasks.ts';
import { type PackedPublication, packPublication } from './pack-publication.ts';
import { readPublication } from './read-publication.ts';

/** Parses, checks and packs the body of `publishScan`. */
export const packTask = task<BodyInput, PackedPublication>('pack-publication', async ({ sent }) =>
  packPublication(readPublication(parseSent(sent))),
);

/** The same for the body of an agent's fact `scan`. */
export async function packFact(body: unknown): Promise<PackedPublication> {
  return await packPublication(readPublication(body));
}
