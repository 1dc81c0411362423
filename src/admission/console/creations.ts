import type { Queries } from '#store/index.ts';
import { sql } from 'kysely';
import type { Decision } from '../contract.ts';
import { admissionSchema } from './schema.ts';

/** Who had containers made on a host, as its gate at the engine was asked. */
export interface Creations {
  /** Requests to make a container that were let through. */
  readonly all: number;
  /** Those of nobody known, by what they asked for. */
  readonly unnamed: readonly string[];
}

/** Decisions that one look goes through. */
const mostDecisions = 5000;

/** Of these hosts since a moment, by their names; those where nothing was made are missing. */
export async function readCreations(
  queries: Queries,
  { hosts, since }: { readonly hosts: readonly string[]; readonly since: Date },
): Promise<ReadonlyMap<string, Creations>> {
  const rows = await queries
    .query(admissionSchema)
    .selectFrom('decision')
    .select(['host', 'decision'])
    .where('time', '>=', since)
    .where('gate', '=', 'docker-authorization' satisfies Decision['gate'])
    .where('answer', '=', 'allow')
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .orderBy('time', 'desc')
    .limit(mostDecisions)
    .execute();
  const made = rows.filter(({ decision }) => decision.action === 'create');
  return new Map(
    [...Map.groupBy(made, ({ host }) => host)].map(([host, own]) => [
      host,
      {
        all: own.length,
        unnamed: [...new Set(own.flatMap(({ decision }) => (isNamed(decision) ? [] : decision.subject)))],
      },
    ]),
  );
}

/** A number of an account is what a bare socket tells; a name is what a certificate proves. */
function isNamed({ principal }: Decision): boolean {
  return principal !== undefined && !/^uid \d+$/.test(principal);
}
