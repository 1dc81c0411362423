import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { publisherKey } from '../publisher-key.ts';
import { readSubject } from './scans.ts';
import { catalogSchema } from './schema.ts';

/** Images whose counting scans are all of these publishers. */
export interface DependentImages {
  readonly count: number;
  /** The first of them. */
  readonly images: readonly { readonly subject: SubjectId; readonly name: string }[];
}

const mostNamed = 20;

/** Images that have no counting scan any more, in one environment at least, once none of these tokens counts. */
export async function dependentImages(queries: Queries, tokens: readonly string[]): Promise<DependentImages> {
  const keys = tokens.map((id) => publisherKey({ kind: 'token', id }));
  const { rows } = await sql<{ subject: SubjectId }>`
    select distinct subject from (
      select counting_scan.subject, environment from catalog.counting_scan
        join catalog.scan on scan.id = counting_scan.scan
      where environment <> '+'
      group by counting_scan.subject, environment
      having bool_and(witness_key = any(${keys}::text[]))
    ) as dependents order by subject`.execute(queries.query(catalogSchema));
  const images = [];
  for (const { subject } of rows.slice(0, mostNamed)) {
    const document = (await readSubject(queries, subject))?.document;
    const name = document?.kind === 'image' ? document.names[0] : document?.name;
    images.push({ subject, name: name ?? subject });
  }
  return { count: rows.length, images };
}
