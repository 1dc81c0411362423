import { readHostState } from '#inventory/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import type { PackedPublication } from './pack-publication.ts';
import { type PublishOptions, storePacked } from './publish.ts';
import type { Witness } from './witness.ts';

/**
 * Stores what an agent scanned, as `packFact` made it of the fact; its witness is the agent, in the environment where its host stands now. Subjects are
 * taken in one order, because each is locked until all of the agent's facts are stored.
 */
export function receiveScans(options: Omit<PublishOptions, 'store'>): FactHandler {
  return async (transaction, agent, facts) => {
    const host = await readHostState(transaction, agent.name);
    const environment = host === undefined ? agent.environment : host.environment;
    const { id, name } = agent;
    const witness: Witness = { kind: 'agent', id, name, ...(environment === undefined ? {} : { environment }) };
    const ordered = facts
      .map(({ body }) => body as PackedPublication)
      .toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
    for (const packed of ordered) await storePacked(transaction, { packed, witness }, options);
  };
}
