import type { LogHead, LogRow } from './log.ts';

/**
 * A row as the log hashes it: one line of JSON, members in a fixed order, without those that it lacks. Equal rows have
 * equal texts on every machine.
 */
export function rowText(row: LogRow): string {
  return JSON.stringify({
    sequence: row.sequence,
    observedAt: row.observedAt,
    receivedAt: row.receivedAt,
    source: row.source,
    host: row.host,
    kind: row.kind,
    id: row.id,
    name: row.name,
    application: row.application,
    environment: row.environment,
    change: row.change,
    check: row.check,
    from: row.from,
    to: row.to,
    status: row.status,
    checks: row.checks,
    facts: row.facts,
    silent: row.silent,
    before: row.before,
  });
}

/** A head as it is hashed and signed, in the same form. */
export function headText(head: LogHead): string {
  return JSON.stringify({
    installation: head.installation,
    batch: head.batch,
    first: head.first,
    count: head.count,
    root: head.root,
    previous: head.previous,
    at: head.at,
  });
}
