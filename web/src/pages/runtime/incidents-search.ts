import type { Outcome } from '#runtime/contract.ts';
import { keyOf, textOf, wordOf } from '../../app/search-text.ts';
import { parseTimeRange, type TimeRange } from '../../app/time-range.ts';

/** How grave an incident can be. */
export const incidentSeverities = ['critical', 'high', 'medium', 'low'] as const;
const states = ['open', 'acknowledged', 'closed'] as const;

/** Their words are fetched with the page. */
const outcomes: Readonly<Record<Outcome, true>> = { observed: true, refused: true, killed: true, stopped: true };

/** What the address of the list of incidents holds. */
export interface IncidentsSearch extends TimeRange {
  readonly search?: string | undefined;
  readonly state?: (typeof states)[number] | undefined;
  readonly container?: string | undefined;
  readonly image?: string | undefined;
  readonly severity?: (typeof incidentSeverities)[number] | undefined;
  readonly outcome?: Outcome | undefined;
}

export function parseIncidentsSearch(raw: Readonly<Record<string, unknown>>): IncidentsSearch {
  return {
    search: textOf(raw['search'], 256),
    state: wordOf(raw['state'], states),
    container: textOf(raw['container'], 64),
    image: textOf(raw['image'], 71),
    severity: wordOf(raw['severity'], incidentSeverities),
    outcome: keyOf(raw['outcome'], outcomes),
    ...parseTimeRange(raw),
  };
}
