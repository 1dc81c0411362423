import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { type Releases, releases } from '../releases.ts';
import { countingOutdated } from './facts.ts';
import { publisherKey } from '../publisher-key.ts';
import { catalogSchema } from './schema.ts';

/** Asks to choose anew for everything that a publisher scanned: it may be worth less or more than before. */
export async function chooseForPublisher(
  store: Store,
  publisher: { readonly kind: 'agent' | 'token'; readonly id: string },
): Promise<void> {
  await announceFor(store, async (transaction) => {
    const { rows } = await sql<{ subject: SubjectId }>`
      select distinct subject from catalog.scan where witness_key = ${publisherKey(publisher)}`.execute(
      transaction.query(catalogSchema),
    );
    return rows;
  });
}

/** Asks to choose anew for every image that a token published, after other registries are trusted. */
export async function chooseForTokens(store: Store): Promise<void> {
  await announceFor(store, async (transaction) => {
    const { rows } = await sql<{ subject: SubjectId }>`
      select distinct subject from catalog.scan where witness_key like 'token %'`.execute(
      transaction.query(catalogSchema),
    );
    return rows;
  });
}

/** After an upgrade of the console: what was current may be older now. Does nothing while the release is the same. */
export async function chooseForRelease(store: Store, of: Releases = releases): Promise<void> {
  const now = createHash('sha256').update(JSON.stringify(of)).digest('base64url');
  await announceFor(store, async (transaction) => {
    await transaction.lock('catalog release');
    const database = transaction.query(catalogSchema);
    const before = await database.selectFrom('chosen_by').select('releases').executeTakeFirst();
    if (before?.releases === now) return [];
    await database.deleteFrom('chosen_by').execute();
    await database.insertInto('chosen_by').values({ releases: now }).execute();
    return await allSubjects(transaction);
  });
}

async function allSubjects(queries: Queries): Promise<readonly { readonly subject: SubjectId }[]> {
  return await queries.query(catalogSchema).selectFrom('subject').select('id as subject').orderBy('id').execute();
}

async function announceFor(
  store: Store,
  read: (transaction: Transaction) => Promise<readonly { readonly subject: SubjectId }[]>,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.announceAll(countingOutdated, await read(transaction));
  });
}
