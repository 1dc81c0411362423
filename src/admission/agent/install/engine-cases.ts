import type { GateFact } from '../../contract.ts';
import table from './engine-cases-1.json' with { type: 'json' };

/** What is known against an engine of this version where gates are concerned; a distribution may have mended more. */
export function engineStanding(version: string): NonNullable<GateFact['engine']> {
  const concerning = table.cases.filter(({ ranges }) =>
    ranges.some(
      ([from, before]) =>
        compare(version, from ?? '') >= 0 && (typeof before !== 'string' || compare(version, before) < 0),
    ),
  );
  const cases = concerning.map(({ id, flaw, what }) => `${id}${flaw === undefined ? '' : ` (${flaw})`}: ${what}`);
  return { version, safe: compare(version, table.safe) >= 0, cases };
}

/** Version from which on no case that an upgrade mends is known. */
export const safeVersion = table.safe;

/** By the first three numbers: `26.1.5+dfsg1` is 26.1.5. */
function compare(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  return a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function numbersOf(version: string): readonly number[] {
  const [, ...numbers] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [0, 1, 2].map((index) => Number(numbers[index] ?? 0));
}
