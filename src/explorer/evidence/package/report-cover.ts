import type { AssessedControl, Assessment } from '../assessment.ts';
import { type Html, html } from './html.ts';
import { answeredWords, day, percent, stateWord } from './report-words.ts';

/** What an auditor reads first: of what and when, what was not assessed, then how each control stands. */
export function coverOf(assessment: Assessment): Html {
  const { template } = assessment;
  const [outside, controls] = partition(assessment.controls);
  return html`<header>
<h1>${template.title}</h1>
${standingOf(template)}
<p>${countsOf(controls, outside)}</p>
${scopeOf(assessment)}
${(assessment.notes ?? []).map((note) => html`<p>${note}</p>`)}
${notAssessed(controls)}
<h2>Controls</h2>
<table><thead><tr><th>Control</th><th>State</th><th class="number">Rate</th><th class="number">Coverage</th><th class="number">Answered</th><th>Reason</th></tr></thead><tbody>
${controls.map(controlRow)}
</tbody></table>
<p class="quiet">Rate: part that passes of what passes, fails, warns or is excepted. Coverage: part that was assessed of what the control applies to. Each subject counts once, by its worst answer. Answered: questions that have an answer for every subject.</p>
${outsideOf(outside)}
</header>
`;
}

/** Who stands behind the mapping, where no specialist does. */
function standingOf({ standing }: Assessment['template']): Html | undefined {
  switch (standing) {
    case 'reviewed':
      return undefined;
    case 'starting-point':
      return html`<p><strong>A starting point, not reviewed:</strong> no specialist of the subject has reviewed this mapping.</p>`;
    case 'own':
      return html`<p><strong>An own template:</strong> it was written at the console that made this report.</p>`;
  }
}

/** Controls of which Seawall assesses nothing, and the others. */
function partition(controls: readonly AssessedControl[]) {
  const { outside = [], others = [] } = Object.groupBy(controls, ({ state }) =>
    state === 'not-assessed' ? 'outside' : 'others',
  );
  return [outside, others] as const;
}

function countsOf(controls: readonly AssessedControl[], outside: readonly AssessedControl[]): string {
  const count = (state: AssessedControl['state']): number => controls.filter((one) => one.state === state).length;
  return `${controls.length} controls: ${count('not-met')} not met, ${count('incomplete')} incomplete, ${count('met-with-exceptions')} met with exceptions, ${count('met')} met, ${count('not-applicable')} not applicable.${outside.length === 0 ? '' : ` Seawall assesses nothing of ${outside.length} ${outside.length === 1 ? 'other' : 'others'}, listed below.`}`;
}

function scopeOf({ at, madeAt, installation, version, scope, subjects }: Assessment): Html {
  const { environment, application, collections, askedBy } = scope;
  const view =
    collections === undefined
      ? 'the whole estate'
      : `only the collections ${collections.join(', ') || 'none'}: subjects outside them are not part of this report`;
  return html`<dl>
<dt>As of</dt><dd>${day(at)}, written ${day(madeAt)}</dd>
<dt>Environment</dt><dd>${environment ?? 'all'}</dd>
<dt>Application</dt><dd>${application ?? 'all'}</dd>
<dt>View of ${askedBy}</dt><dd>${view}</dd>
<dt>Subjects</dt><dd>${subjects.length}</dd>
<dt>Installation</dt><dd><code>${installation}</code>, Seawall ${version}</dd>
</dl>`;
}

function notAssessed(controls: readonly AssessedControl[]): Html {
  const open = controls.flatMap((control) =>
    control.questions
      .filter(({ state, subjects }) => state === 'not-assessed' || subjects['not-assessed'] + subjects.error > 0)
      .map((question) => ({ control, question })),
  );
  if (open.length === 0) return html`<h2>Not assessed</h2><p>Every question was assessed for every subject.</p>`;
  return html`<h2>Not assessed</h2><div class="open"><table><thead><tr><th>Control</th><th>Question</th><th class="number">Subjects</th><th>Why, and what would assess it</th></tr></thead><tbody>
${open.map(({ control, question }) => html`<tr><td><a href="#control-${control.id}">${control.id}</a></td><td>${question.text}</td><td class="number" data-label="Subjects">${question.subjects['not-assessed'] + question.subjects.error}</td><td>${question.reason ?? 'See the page of the control.'}</td></tr>`)}
</tbody></table></div>`;
}

/** They have no page of their own: there is nothing to show but why. */
function outsideOf(outside: readonly AssessedControl[]): Html | undefined {
  if (outside.length === 0) return undefined;
  return html`<h2>Not assessed by Seawall</h2>
<div class="open"><table><thead><tr><th>Control</th><th>Why, and what would assess it</th></tr></thead><tbody>
${outside.map(
  ({ id, title, reason }) => html`<tr><td>${id} ${title}</td><td>${reason}</td></tr>
`,
)}</tbody></table></div>`;
}

function controlRow(control: AssessedControl): Html {
  const { id, title, state, rate, coverage, reason } = control;
  return html`<tr><td><a href="#control-${id}">${id}</a> ${title}</td><td>${stateWord(state)}</td><td class="number" data-label="Rate">${percent(rate)}</td><td class="number" data-label="Coverage">${percent(coverage)}</td><td class="number" data-label="Answered">${answeredWords(control)}</td><td>${reason}</td></tr>
`;
}
