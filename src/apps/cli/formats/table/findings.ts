import type { FindingList, RenderOptions, ScanResult } from '../../scan/result.ts';
import { cell, type Column, fitColumns, renderTable } from './columns.ts';
import type { Paint } from './paint.ts';
import { capitalized, severityStyle } from './upgrades.ts';

const columns: readonly Column[] = [
  { title: 'SEVERITY', width: 10 },
  { title: 'FINDING', width: 40, least: 18 },
  { title: 'PACKAGE', width: 80, cut: 'middle', least: 7 },
  { title: 'INSTALLED', width: 40, cut: 'middle', least: 9 },
  { title: 'FIXED IN', width: 40, cut: 'middle', least: 8 },
];

/** One line for each finding that counts, in the order of the result: by risk. Says of how many. */
export function findingLines(
  { findings }: ScanResult,
  { list, columns: width }: RenderOptions & { readonly list: FindingList },
  paint: Paint,
): readonly string[] {
  const counted = findings.filter(({ suppressed }) => suppressed === undefined);
  const { severities } = list;
  const listed = severities === undefined ? counted : counted.filter(({ severity }) => severities.includes(severity));
  const rows = listed.map(({ severity, id, kev, package: name, installed, fixed, status }) => [
    cell(capitalized(severity), (text) => paint(severityStyle[severity], text)),
    cell(`${id}${kev === undefined ? '' : ' KEV'}`),
    cell(name),
    cell(installed),
    cell(fixed ?? status.replaceAll('-', ' ')),
  ]);
  const shown = renderTable(fitColumns(columns, rows, width), rows, (text) => paint('dim', text));
  const of = severities === undefined ? '' : ` (${severities.join(', ')})`;
  return [...(rows.length === 0 ? [] : [shown]), `${listed.length} of ${counted.length} findings listed${of}.`, ''];
}
