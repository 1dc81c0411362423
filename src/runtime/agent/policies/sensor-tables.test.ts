import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { decodeFrame, type Frame } from '../wire/frames.ts';
import { packRows, rowsOfFrame } from '../wire/table-frame.ts';
import { type OfferedTable, SensorTables } from './sensor-tables.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-tables-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function tableOf(key: string, files: number, stamp = 'first'): OfferedTable {
  const rowsFile = join(folder, key);
  const rows = Array.from({ length: files }, (_, at) => ({
    inode: BigInt(at + 1),
    ctime: 1n,
    size: 2n,
    flags: 0,
    ownName: 0,
  }));
  writeFileSync(rowsFile, packRows(rows));
  return { key, stamp, device: 7, files, rowsFile };
}

/** A desk whose sensor answers each whole table with what `answer` says; `undefined`: nothing. */
function open(answer: (table: number) => string | undefined = () => '') {
  const said: Frame[] = [];
  const changed: number[] = [];
  const sensor = { isThere: true };
  const desk: SensorTables = new SensorTables({
    async deliver(bytes) {
      if (!sensor.isThere) return false;
      for (const { type, payload } of new FrameSplitter().push(bytes)) {
        const frame = decodeFrame(type, payload);
        if (frame === undefined) continue;
        said.push(frame);
        if (frame.kind !== 'table' || frame.first + frame.rows.length / 32 < frame.files) continue;
        const reason = answer(frame.table);
        if (reason !== undefined)
          desk.reply({ kind: 'table-reply', table: frame.table, accepted: reason === '' ? 1 : 0, reason });
      }
      return true;
    },
    changed: (number) => void changed.push(number),
    log: silentLog,
    patience: 500,
  });
  return { desk, said, changed, sensor };
}

test('a table goes in frames that follow each other, and is there once the sensor says so', async () => {
  const { desk, said, changed } = open();
  const files = 2 * rowsOfFrame + 5;
  const number = desk.offer(tableOf('a', files));
  expect(desk.stateOf(number)).toEqual({ kind: 'waiting' });
  await desk.settled();
  const frames = said.map((frame) =>
    frame.kind === 'table' ? [frame.table, frame.first, frame.rows.length / 32] : [],
  );
  expect(frames).toEqual([
    [number, 0, rowsOfFrame],
    [number, rowsOfFrame, rowsOfFrame],
    [number, 2 * rowsOfFrame, 5],
  ]);
  expect(said.every((frame) => frame.kind === 'table' && frame.files === files && frame.device === 7)).toBe(true);
  expect(desk.stateOf(number)).toEqual({ kind: 'taken' });
  expect(changed).toEqual([number]);
});

test('the same is said once, another in its place under its number, the same in every run', async () => {
  const { desk, said } = open();
  const number = desk.offer(tableOf('a', 1));
  await desk.settled();
  expect(desk.offer(tableOf('a', 1))).toBe(number);
  await desk.settled();
  expect(said).toHaveLength(1);
  expect(desk.offer(tableOf('a', 2, 'second'))).toBe(number);
  expect(desk.stateOf(number)).toEqual({ kind: 'waiting' });
  await desk.settled();
  expect(said).toHaveLength(2);
  expect(open().desk.offer(tableOf('a', 1))).toBe(number);
});

test('every sensor that is met is told all of them, one after the other', async () => {
  const { desk, said, sensor } = open();
  sensor.isThere = false;
  const numbers = [desk.offer(tableOf('a', 1)), desk.offer(tableOf('b', 1))];
  await desk.settled();
  expect(said).toEqual([]);
  sensor.isThere = true;
  desk.met();
  await desk.settled();
  desk.met();
  expect(numbers.map((one) => desk.stateOf(one)?.kind)).toEqual(['waiting', 'waiting']);
  await desk.settled();
  expect(said.map((frame) => (frame.kind === 'table' ? frame.table : 0))).toEqual([...numbers, ...numbers]);
  expect(numbers.map((one) => desk.stateOf(one)?.kind)).toEqual(['taken', 'taken']);
});

test('a refused one keeps its reason until another leaves', async () => {
  const taken = new Set<number>();
  const { desk, said } = open((table) => (taken.has(table) ? '' : 'there is no room'));
  const first = desk.offer(tableOf('a', 1));
  taken.add(first);
  const second = desk.offer(tableOf('b', 1));
  await desk.settled();
  expect(desk.stateOf(second)).toEqual({ kind: 'refused', reason: 'there is no room' });
  desk.keepOnly(new Set(['a', 'b']));
  await desk.settled();
  expect(said).toHaveLength(2);
  taken.add(second);
  desk.keepOnly(new Set(['b']));
  await desk.settled();
  expect(said.at(-2)).toEqual({ kind: 'forget-table', table: first });
  expect(desk.stateOf(first)).toBeUndefined();
  expect(desk.stateOf(second)).toEqual({ kind: 'taken' });
});

test('a sensor that says nothing, or a table that cannot be read, refuses it', async () => {
  const { desk } = open(() => undefined);
  const number = desk.offer(tableOf('a', 1));
  await desk.settled();
  expect(desk.stateOf(number)).toEqual({ kind: 'refused', reason: 'The sensor does not answer.' });
  const unread = desk.offer({ ...tableOf('b', 1), rowsFile: folder });
  await desk.settled();
  expect(desk.stateOf(unread)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/EISDIR/) });
});

test('what another sensor is told while the first one is silent is not taken for an answer to it', async () => {
  let isSilent = true;
  const { desk, changed } = open(() => (isSilent ? undefined : ''));
  const number = desk.offer(tableOf('a', 1));
  await new Promise((done) => setTimeout(done, 50));
  isSilent = false;
  desk.met();
  await desk.settled();
  expect(desk.stateOf(number)).toEqual({ kind: 'taken' });
  expect(changed).toEqual([number]);
});

test('one whose file went away is said once it is offered again, and a refused one is not', async () => {
  const { desk, said, changed } = open();
  const number = desk.offer({ ...tableOf('a', 1), rowsFile: join(folder, 'not-there') });
  await desk.settled();
  expect([desk.isGone('a'), desk.isGone('b'), said, changed]).toEqual([true, false, [], [number]]);
  expect(desk.offer(tableOf('a', 1))).toBe(number);
  expect(desk.isGone('a')).toBe(false);
  await desk.settled();
  expect([desk.stateOf(number), said.length]).toEqual([{ kind: 'taken' }, 1]);

  const full = open(() => 'there is no room');
  const refused = full.desk.offer(tableOf('b', 1));
  await full.desk.settled();
  full.desk.offer(tableOf('b', 1));
  await full.desk.settled();
  expect([full.desk.isGone('b'), full.desk.stateOf(refused)?.kind, full.said.length]).toEqual([false, 'refused', 1]);
});
