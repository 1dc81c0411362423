import { describe, expect, it } from 'vitest';
import { auditQuery, parseAuditSearch } from './audit-search.ts';

describe('days of the audit trail', () => {
  it('are read as days alone', () => {
    expect(parseAuditSearch({ from: '2026-11-18', to: '2026-13-40', actor: 'mira' })).toMatchObject({
      from: '2026-11-18',
      to: undefined,
      actor: 'mira',
    });
  });

  it('begin and end in the zone of who reads, the last one included', () => {
    const { since, until } = auditQuery({ from: '2026-11-18', to: '2026-11-18' });
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(24 * 60 * 60_000);
    expect(new Date(since ?? '').getHours()).toBe(0);
  });
});
