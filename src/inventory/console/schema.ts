import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { SubjectId } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { HostReport } from '../contract.ts';

export interface InventoryTables {
  /** The newest report of each host. */
  readonly host: {
    readonly name: string;
    readonly report: ColumnType<HostReport, string, string>;
    readonly seen_at: Date;
  };
  /** Which host holds which subject, taken out of the report to be found from both sides. */
  readonly presence: {
    readonly host: string;
    readonly subject: SubjectId;
    readonly names: readonly string[];
  };
}

const firstTables: Migration = {
  async up(database) {
    await sql`
      create table inventory.host (
        name text primary key,
        report json not null,
        seen_at timestamptz not null
      )`.execute(database);
    await sql`
      create table inventory.presence (
        host text not null references inventory.host (name) on delete cascade,
        subject text not null,
        names text[] not null,
        primary key (subject, host)
      )`.execute(database);
    await sql`create index presence_of_host on inventory.presence (host)`.execute(database);
  },
};

export const inventorySchema: DomainSchema<InventoryTables> = {
  name: 'inventory',
  migrations: { '0001-hosts': firstTables },
};
