import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What one publisher sent on one day. */
export interface PublishedTable {
  readonly publisher: string;
  readonly day: string;
  readonly publications: number;
  readonly new_images: number;
}

/** Counted apart from scans, of which the oldest are forgotten. */
export const publishedTable: Migration = {
  async up(database) {
    await sql`create table catalog.published (
      publisher text not null,
      day date not null,
      publications integer not null,
      new_images integer not null,
      primary key (publisher, day)
    )`.execute(database);
  },
};
