import { expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { reportEvidenceLog } from './log-incidents.ts';
import { runtimeSchema } from './schema.ts';

const at = new Date('2026-11-30T12:00:00Z');

test('an evidence log that does not verify is one incident, which a person may close', async () => {
  const store = await createTestStore([
    accessSchema,
    linkSchema,
    inventorySchema,
    catalogSchema,
    complianceSchema,
    runtimeSchema,
  ]);
  try {
    const found = async (reason: string | null, minutes: number) => {
      const row = {
        state: reason === null ? 'intact' : 'broken',
        reason,
        at: new Date(at.getTime() + minutes),
      } as const;
      await store.query(complianceSchema).deleteFrom('log_verified').execute();
      await store.query(complianceSchema).insertInto('log_verified').values(row).execute();
      await reportEvidenceLog({ store, clock: () => at, bucketSeconds: 3600 });
      return await store
        .query(runtimeSchema)
        .selectFrom('incident')
        .select(['title', 'state', 'detections', 'host', 'severity'])
        .orderBy('id')
        .execute();
    };
    await reportEvidenceLog({ store, clock: () => at, bucketSeconds: 3600 });
    expect(await found(null, 0)).toEqual([]);
    const open = { state: 'open', host: '-', severity: 'critical', title: expect.stringContaining('does not verify') };
    expect(await found('Batch 1: a row is missing.', 1)).toMatchObject([{ ...open, detections: 1 }]);
    expect(await found('Batch 1: a row is missing.', 1)).toMatchObject([{ ...open, detections: 1 }]);
    expect(await found('Batch 2: a row is missing.', 2)).toMatchObject([{ ...open, detections: 2 }]);
    expect(await found(null, 3)).toMatchObject([{ state: 'closed' }]);
    expect(await found('Batch 2: a row is missing.', 4)).toMatchObject([
      { state: 'closed' },
      { ...open, detections: 1 },
    ]);
  } finally {
    await store.close();
  }
});
