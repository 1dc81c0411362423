import type { Selectable } from 'kysely';
import type { LogRow } from '../../log/index.ts';
import type { ComplianceTables } from '../schema.ts';

/** A transition as the log hashes it. Throws where its place is not known. */
export function toLogRow(row: Selectable<ComplianceTables['transition']>): LogRow {
  return {
    sequence: row.sequence,
    observedAt: row.observed_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    ...(row.source === 'answers' && { source: row.source }),
    host: row.host,
    kind: row.kind,
    id: row.id,
    name: row.name,
    ...(row.application !== null && { application: row.application }),
    ...(row.environment !== null && { environment: row.environment }),
    change: row.change,
    ...(row.check_id !== null && { check: row.check_id }),
    ...(row.from_state !== null && { from: row.from_state }),
    ...(row.to_state !== null && { to: row.to_state }),
    ...(row.status !== null && { status: row.status }),
    ...(row.checks !== null && { checks: row.checks }),
    ...(row.facts !== null && { facts: row.facts }),
    silent: row.silent,
    ...(row.before !== null && { before: row.before }),
  };
}
