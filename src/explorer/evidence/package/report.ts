import type { AssessedAnswer, AssessedControl, AssessedQuestion, Assessment } from '../assessment.ts';
import { worstFirst } from '../state.ts';
import { type Html, html } from './html.ts';
import type { PackedFile } from './packed-file.ts';
import { paths } from './paths.ts';
import { coverOf } from './report-cover.ts';
import { historyOf } from './report-history.ts';
import { reportStyle } from './report-style.ts';
import { type ImportLinks, importsOf } from './report-imports.ts';
import { answeredWords, day, percent, stateWord } from './report-words.ts';

/** Files that show an answer, by their paths in the package; none where the report stands alone. */
export type LinksOf = (answer: AssessedAnswer) => readonly string[];

/** Answers of one question that the report shows; the tables have all. */
const shownAnswers = 200;
/** Subjects of one answer that it names. */
const shownSubjects = 6;

/** The report: a cover with what was not assessed first, then a page for each control of which something is assessed. */
export function reportFile(
  assessment: Assessment,
  linksOf: LinksOf,
  importLinks: ImportLinks = () => ({}),
): PackedFile {
  const bySource = Map.groupBy(assessment.answers, ({ source }) => source);
  const context = { assessment, linksOf, bySource };
  return {
    path: paths.report,
    pieces: function* () {
      const title = html`${assessment.template.title}: evidence as of ${day(assessment.at)}`;
      yield `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title.html}</title><style>${reportStyle}</style></head><body>\n`;
      yield coverOf(assessment).html;
      yield importsOf(assessment, importLinks).html;
      for (const control of assessment.controls)
        if (control.state !== 'not-assessed') yield controlPage(control, context).html;
      yield '</body></html>\n';
    },
  };
}

interface Context {
  readonly assessment: Assessment;
  readonly linksOf: LinksOf;
  readonly bySource: ReadonlyMap<string, readonly AssessedAnswer[]>;
}

function controlPage(control: AssessedControl, context: Context): Html {
  const { id, title, state, reason, rate, coverage, definition, sp80053, questions } = control;
  const inOrder = questions.toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state));
  return html`<section class="control" id="control-${id}">
<h2>${id} ${title}</h2>
<p>${stateWord(state)} ${reason}</p>
<div class="figures"><div>Rate<b>${percent(rate)}</b></div><div>Coverage<b>${percent(coverage)}</b></div><div>Questions with a full answer<b>${answeredWords(control)}</b></div></div>
<p>${definition}</p>
<p class="quiet">NIST SP 800-53 revision 5: ${sp80053.join(', ') || 'none named'}</p>
${historyOf(control)}
${inOrder.map((question) => questionOf(question, { ...context, control: id }))}
</section>
`;
}

function questionOf(question: AssessedQuestion, context: Context & { readonly control: string }): Html {
  const answers = question.sources
    .flatMap((source) => context.bySource.get(source) ?? [])
    .toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state));
  const shown = answers.slice(0, shownAnswers);
  const more = answers.length - shown.length;
  return html`<h3>${question.text}</h3>
<p>${stateWord(question.state)} ${question.required ? undefined : 'Not required. '}${isInRows(shown, question) ? undefined : question.reason}</p>
${context.assessment.attestations
  .filter((one) => one.control === context.control && one.question === question.id)
  .map(attestationLine)}
${shown.length === 0 ? html`<p class="quiet">No answer.</p>` : html`<table class="answers"><thead><tr><th>State</th><th>Answer</th><th>Subjects</th><th>Evidence</th></tr></thead><tbody>${shown.map((answer) => answerRow(answer, context))}</tbody></table>`}
${more > 0 ? html`<p class="quiet">${more} more answers are in ${paths.answers}.</p>` : undefined}
`;
}

/** Whether the rows of the answers say why the question is open. */
function isInRows(answers: readonly AssessedAnswer[], { reason = '' }: AssessedQuestion): boolean {
  return answers.some((one) => one.reason !== undefined && reason.endsWith(one.reason));
}

/** Who confirmed it, by which document, and until when. */
function attestationLine({ statement, author, at, until }: Assessment['attestations'][number]): Html {
  return html`<p>Confirmed by ${author}: “${statement}”, from ${day(at)} until ${day(until)}.</p>`;
}

function answerRow(answer: AssessedAnswer, context: Context): Html {
  const { state, source, version, title, seen, reason, until, collected, facts } = answer;
  const links = context.linksOf(answer);
  const evidence =
    links.length === 0
      ? html`${facts === undefined ? 'row of the log' : html`documents <code>${facts.slice(0, 16)}</code>`}`
      : html`${links.map((link, at) => html`${at === 0 ? undefined : html`<br>`}<a href="${link}"><code>${nameOf(link)}</code></a>`)}`;
  // What no check answers is the question itself, whose text stands above.
  const what =
    version === undefined
      ? html`<span class="quiet">${source}</span>`
      : html`${title} <span class="quiet">${source}, version ${version}</span>`;
  return html`<tr><td>${stateWord(state)}</td><td>${what}${seen.length === 0 ? undefined : html`<br>Seen: ${seen.join(', ')}`}${reason === undefined ? undefined : html`<br>${reason}`}${until === undefined ? undefined : html`<br>Excepted until ${day(until)}`}</td><td>${subjectsText(answer, context.assessment)}</td><td class="evidence">${evidence}<br><span class="quiet">${collected.slice(0, 16).replace('T', ' ')} UTC</span></td></tr>`;
}

function subjectsText({ subjects }: AssessedAnswer, assessment: Assessment): string {
  const names = subjects.slice(0, shownSubjects).flatMap((at) => {
    const subject = assessment.subjects[at];
    if (subject === undefined) return [];
    return [['', subject.name].includes(subject.host) ? subject.name : `${subject.name} on ${subject.host}`];
  });
  const more = subjects.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}` || 'the installation';
}

/** The end of a path; what begins with a hash is cut so that it can be read. */
function nameOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name.replace(/^([0-9a-f]{12})[0-9a-f]{48}/, '$1…');
}
