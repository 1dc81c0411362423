import type { Severity } from '#vulnerability/index.ts';
import { plain } from '../../plain.ts';
import { partOf } from '../../scan/by-base.ts';
import { type RankedUpgrade, rankedUpgrades } from '../../scan/ranked.ts';
import type { RenderOptions, ScanResult } from '../../scan/result.ts';
import { type Cell, cell, type Column, fitColumns, renderTable } from './columns.ts';
import { lineOf, type Paint, type Style } from './paint.ts';
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
  { title: 'PACKAGE', width: 80, cut: 'middle', least: 7 },
  // The end tells more: the version to go to.
  { title: 'UPGRADE', width: 60, cut: 'start', least: 7 },
  { title: 'FIXES', align: 'right', width: 5 },
  // A CVE with its KEV mark is never cut, and no id of GitHub.
  { title: 'WORST FINDING', width: 40, least: 19 },
];

/**
 * One line for each package with findings, the highest risk first; rows that would look alike tell their place below. What a
 * base brings stands apart: a newer one of it changes that.
 */
export function upgradeLines(result: ScanResult, options: RenderOptions, paint: Paint): readonly string[] {
  const ranked = rankedUpgrades(result);
  const { base } = result;
  if (base === undefined) return linesOf(ranked, options, paint);
  const [own, inherited] = (['own', 'base'] as const).map((part) =>
    linesOf(
      ranked.filter(({ upgrade }) => partOf(upgrade, base) === part),
      options,
      paint,
    ),
  );
  const titleOf = (text: string): string => paint('bold', lineOf({ text }, options.columns));
  return [
    ...(own?.length ? [titleOf('In own layers'), ...own] : []),
    ...(inherited?.length ? [titleOf(`In the base ${plain(base.name)}: rebuild on a newer one`), ...inherited] : []),
  ];
}

function linesOf(ranked: readonly RankedUpgrade[], options: RenderOptions, paint: Paint): readonly string[] {
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
function placeLine({ origin, paths }: RankedUpgrade, width: number): string {
  const [path, ...others] = paths;
  const start = `      ${origin}`;
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
