import type { AssessedAnswer, Assessment } from '../assessment.ts';
import { daysWithGaps } from './days.ts';
import type { PackedFile } from './packed-file.ts';
import { paths } from './paths.ts';

type Cell = string | number | undefined;

/** Controls, answers, subjects and days as tables; answers and subjects are joined by the numbers of subjects. */
export function csvFiles(
  assessment: Assessment,
  linksOf: (answer: AssessedAnswer) => readonly string[],
): readonly PackedFile[] {
  return [
    csv(paths.controls, () => controlRows(assessment)),
    csv(paths.answers, () => answerRows(assessment, linksOf)),
    csv(paths.subjects, () => subjectRows(assessment)),
    csv(paths.days, () => dayRows(assessment)),
  ];
}

/** Answers alone, without links to files: for whoever takes no package. */
export function answersCsv(assessment: Assessment): PackedFile {
  return csv(paths.answers, () => answerRows(assessment, () => []));
}

function* controlRows({ controls, template }: Assessment): Generator<readonly Cell[]> {
  yield ['control', 'title', 'state', 'reason', 'rate', 'coverage', 'questions', 'unanswered', 'sp800-53', 'standing'];
  for (const { id, title, state, reason, rate, coverage, questions, unanswered, sp80053 } of controls)
    yield [
      id,
      title,
      state,
      reason,
      rate,
      coverage,
      questions.length,
      unanswered,
      sp80053.join(' '),
      template.standing,
    ];
}

const answerHeads: readonly string[] = (
  'control,control-state,question,question-state,source,version,title,state,severity,' +
  'seen,reason,until,collected,expires,subjects,configuration,subject-numbers,evidence,sp800-53,standing'
).split(',');

function* answerRows(
  assessment: Assessment,
  linksOf: (answer: AssessedAnswer) => readonly string[],
): Generator<readonly Cell[]> {
  yield answerHeads;
  const bySource = Map.groupBy(assessment.answers, ({ source }) => source);
  for (const control of assessment.controls) {
    const { id, title, state, reason, sp80053 } = control;
    const tail = [sp80053.join(' '), assessment.template.standing];
    if (state === 'not-assessed') yield [id, state, '', state, ...cellsWithout(title, state, reason), ...tail];
    for (const question of control.questions) {
      const head = [id, state, question.id, question.state];
      const answers = question.sources.flatMap((source) => bySource.get(source) ?? []);
      if (answers.length === 0)
        yield [...head, ...cellsWithout(question.text, question.state, question.reason), ...tail];
      // Parts of the product answer several questions alike: each is told in its own words.
      for (const answer of answers) {
        const told = answer.version === undefined ? { ...answer, title: question.text } : answer;
        yield [...head, ...answerCells(told, linksOf(answer)), ...tail];
      }
    }
  }
}

/** In the place of an answer that nobody gave. */
function cellsWithout(title: string, state: string, reason: string | undefined): readonly Cell[] {
  return ['', undefined, title, state, '', '', reason, ...Array<string>(7).fill('')];
}

/** Subjects are named by their numbers: those of one configuration may have different states. */
function answerCells(answer: AssessedAnswer, links: readonly string[]): readonly Cell[] {
  const { source, version, title, state, severity, seen, reason, until, collected, expires, subjects, facts } = answer;
  const numbers = subjects.map((at) => at + 1).join(' ');
  const answered = [source, version, title, state, severity, seen.join('; '), reason, until, collected, expires];
  return [...answered, subjects.length, facts, numbers, links.join(' ')];
}

function* subjectRows({ subjects }: Assessment): Generator<readonly Cell[]> {
  yield ['number', 'kind', 'host', 'id', 'name', 'application', 'environment', 'configuration'];
  for (const [at, { kind, host, id, name, application, environment, facts }] of subjects.entries())
    yield [at + 1, kind, host, id, name, application, environment, facts];
}

/** A day without a record has no state. */
function* dayRows({ controls }: Assessment): Generator<readonly Cell[]> {
  yield ['control', 'day', 'state', 'rate', 'coverage'];
  for (const { id, days } of controls) {
    const known = new Map(days.map((one) => [one.day, one]));
    for (const { day, state } of daysWithGaps(days))
      yield [id, day, state ?? 'no record', known.get(day)?.rate, known.get(day)?.coverage];
  }
}

function csv(path: string, rows: () => Iterable<readonly Cell[]>): PackedFile {
  return {
    path,
    pieces: function* () {
      for (const row of rows()) yield `${row.map(cellOf).join(',')}\r\n`;
    },
  };
}

/**
 * What a spreadsheet would compute: at the beginning of a cell, and behind what some take for the end of one, whatever quotes
 * and spaces stand before it. Full-width signs count in some languages.
 */
const computed = /(^|[;\t\r\n])([ "']*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/** RFC 4180. What a spreadsheet would compute gets an apostrophe before it: names come from hosts. */
function cellOf(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cell.replace(/^(?=[\t\r\n])/, "'").replaceAll(computed, "$1$2'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
