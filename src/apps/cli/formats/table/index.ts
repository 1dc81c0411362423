import { severities } from './severities.ts';
import { platformName } from '../../scan/platform-results.ts';
import { partedByBase } from '../../scan/by-base.ts';
import type { RenderOptions, ResultFormat, ScanResult } from '../../scan/result.ts';
import { plain } from '../../plain.ts';
import { complianceLines } from './compliance.ts';
import { findingLines } from './findings.ts';
import { faultLines } from './faults.ts';
import { lineOf, type Paint, painter } from './paint.ts';
import { suppressedLines } from './suppressed.ts';
import { upgradeLines } from './upgrades.ts';

/** For people: what was not seen, then one line for each package by risk, totals and verdict at the end. */
export const table: ResultFormat = {
  id: 'table',
  version: 5,
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
      ...suppressedLines(result, options),
      ...[totals(result), ...baseLines(result), ...baselineLine(result), ...feedLine(result, options)].map((text) =>
        lineOf({ text }, columns),
      ),
      ...verdictLines(result, options, paint),
      '',
    ].join('\n');
  },
  renderAll: ({ results, unscanned }, options) =>
    [
      ...results.map((one) => `${plain(platformName(one))}\n${table.render(one, options)}`),
      ...unscanned.map(({ platform, reason }) => `${plain(platform)}\nCANNOT JUDGE  ${plain(reason)}\n`),
    ].join('\n'),
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

function baseLines({ base, findings, subject }: ScanResult): readonly string[] {
  if (base === undefined || subject.kind !== 'image') return [];
  const { base: ofBase, own } = partedByBase(findings, base);
  const fixable = (of: typeof own): string =>
    `${of.length}, ${of.filter(({ fixed }) => fixed !== undefined).length} with a fix`;
  const { name, layers, newer } = base;
  const parts = `Base ${plain(name)} (the lowest ${layers} of ${subject.layers.length} layers): ${fixable(ofBase)}; own layers: ${fixable(own)}.`;
  if (newer === undefined) return [parts];
  const { gone, kept, worse, added } = newer;
  return [
    parts,
    `On ${plain(newer.name)} instead: ${gone.length} gone, ${kept.length + worse.length} left, ${added.length} new.`,
  ];
}

function baselineLine({ baseline }: ScanResult): readonly string[] {
  if (baseline === undefined) return [];
  const { target, added, worse, kept, gone } = baseline;
  const parts = [`${added.length} new`, `${worse.length} worse`, `${kept.length} known`, `${gone.length} gone`];
  return [`Against the baseline ${plain(target)}: ${parts.join(', ')}. Only what is new or worse counts.`];
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
