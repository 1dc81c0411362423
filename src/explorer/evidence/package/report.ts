import type { AssessedAnswer, AssessedControl, AssessedQuestion, Assessment } from '../assessment.ts';
import { worstFirst } from '../state.ts';
import { type Html, html } from './html.ts';
import type { PackedFile } from './packed-file.ts';
import { paths } from './paths.ts';
import { coverOf } from './report-cover.ts';
import { reportStyle } from './report-style.ts';
import { day, percent, stateWord } from './report-words.ts';

/** Files that show an answer, by their paths in the package; none where the report stands alone. */
export type LinksOf = (answer: AssessedAnswer) => readonly string[];

/** Answers of one question that the report shows; the tables have all. */
const shownAnswers = 200;
/** Subjects of one answer that it names. */
const shownSubjects = 6;

/** The report: a cover with what was not assessed first, then a page for each control. */
export function reportFile(assessment: Assessment, linksOf: LinksOf): PackedFile {
  const bySource = Map.groupBy(assessment.answers, ({ source }) => source);
  const context = { assessment, linksOf, bySource };
  return {
    path: paths.report,
    pieces: function* () {
      const title = html`${assessment.template.title}: evidence as of ${day(assessment.at)}`;
      yield `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title.html}</title><style>${reportStyle}</style></head><body>\n`;
      yield coverOf(assessment).html;
      for (const control of assessment.controls) yield controlPage(control, context).html;
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
<div class="figures"><div>Rate<b>${percent(rate)}</b></div><div>Coverage<b>${percent(coverage)}</b></div></div>
<p>${definition}</p>
<p class="quiet">NIST SP 800-53 revision 5: ${sp80053.join(', ') || 'none named'}</p>
${historyOf(control)}
${inOrder.map((question) => questionOf(question, { ...context, control: id }))}
</section>
`;
}

/** Day by day; a day without a record is shown as a gap. */
function historyOf({ days, daysMissing, gaps }: AssessedControl): Html {
  const marks: Readonly<Record<string, string>> = {
    met: '✓',
    'not-met': '✕',
    incomplete: '?',
    'met-with-exceptions': '◐',
  };
  const strip = withGaps(days).map(([name, state]) =>
    state === undefined
      ? html`<span class="incomplete" title="${name}: no record"> </span>`
      : html`<span class="${state}" title="${name}: ${state}">${marks[state] ?? '○'}</span>`,
  );
  return html`${days.length === 0 ? undefined : html`<h3>Day by day, ${days[0]?.day} to ${days.at(-1)?.day}</h3><div class="strip">${strip}</div>`}
${daysMissing === undefined ? undefined : html`<h3>Day by day</h3><p>${daysMissing}</p>`}
${gaps.length === 0 ? undefined : html`<h3>Gaps</h3><ul>${gaps.map(({ from, to, host, reason }) => html`<li>${host}, ${day(from)} to ${to === undefined ? 'now' : day(to)}: ${reason}</li>`)}</ul>`}`;
}

const dayLength = 24 * 60 * 60_000;
/** Days that a strip has at most: three years. */
const longestStrip = 1100;

function withGaps(days: AssessedControl['days']): readonly (readonly [day: string, state: string | undefined])[] {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const known = new Map(days.map((one) => [one.day, one.state]));
  const from = Date.parse(first.day);
  const count = Math.min(longestStrip, Math.round((Date.parse(last.day) - from) / dayLength) + 1);
  return Array.from({ length: count }, (_, at) => {
    const name = new Date(from + at * dayLength).toISOString().slice(0, 10);
    return [name, known.get(name)];
  });
}

function questionOf(question: AssessedQuestion, context: Context & { readonly control: string }): Html {
  const answers = question.sources
    .flatMap((source) => context.bySource.get(source) ?? [])
    .toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state));
  const shown = answers.slice(0, shownAnswers);
  const more = answers.length - shown.length;
  return html`<h3>${question.text}</h3>
<p>${stateWord(question.state)} ${question.required ? undefined : 'Not required. '}${question.reason}</p>
${context.assessment.attestations
  .filter((one) => one.control === context.control && one.question === question.id)
  .map(attestationLine)}
${shown.length === 0 ? html`<p class="quiet">No answer.</p>` : html`<table><thead><tr><th>State</th><th>Answer</th><th>Subjects</th><th>Evidence</th></tr></thead><tbody>${shown.map((answer) => answerRow(answer, context))}</tbody></table>`}
${more > 0 ? html`<p class="quiet">${more} more answers are in ${paths.answers}.</p>` : undefined}
`;
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
      : html`${links.map((link) => html`<a href="${link}"><code>${nameOf(link)}</code></a> `)}`;
  return html`<tr><td>${stateWord(state)}</td><td>${title} <span class="quiet">${source}${version === undefined ? '' : `, version ${version}`}</span>${seen.length === 0 ? undefined : html`<br>Seen: ${seen.join(', ')}`}${reason === undefined ? undefined : html`<br>${reason}`}${until === undefined ? undefined : html`<br>Excepted until ${day(until)}`}</td><td>${subjectsText(answer, context.assessment)}</td><td>${evidence}<br><span class="quiet">${collected.slice(0, 16).replace('T', ' ')} UTC</span></td></tr>`;
}

function subjectsText({ subjects }: AssessedAnswer, assessment: Assessment): string {
  const names = subjects.slice(0, shownSubjects).flatMap((at) => {
    const subject = assessment.subjects[at];
    if (subject === undefined) return [];
    return [subject.host === '' ? subject.name : `${subject.name} on ${subject.host}`];
  });
  const more = subjects.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}` || 'the installation';
}

/** The end of a path, short enough to be read. */
function nameOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name.length > 28 ? `${name.slice(0, 12)}…${name.slice(-9)}` : name;
}
