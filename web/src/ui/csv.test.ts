import { expect, it } from 'vitest';
import { csvOf } from './csv.ts';

it('quotes what needs it and disarms formulas, numbers excepted', () => {
  const columns = [
    { name: 'name', text: (row: readonly [string, number | undefined]) => row[0] },
    { name: 'risk', text: (row: readonly [string, number | undefined]) => row[1] },
  ];
  const rows = [
    ['a,"b"', 1.5],
    ['=cmd()', -2],
    ['@scope/name', undefined],
  ] as const;
  expect(csvOf(columns, rows)).toBe('name,risk\r\n"a,""b""",1.5\r\n\'=cmd(),-2\r\n\'@scope/name,\r\n');
});
