import { severities } from './severities.ts';
import type { RenderOptions, ResultFormat, ScanResult } from '../../scan/result.ts';
import { plain } from '../../plain.ts';
import { complianceLines } from './compliance.ts';
import { findingLines } from './findings.ts';
import { faultLines } from './faults.ts';
import { lineOf, type Paint, painter } from './paint.ts';
import { upgradeLines } from './upgrades.ts';

/** For people: what was not seen, then one line for each package by risk, totals and verdict at the end. */
export const table: ResultFormat = {
  id: 'table',
  version: 3,
  summary: 'For people: what was not seen, what to do first, totals and verdict at the end.',
  render(result, options) {
    const paint = painter(options.colour);
    const { columns } = options;
    return [
      heading(result, options, paint),
      ...faultLines(result, options, paint),
      ...upgradeLines(result, options, paint),
      ...(options.list === undefined ? [] : findingLines(result, { ...options, list: options.list }, paint)),
      ...complianceLines(result, options, paint),
      ...[...suppressedLine(result), totals(result), ...feedLine(result, options)].map((text) =>
        lineOf({ text }, columns),
      ),
      ...verdictLines(result, options, paint),
      '',
    ].join('\n');
  },
};

function heading({ target, subject, catalog }: ScanResult, { columns }: RenderOptions, paint: Paint): string {
  const what = subject.kind === 'image' ? subject.digest.slice(0, 19) : subject.path;
  const name = plain(target);
  const about = [
    plain(what),
    plain(catalog.distribution?.name ?? otherSystem(subject) ?? 'no operating system'),
    count(catalog.packages.length, 'package'),
  ].join('  ');
  const fits = name.length + about.length + 2 <= columns;
  return `${paint('bold', name)}${fits ? `  ${about}` : `\n${lineOf({ text: about }, columns)}`}\n`;
}

/** `windows`; of Linux the distribution tells more. */
function otherSystem(subject: ScanResult['subject']): string | undefined {
  return subject.kind === 'image' && subject.platform.os !== 'linux' ? subject.platform.os : undefined;
}

function suppressedLine({ findings }: ScanResult): string[] {
  const hidden = findings.filter((finding) => finding.suppressed !== undefined).length;
  return hidden === 0
    ? []
    : [
        `${count(hidden, 'finding')} not counted: the distribution fixed or owns ${hidden === 1 ? 'it' : 'them'}; --format json tells each reason.`,
      ];
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

function feedLine({ feeds, database, judgedBy }: ScanResult, { now }: RenderOptions): readonly string[] {
  if (judgedBy.kind === 'console') return [];
  if (database === undefined) return ['Vulnerability database: none.'];
  const ages = feeds.map(
    ({ ecosystem, asOf }) => `${plain(ecosystem)} ${asOf === undefined ? 'of unknown age' : ageOf(asOf, now)}`,
  );
  return [`Feeds: ${ages.length === 0 ? 'none was needed' : ages.join(', ')}.`];
}

function verdictLines(result: ScanResult, { columns, isVerdictBelow }: RenderOptions, paint: Paint): readonly string[] {
  const { verdict, judgedBy } = result;
  const [first, style] = (
    {
      pass: ['PASS', 'green'],
      fail: ['FAIL', 'red'],
      'cannot-judge': ['CANNOT JUDGE', 'yellow'],
    } as const
  )[verdict.kind];
  const text = `${plain(verdict.reason)}  (policy ${plain(verdict.policy.name)})`;
  const line = lineOf({ first, paint: (word) => paint(['bold', style], word), text }, columns);
  return [...(isVerdictBelow === true ? [] : [line]), ...(judgedBy.kind === 'console' ? [plain(judgedBy.page)] : [])];
}

function ageOf(moment: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(moment)) / 86_400_000);
  if (days > 7) return `STALE, ${days} days old`;
  return days < 1 ? 'of today' : `${count(days, 'day')} old`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
