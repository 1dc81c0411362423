import { AppError } from '#base/index.ts';
import { readHostState } from '#inventory/console/index.ts';
import type { FactHandler, ReportingAgent } from '#link/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { z } from 'zod';
import { SameScan } from '../contract.ts';
import type { PackedPublication } from './pack-publication.ts';
import { type PublishOptions, storePacked, storeScan } from './publish.ts';
import type { Publisher } from './publisher.ts';
import { scanLike } from './same-scan.ts';

/**
 * Stores what an agent scanned, as `packFact` made it of the fact; its publisher is the agent, in the environment where its host stands now. Subjects are
 * taken in one order, because each is locked until all of the agent's facts are stored.
 */
export function receiveScans(options: Omit<PublishOptions, 'store'>): FactHandler {
  return async (transaction, agent, facts) => {
    const publisher = await publisherOf(transaction, agent);
    const ordered = facts
      .map(({ body }) => body as PackedPublication)
      .toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
    for (const packed of ordered) await storePacked(transaction, { packed, publisher }, options);
  };
}

/** Fact `scan-same`: an agent found just what another scan of the subject found, so that it sends no document. */
export function receiveSameScans(options: Omit<PublishOptions, 'store'>): FactHandler {
  return async (transaction, agent, facts) => {
    const publisher = await publisherOf(transaction, agent);
    const bodies = facts.map(({ body }) => read(SameScan, body));
    for (const body of bodies.toSorted((left, right) => (left.subject < right.subject ? -1 : 1)))
      await storeSame(transaction, { body, publisher }, options);
  };
}

async function storeSame(
  transaction: Transaction,
  { body, publisher }: { readonly body: SameScan; readonly publisher: Publisher },
  options: Omit<PublishOptions, 'store'>,
): Promise<void> {
  await transaction.lock(body.subject);
  const like = await scanLike(transaction, body);
  if (like === undefined)
    throw new AppError('bad-request', `No scan of ${body.subject} is stored that found ${body.digest}.`, {
      next: 'The agent scans it again and sends the whole document.',
    });
  await storeScan(transaction, { ...like, publisher }, options);
}

async function publisherOf(queries: Queries, { id, name, ...agent }: ReportingAgent): Promise<Publisher> {
  const host = await readHostState(queries, name);
  const environment = host === undefined ? agent.environment : host.environment;
  return { kind: 'agent', id, name, ...(environment === undefined ? {} : { environment }) };
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('bad-request', `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}
