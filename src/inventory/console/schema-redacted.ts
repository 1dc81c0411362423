import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { applicationOf } from '../application.ts';
import type { ContainerFact } from '../contract.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Rows that are in memory at once. */
const atOnce = 500;

interface Row {
  readonly host: string;
  readonly id: string;
  readonly fact: ContainerFact;
}

/** Secrets in commands and labels of stored containers are redacted; what labels name is kept as far as it is none. */
export const redactedContainers: Migration = {
  async up(database) {
    for (let [host, id] = ['', '']; ; ) {
      const { rows } = await sql<Row>`select host, id, fact from inventory.container where (host, id) > (${host}, ${id})
        order by host, id limit ${atOnce}`.execute(database);
      for (const row of rows) {
        const fact = withoutSecrets(row.fact);
        if (JSON.stringify(fact) === JSON.stringify(row.fact)) continue;
        const [before, application] = [applicationOf(row.fact.labels)?.name ?? '', applicationOf(fact.labels)?.name];
        await sql`update inventory.container set fact = ${JSON.stringify(fact)}, labels = ${JSON.stringify(fact.labels)},
            application = ${application ?? null},
            search = case when ${before} = ${application ?? ''} then search else replace(search, lower(${before}), '') end
          where host = ${row.host} and id = ${row.id}`.execute(database);
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      ({ host, id } = last);
    }
  },
};
