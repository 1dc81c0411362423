import { type CheckFindings, checkSeverities, type CheckStatus, type ListedCheck } from '#compliance/contract.ts';
import { count, counted } from '../../ui/format.ts';
import type { Headline } from './check-words.ts';
import type { ChecksSearch } from './checks-search.ts';

/** A check with the subjects that it looks at, by how they stand. */
export interface CheckRow {
  readonly check: ListedCheck;
  readonly findings: CheckFindings;
}

/** Ways to stand of which nobody can say whether something is wrong. */
export const openStatuses = [
  'unreported',
  'unanswered',
  'silent',
  'error',
  'not-assessed',
] as const satisfies readonly CheckStatus[];

/** Checks with their numbers, what needs a person first. One without numbers has no subjects. */
export function rowsOf(checks: readonly ListedCheck[], findings: readonly CheckFindings[]): readonly CheckRow[] {
  const numbers = new Map(findings.map((one) => [one.check, one]));
  return checks
    .flatMap((check) => {
      const own = numbers.get(check.id);
      return own === undefined ? [] : [{ check, findings: own }];
    })
    .toSorted(
      (left, right) =>
        rankOf(left) - rankOf(right) ||
        severityOf(left) - severityOf(right) ||
        ownFailures(right) - ownFailures(left) ||
        (left.check.id < right.check.id ? -1 : 1),
    );
}

/** Failures that no other failure explains, those of images once at the image that they are built on. */
function ownFailures({ findings: { subjects, folded, inherited = 0 } }: CheckRow): number {
  return subjects.fail - folded - inherited;
}

/** Subjects that a check looks at, however they stand. */
export function subjectsOf({ findings: { subjects } }: Pick<CheckRow, 'findings'>): number {
  return Object.values(subjects).reduce((sum, number) => sum + number, 0);
}

function severityOf({ check }: CheckRow): number {
  return checkSeverities.indexOf(check.severity);
}

function rankOf(row: CheckRow): number {
  const { subjects } = row.findings;
  if (ownFailures(row) > 0) return 0;
  if (subjects.fail > 0) return 1;
  if (subjects.error + subjects.unreported + subjects.unanswered + subjects.silent > 0) return 2;
  if (subjects.warn > 0) return 3;
  if (subjects['not-assessed'] > 0) return 4;
  return subjects.pass > 0 ? 5 : 6;
}

/** Whether a row passes the filters of the address. */
export function passes({ check, findings }: CheckRow, search: ChecksSearch): boolean {
  const { template, severity, subject, has } = search;
  return (
    (template === undefined || check.templates.some(({ id }) => id === template)) &&
    (severity === undefined || check.severity === severity) &&
    (subject === undefined || check.subject === subject) &&
    (has === undefined || Object.entries(findings.subjects).some(([one, number]) => one === has && number > 0))
  );
}

/** What the page says first. Nothing is well while an answer is open. */
export function headOf(rows: readonly CheckRow[]): Headline {
  const failing = rows.filter((row) => ownFailures(row) > 0);
  const subjects = rows.reduce((sum, row) => sum + subjectsOf(row), 0);
  if (subjects === 0)
    return { state: 'unknown', word: 'Nothing is known.', sentence: 'No subject of a check has been reported.' };
  const open = openSentence(rows);
  if (failing.length > 0) {
    const worst = failing.filter(({ check }) => check.severity === 'critical').length;
    return {
      state: 'fail',
      word: `${counted(failing.length, 'check fails', 'checks fail')} somewhere, ${worst === 0 ? 'none' : count(worst)} of them critical.`,
      sentence: open,
    };
  }
  if (open !== '') return { state: 'unknown', word: 'Not everything is known.', sentence: open };
  const warned = rows.filter(({ findings }) => findings.subjects.warn > 0).length;
  return warned > 0
    ? { state: 'partly', word: `${counted(warned, 'check warns', 'checks warn')}.`, sentence: 'None fails.' }
    : { state: 'pass', word: 'Every check that applies passes.', sentence: '' };
}

function openSentence(rows: readonly CheckRow[]): string {
  const of = (status: CheckStatus): number => rows.reduce((sum, { findings }) => sum + findings.subjects[status], 0);
  const parts = [
    [of('unreported'), 'of containers that run and were not reported'],
    [of('silent'), 'of hosts that fell silent'],
    [of('unanswered'), 'not evaluated yet'],
    [of('error'), 'in error'],
    [of('not-assessed'), 'not assessed'],
  ] as const;
  const said = parts.flatMap(([number, words]) => (number === 0 ? [] : [`${count(number)} ${words}`]));
  return said.length === 0 ? '' : `Unknown: ${said.join(', ')}.`;
}
