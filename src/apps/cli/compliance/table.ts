import type { CheckSeverity } from '#compliance/index.ts';
import { lineOf, type Paint, painter } from '../formats/table/paint.ts';
import { plain } from '../plain.ts';
import type { ComplianceFormat } from './compliance-format.ts';
import { type Answer, baseLine, type ComplianceReport, impliedLine, linesOf } from './report.ts';
import { totalsOf } from './totals.ts';

/** For people: what fails and the change that mends it, what was not assessed and why, totals and verdict at the end. */
export const table: ComplianceFormat = {
  id: 'table',
  render(report, { colour, columns }) {
    const paint = painter(colour);
    const failed = ofState(report, 'fail').filter(({ result }) => result.foldedUnder === undefined);
    return [
      paint('bold', `${plain(report.subject.name)}  ${report.subject.kind}`),
      ...[baseLine(report) ?? []].flat().map((text) => lineOf({ text: plain(text) }, columns)),
      '',
      ...failed.flatMap((answer) => blockOf(answer, { report, paint, columns })),
      ...ofState(report, 'error').flatMap((answer) => blockOf(answer, { report, paint, columns })),
      ...ofState(report, 'warn').flatMap((answer) => blockOf(answer, { report, paint, columns })),
      ...openLines(report, columns),
      lineOf({ text: totalsOf(report.answers) }, columns),
      verdictLine(report, paint, columns),
      '',
    ].join('\n');
  },
};

interface Around {
  readonly report: ComplianceReport;
  readonly paint: Paint;
  readonly columns: number;
}

const styles = { critical: 'magenta', high: 'red', medium: 'yellow', low: 'blue' } as const satisfies Record<
  CheckSeverity,
  string
>;

function blockOf(answer: Answer, { report, paint, columns }: Around): readonly string[] {
  const { check, result } = answer;
  const word = result.state === 'fail' ? check.severity : result.state;
  const style = result.state === 'fail' ? styles[check.severity] : 'dim';
  const first = word.toUpperCase().padEnd(8);
  const implied = impliedLine(answer, report.answers);
  return [
    lineOf(
      { first, paint: (text) => paint(['bold', style], text), text: `${check.id}  ${plain(check.title)}` },
      columns,
    ),
    ...[...linesOf(answer), ...(implied === undefined ? [] : [implied])].map((text) =>
      lineOf({ text: plain(text), indent: 10, after: 12 }, columns),
    ),
    '',
  ];
}

/** What was not assessed, one line for each reason. */
function openLines(report: ComplianceReport, columns: number): readonly string[] {
  const open = Map.groupBy(ofState(report, 'not-assessed'), ({ result }) => ('reason' in result ? result.reason : ''));
  if (open.size === 0) return [];
  const lines = [...open].map(([reason, answers]) =>
    lineOf({ text: `${plain(reason)} ${answers.map(({ check }) => check.id).join(', ')}`, indent: 2 }, columns),
  );
  return ['Not assessed:', ...lines, ''];
}

function verdictLine({ verdict }: ComplianceReport, paint: Paint, columns: number): string {
  const [first, style] = (
    { pass: ['PASS', 'green'], fail: ['FAIL', 'red'], 'cannot-judge': ['CANNOT JUDGE', 'yellow'] } as const
  )[verdict.kind];
  return lineOf({ first, paint: (word) => paint(['bold', style], word), text: plain(verdict.reason) }, columns);
}

function ofState({ answers }: ComplianceReport, state: Answer['result']['state']): readonly Answer[] {
  return answers.filter(({ result }) => result.state === state);
}
