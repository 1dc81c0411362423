import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { proofOf } from '../proof-of.ts';
import type { Candidate } from './candidates.ts';
import type { CountingRow } from './counting.ts';
import type { PublisherFacts } from './publishers.ts';
import { catalogSchema } from './schema.ts';

/** What decides under which other digests an image is known. */
export interface AliasGround {
  readonly subject: SubjectId;
  readonly candidates: readonly Candidate[];
  readonly counting: readonly CountingRow[];
  readonly facts: PublisherFacts;
}

/**
 * Keeps the digests of manifests and indexes under which an image may be asked for: those that this console read in a
 * trusted registry or pulled, those by which a host holds the image now, and those of a scan that was carried over. What
 * tokens and people say of manifests is not among them.
 */
export async function saveAliases(transaction: Transaction, ground: AliasGround): Promise<void> {
  const { subject, facts } = ground;
  const read = facts.origins.flatMap(({ manifest, index }) => [manifest, ...(index === undefined ? [] : [index])]);
  const told = ground.candidates.filter((one) => isBelieved(one, ground)).flatMap(({ aliases }) => aliases);
  const now = [...new Set([...read, ...told])].slice(0, mostAliases);
  const database = transaction.query(catalogSchema);
  const known = await database.selectFrom('alias').select('digest').where('subject', '=', subject).execute();
  const before = known.map(({ digest }) => digest);
  const gone = before.filter((digest) => !now.includes(digest));
  if (gone.length > 0)
    await database.deleteFrom('alias').where('subject', '=', subject).where('digest', 'in', gone).execute();
  const added = now.filter((digest) => !before.includes(digest)).map((digest) => ({ digest, subject }));
  if (added.length > 0)
    await database
      .insertInto('alias')
      .values(added)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** Manifests of one image that are kept; an image that many registries hold has a few dozens. */
const mostAliases = 1000;

function isBelieved({ scan, publisher }: Candidate, { counting, facts }: AliasGround): boolean {
  if (counting.some((row) => row.scan === scan && row.why === 'carried')) return true;
  if (publisher.kind !== 'console' && publisher.kind !== 'agent') return false;
  const environments = ['+', ...facts.environments];
  return environments.some((environment) => proofOf(publisher, environment, facts) !== 'recorded');
}
