import { type RawBuilder, sql } from 'kysely';

/** Tables of what agents reported. */
type Reported = 'image' | 'container' | 'other_subject' | 'used_file';

/**
 * A condition on rows of this table: the agent whose certificate reports for the host now reported them itself. Whatever
 * gives possession or placement asks for it; an agent that took the place of another holds nothing that it did not report.
 */
export function reportedNow(table: Reported, alias: string = table): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from inventory.host as speaker
    where speaker.name = ${sql.ref(`${alias}.host`)} and speaker.agent = ${sql.ref(`${alias}.reported_by`)})`;
}
