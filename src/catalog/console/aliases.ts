import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { proofOf } from '../proof-of.ts';
import type { Candidate } from './candidates.ts';
import type { CountingRow } from './counting-row.ts';
import type { PublisherFacts } from './publishers.ts';
import { catalogSchema } from './schema.ts';

/** What decides under which other digests an image is known. */
export interface AliasContext {
  readonly subject: SubjectId;
  readonly candidates: readonly Candidate[];
  readonly counting: readonly CountingRow[];
  readonly facts: PublisherFacts;
}

/** Where the console itself read the manifest, an alias is believed in every environment. */
export const everywhere = '*';

/**
 * Keeps the digests of manifests and indexes under which an image may be asked for: those that this console read in a
 * trusted registry or pulled, those by which a host holds the image now, in the environments where it does, and those of
 * a scan that was carried over, where it counts. What tokens and people say of manifests is not among them.
 */
export async function saveAliases(transaction: Transaction, context: AliasContext): Promise<void> {
  const { subject, facts } = context;
  const read = facts.origins.flatMap(({ manifest, index }) => [manifest, ...(index === undefined ? [] : [index])]);
  const rows = [
    ...read.map((digest) => ({ digest, environment: everywhere })),
    ...context.candidates.flatMap((one) =>
      whereBelieved(one, context).flatMap((environment) => one.aliases.map((digest) => ({ digest, environment }))),
    ),
  ];
  const now = new Map(rows.slice(0, mostAliases).map((row): [string, Row] => [keyOf(row), { ...row, subject }]));
  const database = transaction.query(catalogSchema);
  const known = await database
    .selectFrom('alias')
    .select(['digest', 'environment'])
    .where('subject', '=', subject)
    .execute();
  const before = new Set(known.map(({ digest, environment }) => keyOf({ digest, environment })));
  for (const { digest, environment } of known) {
    if (now.has(keyOf({ digest, environment }))) continue;
    await database
      .deleteFrom('alias')
      .where('subject', '=', subject)
      .where('digest', '=', digest)
      .where('environment', '=', environment)
      .execute();
  }
  const added = [...now].filter(([key]) => !before.has(key)).map(([, row]) => row);
  if (added.length > 0)
    await database
      .insertInto('alias')
      .values(added)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

function keyOf({ digest, environment }: Omit<Row, 'subject'>): string {
  return `${digest} ${environment}`;
}

interface Row {
  readonly digest: string;
  readonly subject: SubjectId;
  readonly environment: string;
}

/** Manifests of one image that are kept; an image that many registries hold has a few dozens. */
const mostAliases = 1000;

/** Environments in which the aliases that a scan names are believed. */
function whereBelieved({ scan, publisher }: Candidate, { counting, facts }: AliasContext): readonly string[] {
  const carried = counting.filter((row) => row.scan === scan && row.why === 'carried');
  if (carried.length > 0) return carried.map(({ environment }) => environment);
  switch (publisher.kind) {
    case 'console':
      return [everywhere];
    case 'agent':
      return facts.environments.filter((environment) => proofOf(publisher, environment, facts) === 'held');
    case 'token':
    case 'user':
      return [];
  }
}
