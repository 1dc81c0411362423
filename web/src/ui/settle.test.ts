import { describe, expect, it } from 'vitest';
import { type Arrived, settle, type Shown } from './settle.ts';

interface Row {
  readonly id: string;
  readonly risk: number;
}

const keyOf = (row: Row): string => row.id;
const page = (...ids: readonly string[]) => ({ total: ids.length, rows: ids.map((id) => ({ id, risk: 1 })) });
const shown: Shown<Row> = { list: 'all', total: 2, pages: new Map([[0, page('a', 'b')]]) };
const arrive = (rows: ReturnType<typeof page>, moving: Arrived<Row>['moving'], list = 'all'): Arrived<Row> => ({
  list,
  pages: new Map([[0, rows]]),
  moving,
  keyOf,
});
const idsOf = (of: Shown<Row>): readonly string[] => [...of.pages.values()].flatMap((one) => one.rows.map(keyOf));

describe('settle', () => {
  it('holds new rows while the table is held and counts them', () => {
    const { shown: now, waiting } = settle(shown, arrive(page('x', 'a', 'y', 'b'), 'held'));
    expect(idsOf(now)).toEqual(['a', 'b']);
    expect(now.total).toBe(2);
    expect(waiting).toBe(2);
  });

  it('lets them in when the table is free', () => {
    const { shown: now, waiting } = settle(shown, arrive(page('x', 'a', 'b'), 'free'));
    expect(idsOf(now)).toEqual(['x', 'a', 'b']);
    expect([now.total, waiting]).toEqual([3, 0]);
  });

  it('says that something waits when rows only changed places or went', () => {
    expect(settle(shown, arrive(page('b', 'a'), 'held')).waiting).toBe(1);
    expect(settle(shown, arrive(page('a'), 'held')).waiting).toBe(1);
  });

  it('renews values in place even while held', () => {
    const renewed = {
      total: 2,
      rows: [
        { id: 'a', risk: 9 },
        { id: 'b', risk: 1 },
      ],
    };
    const { shown: now, waiting } = settle(shown, arrive(renewed, 'held'));
    expect(now.pages.get(0)?.rows[0]?.risk).toBe(9);
    expect(waiting).toBe(0);
  });

  it('keeps the old list on the page until the new one is there, then replaces all of it', () => {
    const nothing: Arrived<Row> = { list: 'high', pages: new Map(), moving: 'held', keyOf };
    expect(settle(shown, nothing).shown).toBe(shown);
    expect(idsOf(settle(shown, arrive(page('z'), 'held', 'high')).shown)).toEqual(['z']);
  });
});
