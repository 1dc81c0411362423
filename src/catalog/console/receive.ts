import { AppError } from '#base/index.ts';
import { readHostState } from '#inventory/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import { ScanPublication } from '../contract.ts';
import { packPublication, type PublishOptions, storePacked } from './publish.ts';
import type { Witness } from './witness.ts';

/**
 * Stores what an agent scanned; its witness is the agent, in the environment where its host stands now. Subjects are
 * taken in one order, because each is locked until all of the agent's facts are stored.
 */
export function receiveScans(options: Omit<PublishOptions, 'store'>): FactHandler {
  return async (transaction, agent, facts) => {
    const publications = await Promise.all(facts.map(async ({ body }) => await packPublication(read(body))));
    const host = await readHostState(transaction, agent.name);
    const environment = host === undefined ? agent.environment : host.environment;
    const { id, name } = agent;
    const witness: Witness = { kind: 'agent', id, name, ...(environment === undefined ? {} : { environment }) };
    const ordered = publications.toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
    for (const packed of ordered) await storePacked(transaction, { packed, witness }, options);
  };
}

function read(body: unknown): ScanPublication {
  const parsed = ScanPublication.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('bad-request', `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}
