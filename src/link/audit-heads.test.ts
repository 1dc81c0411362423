import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audit, readAuditHead, theConsole } from '#access/console/index.ts';
import type { AuditHead } from '#access/contract.ts';
import { silentLog } from '#base/index.ts';
import { openAuditHeads } from './agent/audit-heads.ts';
import { joinConsole, openLink } from './agent/index.ts';
import { heldHeadsLimit } from './contract.ts';
import { readHeldEvidenceHeads, readHeldHeads } from './console/index.ts';
import { introductionOf, startTestLink, type TestLink } from './console/testing.ts';

const hour = 60 * 60_000;
const agent = '6f3f4c0e-0000-4000-8000-000000000001';
const evidenceHead: AuditHead = {
  sequence: 7,
  hash: 'e'.repeat(64),
  at: '2026-11-30T12:00:00.000Z',
  proof: 'd'.repeat(64),
};
let test: TestLink;
beforeAll(async () => {
  test = await startTestLink({ evidenceHead });
});
afterAll(() => test.close());

describe('an agent', () => {
  let stateFolder: string;
  let now: number;
  beforeEach(async () => {
    stateFolder = await test.newFolder();
    now = Date.parse('2026-11-01T00:00:00Z');
  });
  const open = (id = agent) =>
    openAuditHeads({ stateFolder, agent: id, clock: () => new Date(now), random: () => 0.5, log: silentLog });
  const head = (sequence: number, letter = 'a'): AuditHead => ({
    sequence,
    hash: `${letter}${String(sequence).padStart(63, '0')}`,
    at: new Date(now).toISOString(),
    proof: 'f'.repeat(64),
  });
  const held = async (): Promise<readonly number[]> =>
    (JSON.parse(await readFile(join(stateFolder, 'audit-heads.json'), 'utf8')) as { heads: AuditHead[] }).heads.map(
      ({ sequence }) => sequence,
    );

  it('keeps the newest head and one an hour, over restarts', async () => {
    const heads = await open();
    for (const sequence of [1, 2, 3]) await heads.note(head(sequence));
    expect(await held()).toEqual([1]);
    now += hour;
    await heads.note(head(4));
    await heads.note(head(5));
    expect(await held()).toEqual([1, 4]);
    const again = await open();
    expect(again.toReport()?.map(({ sequence }) => sequence)).toEqual([5, 1, 4]);
  });

  it('does not give up a higher head for a lower one', async () => {
    const heads = await open();
    await heads.note(head(9));
    now += hour;
    await heads.note(head(3, 'b'));
    expect(heads.toReport()?.map(({ sequence }) => sequence)).toEqual([9, 3]);
    expect((await open()).toReport()?.[0]?.sequence).toBe(9);
  });

  it('keeps 400 days, and tells so many at once as the contract allows, from the oldest to the newest', async () => {
    const heads = Array.from({ length: 12_000 }, (_, index) => head(index + 1));
    await writeFile(join(stateFolder, 'audit-heads.json'), JSON.stringify({ agent, heads }));
    const opened = await open();
    now += hour;
    await opened.note(head(12_001));
    const kept = await held();
    expect(kept).toHaveLength(400 * 24);
    expect(kept.at(-1)).toBe(12_001);
    const reported = opened.toReport() ?? [];
    expect(reported.length).toBeLessThanOrEqual(heldHeadsLimit);
    expect(reported.length).toBeGreaterThan(heldHeadsLimit - 4);
    expect(reported.map(({ sequence }) => sequence)).toEqual(expect.arrayContaining([12_001, kept[0]]));
  });

  it('keeps the head of a trail that was cut, however far the trail grows again', async () => {
    const heads = await open();
    await heads.note(head(1));
    await heads.note(head(9));
    await heads.note(head(3, 'b'));
    await heads.note(head(20, 'b'));
    expect(heads.toReport()?.map(({ sequence }) => sequence)).toEqual([20, 1, 9]);
    expect((await open()).toReport()?.map(({ sequence }) => sequence)).toEqual([20, 1, 9]);
  });

  it('tells again what the console did not answer', async () => {
    const heads = await open();
    await heads.note(head(1));
    expect(heads.toReport()).toHaveLength(1);
    expect(heads.toReport()).toHaveLength(1);
    await heads.note(head(1));
    expect(heads.toReport()).toBeUndefined();
    expect(heads.toReport()).toHaveLength(1);
  });

  it('tells now and then only, and nothing of another console', async () => {
    const heads = await open();
    expect(heads.toReport()).toBeUndefined();
    await heads.note(head(1));
    expect(heads.toReport()).toHaveLength(1);
    await heads.note(head(1));
    now += 59_000;
    expect(heads.toReport()).toBeUndefined();
    await heads.note(head(1));
    now += 1_000;
    expect(heads.toReport()).toHaveLength(1);
    const other = await open('6f3f4c0e-0000-4000-8000-000000000002');
    now += hour;
    expect(other.toReport()).toBeUndefined();
  });

  it('goes on with files that cannot be read', async () => {
    await writeFile(join(stateFolder, 'audit-heads.json'), '{');
    await writeFile(join(stateFolder, 'audit-head.json'), '[1]');
    const heads = await open();
    await heads.note(head(2));
    expect(heads.toReport()).toHaveLength(1);
  });
});

describe('console and agent', () => {
  const append = () => test.store.transaction((transaction) => audit(transaction, { ...theConsole, action: 'done' }));

  it('tell each other the head of the trail', async () => {
    const stateFolder = await test.newFolder();
    const introduction = introductionOf('pier-1');
    const identity = await joinConsole({ consoleUrl: test.url, token: await test.token(), stateFolder, introduction });
    let now = Date.now();
    const pace = { heartbeat: 50, firstPause: 20, longestPause: 100 };
    const clock = (): Date => new Date(now);
    // The console stores what an agent tells once a minute: the first that it is told has to be this one.
    await append();
    const head = await readAuditHead(test.store);
    const link = await openLink({ identity, stateFolder, introduction, log: silentLog, pace, clock });
    try {
      await expect
        .poll(
          async () => {
            now += 61_000;
            return await readHeldHeads(test.store);
          },
          { timeout: 20_000 },
        )
        .toEqual(expect.arrayContaining([{ ...head, agent: 'pier-1' }]));
    } finally {
      await link.close();
    }
  });

  it('tell each other the head of the evidence log, which is kept apart', async () => {
    const stateFolder = await test.newFolder();
    const introduction = introductionOf('pier-2');
    const identity = await joinConsole({ consoleUrl: test.url, token: await test.token(), stateFolder, introduction });
    let now = Date.now();
    const pace = { heartbeat: 50, firstPause: 20, longestPause: 100 };
    const clock = (): Date => new Date(now);
    const link = await openLink({ identity, stateFolder, introduction, log: silentLog, pace, clock });
    try {
      await expect
        .poll(
          async () => {
            now += 61_000;
            return await readHeldEvidenceHeads(test.store);
          },
          { timeout: 20_000 },
        )
        .toEqual(expect.arrayContaining([{ ...evidenceHead, agent: 'pier-2' }]));
      expect((await readHeldHeads(test.store)).map(({ hash }) => hash)).not.toContain(evidenceHead.hash);
    } finally {
      await link.close();
    }
  });
});
