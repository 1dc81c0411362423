import type { Finding } from '#vulnerability/index.ts';
import { cell, type Column, fitColumns, renderTable } from '../formats/table/columns.ts';
import { type Paint, painter } from '../formats/table/paint.ts';
import { capitalized, severityStyle } from '../formats/table/upgrades.ts';
import { plain, plainJson } from '../plain.ts';
import type { Difference } from './difference.ts';

const columns: readonly Column[] = [
  { title: 'CHANGE', width: 6 },
  { title: 'SEVERITY', width: 10 },
  { title: 'FINDING', width: 40, least: 18 },
  { title: 'PACKAGE', width: 80, cut: 'middle', least: 7 },
  { title: 'INSTALLED', width: 40, cut: 'middle', least: 9 },
  { title: 'FIXED IN', width: 40, cut: 'middle', least: 8 },
];

/** For people: what is new and worse, then what is gone, each by risk, and how many stayed. */
export function differenceTable(difference: Difference, options: { columns: number; colour: boolean }): string {
  const { added, worse, gone, kept, packages } = difference;
  const paint = painter(options.colour);
  const rows = [...rowsOf('new', added, paint), ...rowsOf('worse', worse, paint), ...rowsOf('gone', gone, paint)];
  const dim = (text: string): string => paint('dim', text);
  const listed = rows.length === 0 ? [] : [renderTable(fitColumns(columns, rows, options.columns), rows, dim), ''];
  return [
    `${plain(difference.old)} → ${plain(difference.new)}`,
    '',
    ...listed,
    `Findings: ${added.length} new, ${worse.length} worse, ${gone.length} gone, ${kept.length} known.`,
    `Packages: ${packages.added.length} new, ${packages.gone.length} gone, ${packages.kept} kept.`,
    ...difference.doubts.slice(0, mostDoubts).map((doubt) => `Not seen in full: ${plain(doubt)}`),
    '',
  ].join('\n');
}

const mostDoubts = 5;

function rowsOf(change: string, findings: readonly Finding[], paint: Paint) {
  return findings.map(({ severity, id, kev, package: name, installed, fixed, status }) => [
    cell(change),
    cell(capitalized(severity), (text) => paint(severityStyle[severity], text)),
    cell(`${id}${kev === undefined ? '' : ' KEV'}`),
    cell(name),
    cell(installed),
    cell(fixed ?? status.replaceAll('-', ' ')),
  ]);
}

/** For programs: the same with every field of each finding. */
export function differenceJson({ old, new: now, added, worse, gone, kept, packages, doubts }: Difference): string {
  const findings = { new: added, worse, gone, known: kept.length };
  const document = {
    schemaVersion: 1,
    old,
    new: now,
    findings,
    packages: { new: packages.added, gone: packages.gone, kept: packages.kept },
    doubts,
  };
  return `${plainJson(JSON.stringify(document, undefined, 2))}\n`;
}
