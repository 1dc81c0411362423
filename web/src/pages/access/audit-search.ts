import { countOf, textOf } from '../../app/search-text.ts';

/** What the address of the audit trail holds: what is looked for, and the entry to go on from. */
export interface AuditSearch {
  readonly search?: string | undefined;
  /** Name or id of who did it. */
  readonly actor?: string | undefined;
  /** First and last day, in the reader's time zone: `2026-11-18`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly before?: number | undefined;
}

export function parseAuditSearch(raw: Readonly<Record<string, unknown>>): AuditSearch {
  return {
    search: textOf(raw['search']),
    actor: textOf(raw['actor']),
    from: dayOf(raw['from']),
    to: dayOf(raw['to']),
    before: countOf(raw['before']),
  };
}

/** The question to the console: days become moments of the reader's zone, the last day is included. */
export function auditQuery({ from, to, ...others }: AuditSearch) {
  return {
    ...others,
    ...(from === undefined ? {} : { since: startOf(from, 0) }),
    ...(to === undefined ? {} : { until: startOf(to, 1) }),
  };
}

function dayOf(value: unknown): string | undefined {
  const text = textOf(value, 10);
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
