import type { Finding } from '#vulnerability/index.ts';
import { baselineStates } from '../../scan/baseline.ts';
import { partOf } from '../../scan/by-base.ts';
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
  { findings, baseline, base }: ScanResult,
  { list, columns: width }: RenderOptions & { readonly list: FindingList },
  paint: Paint,
): readonly string[] {
  const counted = findings.filter(({ suppressed }) => suppressed === undefined);
  const { severities } = list;
  const listed = severities === undefined ? counted : counted.filter(({ severity }) => severities.includes(severity));
  const states = baseline && baselineStates(baseline);
  const rows = listed.map((finding) => [
    cell(capitalized(finding.severity), (text) => paint(severityStyle[finding.severity], text)),
    cell(nameOf(finding, [states?.get(finding), base && partOf(finding, base)])),
    cell(finding.package),
    cell(finding.installed),
    cell(finding.fixed ?? finding.status.replaceAll('-', ' ')),
  ]);
  const shown = renderTable(fitColumns(columns, rows, width), rows, (text) => paint('dim', text));
  const of = severities === undefined ? '' : ` (${severities.join(', ')})`;
  return [...(rows.length === 0 ? [] : [shown]), `${listed.length} of ${counted.length} findings listed${of}.`, ''];
}

type Mark = 'new' | 'worse' | 'known' | 'own' | 'base' | undefined;

/** With the marks that say most of it: `CVE-2026-1 KEV new base`. */
function nameOf({ id, kev }: Finding, marks: readonly Mark[]): string {
  const told = marks.filter((mark) => mark !== undefined && mark !== 'known' && mark !== 'own');
  return [id, ...(kev === undefined ? [] : ['KEV']), ...told].join(' ');
}
