import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import { complianceSchema } from './schema.ts';

/** A time in which nobody knew how a host stood. */
export interface Silence {
  readonly host: string;
  readonly from: Date;
  /** Missing: it goes on. */
  readonly to?: Date;
}

/** Silences that one page shows. */
const mostSilences = 500;

/** Silences that one page asks for: those that began between two moments, of some hosts. */
interface AskedSilences {
  readonly since: Date;
  readonly until: Date;
  readonly isWanted: (host: string) => boolean;
}

/**
 * When hosts fell silent and were heard of again, by transitions; the newest first. What a host saw while it was silent is
 * observed before it was heard of again.
 */
export async function readSilences(
  queries: Queries,
  { since, until, isWanted }: AskedSilences,
): Promise<readonly Silence[]> {
  const { rows } = await sql<{ host: string; at: Date; kind: 'began' | 'ended' }>`
    select host, received_at as at, case when bool_or(to_state = 'not-assessed') then 'began' else 'ended' end as kind
    from compliance.transition
    where silent and change = 'changed' and kind = 'host' and received_at >= ${since}
    group by host, received_at order by host, received_at`.execute(queries.query(complianceSchema));
  const silences: Silence[] = [];
  for (const [host, own] of Map.groupBy(rows, (row) => row.host)) {
    if (!isWanted(host)) continue;
    let from: Date | undefined;
    for (const { at, kind } of own) {
      if (kind === 'began') from ??= at;
      else if (from !== undefined) {
        silences.push({ host, from, to: at });
        from = undefined;
      }
    }
    if (from !== undefined) silences.push({ host, from });
  }
  return silences
    .filter(({ from }) => from <= until)
    .toSorted((left, right) => right.from.getTime() - left.from.getTime())
    .slice(0, mostSilences);
}
