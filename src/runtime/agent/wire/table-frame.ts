import type { FrameForm } from './frame-form.ts';
import { type ValueOf, WireError } from './layout.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { table, tableRow } from './structs.ts';
import { frameType, longestTableFrame } from './words.ts';

/** Rows of an image's table, `first` of which were said before; sorted by inode over the whole table. */
export interface TableFrame extends Omit<ValueOf<typeof table>, 'count'> {
  readonly kind: 'table';
  /** `tableRow`, one after the other. */
  readonly rows: Buffer;
}

/** Most rows of one frame. */
export const rowsOfFrame = Math.floor((longestTableFrame - table.size) / tableRow.size);

export const tableFrame: FrameForm<TableFrame> = {
  type: frameType.table,
  decode(payload) {
    const reader = new PayloadReader(payload);
    const { count, ...head } = reader.take(table);
    if (payload.length - table.size !== count * tableRow.size)
      throw new WireError(`A table's frame of ${payload.length} bytes does not hold ${count} rows.`);
    return { ...head, kind: 'table', rows: payload.subarray(table.size) };
  },
  encode({ rows, ...head }) {
    const writer = new PayloadWriter();
    writer.put(table, { ...head, count: rows.length / tableRow.size });
    return Buffer.concat([writer.bytes(), rows]);
  },
};

/** Rows as they lie on the wire. */
export function packRows(rows: readonly ValueOf<typeof tableRow>[]): Buffer {
  const bytes = Buffer.alloc(rows.length * tableRow.size);
  for (const [at, row] of rows.entries()) tableRow.write(bytes, at * tableRow.size, row);
  return bytes;
}
