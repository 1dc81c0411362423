import type { Severity } from '#vulnerability/index.ts';
import { plain } from '../../plain.ts';
import { type RankedUpgrade, rankedUpgrades } from '../../scan/ranked.ts';
import type { RenderOptions, ScanResult } from '../../scan/result.ts';
import { type Cell, cell, type Column, fitColumns, renderTable } from './columns.ts';
import type { Paint, Style } from './paint.ts';
import { wholeRisk } from '../whole-risk.ts';

/** Colour of each severity on a terminal. */
export const severityStyle: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'magenta'],
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  negligible: 'gray',
  unrated: 'cyan',
};

const columns: readonly Column[] = [
  { title: 'RISK', align: 'right', width: 4 },
  { title: 'WORST', width: 10, least: 8 },
  { title: 'PACKAGE', width: 80, cut: 'middle', least: 8 },
  // The end tells more: the version to go to.
  { title: 'UPGRADE', width: 60, cut: 'start', least: 7 },
  { title: 'FIXES', align: 'right', width: 5 },
  // A CVE with its KEV mark is never cut.
  { title: 'WORST FINDING', width: 40, least: 18 },
];

/** One line for each package with findings, the highest risk first; rows that would look alike tell their place below. */
export function upgradeLines(result: ScanResult, options: RenderOptions, paint: Paint): readonly string[] {
  const ranked = rankedUpgrades(result);
  if (ranked.length === 0) return [];
  const rows = ranked.map((one) => rowOf(one, paint));
  const fitting = fitColumns(columns, rows, options.columns);
  const [title = '', ...lines] = renderTable(fitting, rows, (text) => paint('dim', text)).split('\n');
  const reported = ranked.flatMap((one, index) => [
    lines[index] ?? '',
    ...(one.isAlike ? [paint('dim', placeLine(one, options.columns))] : []),
  ]);
  return [title, ...reported, ''];
}

function rowOf({ upgrade, worst, risk }: RankedUpgrade, paint: Paint): readonly Cell[] {
  const change = upgrade.to === undefined ? `${upgrade.installed}, no fix yet` : `${upgrade.installed} → ${upgrade.to}`;
  return [
    cell(wholeRisk(risk)),
    cell(capitalized(upgrade.worst), (text) => paint(severityStyle[upgrade.worst], text)),
    cell(upgrade.package),
    cell(change),
    cell(upgrade.remains > 0 ? `${upgrade.removes}/${upgrade.removes + upgrade.remains}` : String(upgrade.removes)),
    cell(`${worst?.id ?? ''}${worst?.kev === undefined ? '' : ' KEV'}`),
  ];
}

/** `      maven, layer 2, opt/app.war!/lib/a.jar and 1 more`; the end of a path tells more than its start. */
function placeLine({ upgrade, paths }: RankedUpgrade, width: number): string {
  const [path, ...others] = paths;
  const start = `      ${upgrade.type}, layer ${upgrade.layer + 1}`;
  if (path === undefined) return start;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const room = width - start.length - more.length - 2;
  const shown = plain(path);
  return `${start}, ${shown.length > room ? `…${shown.slice(shown.length - Math.max(10, room - 1))}` : shown}${more}`;
}

/** `High` of `high`. */
export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
