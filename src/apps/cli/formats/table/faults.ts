import { plain } from '../../plain.ts';
import { faultGroups, faultPlace } from '../../scan/fault-groups.ts';
import type { RenderOptions, ScanResult } from '../../scan/result.ts';
import { lineOf, type Paint } from './paint.ts';

/** Faults of one code that are told one by one, and codes. */
const mostOfOne = 10;
const mostCodes = 30;

/** What kept the scan from seeing everything, by kind, each with what removes it. */
export function faultLines({ catalog }: ScanResult, { columns }: RenderOptions, paint: Paint): readonly string[] {
  const groups = faultGroups(catalog, mostOfOne);
  if (groups.length === 0) return [];
  const lines = groups.slice(0, mostCodes).flatMap(({ code, shown, more, remedy }) => [
    ...shown.map((fault) => {
      const place = faultPlace(fault);
      const text = `${plain(fault.message)}${place === '' ? '' : `  (${plain(place)})`}`;
      return lineOf({ first: plain(code), paint: (word) => paint('yellow', word), text, indent: 2 }, columns);
    }),
    ...(more > 0 ? [`  … and ${more} more; --format json tells all.`] : []),
    lineOf({ text: `→ ${plain(remedy)}`, indent: 4 }, columns),
  ]);
  const hidden =
    catalog.faults.length - groups.slice(0, mostCodes).reduce((sum, one) => sum + one.shown.length + one.more, 0);
  const rest = hidden > 0 ? [`  … and ${hidden} of other kinds; --format json tells all.`] : [];
  return [
    `Not seen in full: ${catalog.faults.length === 1 ? '1 fault' : `${catalog.faults.length} faults`}`,
    ...lines,
    ...rest,
    '',
  ];
}
