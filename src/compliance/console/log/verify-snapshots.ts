import type { Selectable } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { LogRow } from '../../log/index.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';

type Snapshot = Selectable<ComplianceTables['log_snapshot']>;
type BatchHead = Pick<Selectable<ComplianceTables['log_head']>, 'batch' | 'first' | 'count'>;

/** Compares stored snapshots with what the rows of the log give. */
export interface SnapshotCheck {
  /** Takes the rows of the next batch. Gives whether the snapshot at its end, if there is one, is exactly what rows give. */
  batch(head: BatchHead, rows: readonly LogRow[]): Promise<boolean>;
  /** Batches of which there is a snapshot and no head. */
  end(): readonly number[];
}

/** What it keeps is bounded by the subjects that stand and those that ended since the last snapshot. */
export async function openSnapshotCheck(queries: Queries): Promise<SnapshotCheck> {
  const database = queries.query(complianceSchema);
  const stored = await database.selectFrom('log_snapshot').select('batch').orderBy('batch').execute();
  const awaited = new Set(stored.map(({ batch }) => batch));
  const standing = followStanding();
  return {
    batch: async (head, rows) => {
      standing.take(head, rows);
      if (!awaited.delete(head.batch)) return true;
      const snapshot = await database
        .selectFrom('log_snapshot')
        .selectAll()
        .where('batch', '=', head.batch)
        .executeTakeFirst();
      const isSame = standing.comparison(head);
      return snapshot === undefined || isSame(snapshot);
    },
    end: () => [...awaited],
  };
}

interface NewestRow {
  readonly position: number;
  readonly sequence: number;
  readonly receivedAt: number;
  readonly hasEnded: boolean;
}

/** Which row is the newest of each subject, as rows are read. */
function followStanding() {
  const newest = new Map<string, NewestRow>();
  let [until, kept] = [0, Number.POSITIVE_INFINITY];
  return {
    take: ({ first }: BatchHead, rows: readonly LogRow[]): void => {
      for (const [at, { sequence, status, change, ...row }] of rows.entries()) {
        kept = Math.min(kept, first);
        if (status === undefined && change === 'changed') continue;
        const receivedAt = Date.parse(row.receivedAt);
        until = Math.max(until, receivedAt, Date.parse(row.observedAt));
        const subject = JSON.stringify([row.source, row.host, row.kind, row.id]);
        if ((newest.get(subject)?.sequence ?? 0) < sequence)
          newest.set(subject, { position: first + at, sequence, receivedAt, hasEnded: change === 'ended' });
      }
    },
    /** Rows that were forgotten cannot be compared. A later `until` makes a snapshot serve fewer moments, and no other answer. */
    comparison: ({ first, count }: BatchHead): ((snapshot: Snapshot) => boolean) => {
      for (const [subject, { hasEnded }] of newest) if (hasEnded) newest.delete(subject);
      const wanted = [...newest.values()]
        .toSorted((left, right) => left.position - right.position)
        .map(({ position, receivedAt }) => `${position} ${receivedAt}`);
      return (snapshot) => {
        const found = snapshot.positions.flatMap((position, at) =>
          Number(position) < kept ? [] : [`${position} ${snapshot.received[at]?.getTime()}`],
        );
        return (
          snapshot.position === first + count &&
          snapshot.until.getTime() >= until &&
          found.length === wanted.length &&
          found.every((one, at) => one === wanted[at])
        );
      };
    },
  };
}
