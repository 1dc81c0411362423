import { styleText } from 'node:util';
import { severities } from './severities.ts';
import { cell, type Column, renderTable } from './columns.ts';
import type { RenderOptions, ResultFormat, ScanResult } from '../../scan/result.ts';
import { plain } from '../../plain.ts';
import type { Severity, Upgrade } from '#vulnerability/index.ts';

/** For people: one line for each upgrade, what to do first on top, totals and verdict at the end. */
export const table: ResultFormat = {
  id: 'table',
  version: 1,
  summary: 'For people: what to do first on top, totals and verdict at the end.',
  render(result, options) {
    const paint = options.colour
      ? (style: Style, text: string) => styleText(style, text, { validateStream: false })
      : (_: Style, text: string) => text;
    return [
      heading(result, paint),
      ...upgradeLines(result, options, paint),
      ...suppressedLine(result),
      ...faultLines(result, paint),
      totals(result),
      feedLine(result, options),
      verdictLines(result, paint),
      '',
    ]
      .filter((line) => line !== undefined)
      .join('\n');
  },
};

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const severityStyle: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'magenta'],
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  negligible: 'gray',
  unrated: 'cyan',
};

function heading({ target, subject, catalog }: ScanResult, paint: Paint): string {
  const what = subject.kind === 'image' ? subject.digest.slice(0, 19) : subject.path;
  const parts = [
    paint('bold', plain(target)),
    plain(what),
    plain(catalog.distribution?.name ?? 'no operating system'),
    count(catalog.packages.length, 'package'),
  ];
  return `${parts.join('  ')}\n`;
}

function upgradeLines(result: ScanResult, options: RenderOptions, paint: Paint): string[] {
  if (result.upgrades.length === 0) return [];
  const spare = Math.max(0, Math.min(options.columns, 140) - 100);
  const columns: readonly Column[] = [
    { title: 'RISK', align: 'right', width: 4 },
    { title: 'WORST', width: 10 },
    // The end tells more: `group:artifact`, the version to go to.
    { title: 'PACKAGE', width: 26 + spare, cut: 'start' },
    { title: 'UPGRADE', width: 26, cut: 'start' },
    { title: 'FIXES', align: 'right', width: 5 },
    { title: 'WORST FINDING', width: 19 },
  ];
  const rows = result.upgrades.map((upgrade) => upgradeRow(upgrade, result, paint));
  return [renderTable(columns, rows, (text) => paint('dim', text)), ''];
}

function upgradeRow(upgrade: Upgrade, result: ScanResult, paint: Paint): ReturnType<typeof cell>[] {
  const worst = result.findings.find(
    (finding) => upgrade.findings.includes(finding.id) && finding.package === upgrade.package,
  );
  const change = upgrade.to === undefined ? `${upgrade.installed}, no fix yet` : `${upgrade.installed} → ${upgrade.to}`;
  return [
    cell(String(Math.round(upgrade.risk))),
    cell(title(upgrade.worst), (text) => paint(severityStyle[upgrade.worst], text)),
    cell(upgrade.package),
    cell(change),
    cell(upgrade.remains > 0 ? `${upgrade.removes}/${upgrade.removes + upgrade.remains}` : String(upgrade.removes)),
    cell(`${worst?.id ?? ''}${worst?.kev === undefined ? '' : ' KEV'}`),
  ];
}

function suppressedLine({ findings }: ScanResult): string[] {
  const hidden = findings.filter((finding) => finding.suppressed !== undefined).length;
  return hidden === 0
    ? []
    : [
        `${count(hidden, 'finding')} not counted: the distribution fixed or owns them; --format json tells each reason.`,
      ];
}

function faultLines({ catalog }: ScanResult, paint: Paint): string[] {
  const shown = catalog.faults
    .slice(0, 10)
    .map(
      (fault) =>
        `${paint('yellow', plain(fault.code))}  ${plain(fault.message)}${fault.path === undefined ? '' : `  (${plain(fault.path)})`}`,
    );
  const more = catalog.faults.length > 10 ? [`… and ${catalog.faults.length - 10} more; --format json tells all.`] : [];
  return catalog.faults.length === 0
    ? []
    : ['Not seen in full:', ...[...shown, ...more].map((line) => `  ${line}`), ''];
}

function totals({ findings, database }: ScanResult): string {
  if (database === undefined) return 'Findings are unknown: nothing was matched.';
  const counted = findings.filter((finding) => finding.suppressed === undefined);
  const parts = severities
    .map((severity) => [counted.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([number]) => number > 0);
  const fixable = counted.filter((finding) => finding.fixed !== undefined).length;
  return counted.length === 0
    ? 'No findings.'
    : `${count(counted.length, 'finding')}: ${parts.map(([number, severity]) => `${number} ${severity}`).join(', ')}; ${fixable} can be fixed by an upgrade.`;
}

function feedLine({ feeds, database, judgedBy }: ScanResult, { now }: RenderOptions): string | undefined {
  if (judgedBy.kind === 'console') return undefined;
  if (database === undefined) return 'Vulnerability database: none.';
  const ages = feeds.map(
    ({ ecosystem, asOf }) => `${plain(ecosystem)} ${asOf === undefined ? 'of unknown age' : ageOf(asOf, now)}`,
  );
  return `Feeds: ${ages.length === 0 ? 'none was needed' : ages.join(', ')}.`;
}

function verdictLines({ verdict, judgedBy }: ScanResult, paint: Paint): string {
  const word = {
    pass: paint(['bold', 'green'], 'PASS'),
    fail: paint(['bold', 'red'], 'FAIL'),
    'cannot-judge': paint(['bold', 'yellow'], 'CANNOT JUDGE'),
  }[verdict.kind];
  const link = judgedBy.kind === 'console' ? `\n${plain(judgedBy.page)}` : '';
  return `${word}  ${plain(verdict.reason)}  (policy ${plain(verdict.policy.name)})${link}`;
}

function ageOf(moment: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(moment)) / 86_400_000);
  if (days > 7) return `STALE, ${days} days old`;
  return days < 1 ? 'of today' : `${count(days, 'day')} old`;
}

function title(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
