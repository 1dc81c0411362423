import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AssessedControl, Assessment } from '../../../evidence/assessment.ts';
import type { Control, ControlTemplate } from '../../../evidence/control.ts';
import { noSubjects } from '../../../evidence/state.ts';
import { listAttested } from '../attestations.ts';
import type { Looking } from '../looking.ts';
import { aboutTemplate, readControl, summaryOf } from '../read-evidence.ts';
import { readPending } from '../refresh-evidence.ts';
import { everywhere } from '../scopes.ts';
import { lookingAt, type TemplateHere, templateNamed } from '../templates-here.ts';
import { collectAnswers } from './collect-answers.ts';
import { collectImports } from './collect-imports.ts';
import { collectThen } from './collect-then.ts';
import { sourcesOf } from './group-answers.ts';
import { readScopedSubjects, toAssessed } from './read-subjects.ts';

/** What is asked for. */
export interface AskedAssessment {
  readonly template: string;
  readonly looking: Looking;
  readonly principal: Principal | undefined;
  readonly installation: string;
  readonly version: string;
}

/** Reads how all controls of a template stand, with every distinct answer. Throws `not-found`, `too-costly`. */
export async function collectAssessment(queries: Queries, asked: AskedAssessment): Promise<Assessment> {
  const { installation, version, principal } = asked;
  const template = await templateNamed(queries, asked.template);
  const looking = lookingAt(template, asked.looking);
  const now = looking.now.toISOString();
  const { moment } = looking;
  const controls: AssessedControl[] = [];
  for (const one of template.controls)
    controls.push(
      one.notAssessed === undefined ? await assessedControl(queries, template, { id: one.id, looking }) : outside(one),
    );
  const stood =
    moment === undefined
      ? await collectNow(queries, template, looking)
      : await collectThen(queries, { template, looking, moment });
  return {
    installation,
    version,
    at: moment === undefined ? now : moment.at.toISOString(),
    madeAt: now,
    scope: scopeOf(looking, principal),
    template: aboutTemplate(template),
    controls,
    attestations:
      looking.view === undefined && moment === undefined ? await attestationsOf(queries, template, looking.now) : [],
    ...stood,
    ...(moment === undefined && { imports: await collectImports(queries, looking, stood.subjects) }),
    notes: await notesOf(queries, template, looking),
  };
}

const pastNote =
  'It shows an earlier moment: states are those of the evidence log, judged by the questions of today. What was seen then is in the documents, as far as they are still kept.';

async function notesOf(queries: Queries, { deletedAt }: TemplateHere, { moment, now }: Looking) {
  const deleted =
    deletedAt === undefined ? [] : [`The template was deleted on ${deletedAt.toISOString().slice(0, 10)}.`];
  if (moment !== undefined) return [...deleted, pastNote];
  const pending = await readPending(queries, now);
  return pending === 0
    ? []
    : [`Questions or documents changed: ${pending} places were not looked at since, and their subjects are left out.`];
}

async function collectNow(queries: Queries, template: ControlTemplate, looking: Looking) {
  const subjects = await readScopedSubjects(queries, looking);
  const answers = await collectAnswers(queries, { template, looking, subjects });
  return { subjects: subjects.map(toAssessed), answers };
}

function scopeOf({ scope }: Looking, principal: Principal | undefined): Assessment['scope'] {
  const { environment, application } = scope;
  return {
    askedBy: principal?.name ?? 'nobody',
    ...(environment !== everywhere && { environment }),
    ...(application !== everywhere && { application }),
    ...(principal?.collections !== undefined && { collections: principal.collections }),
  };
}

/** Nothing is kept of a control of which nothing is assessed. */
function outside(control: Control): AssessedControl {
  const { definition, sp80053 } = control;
  return { ...summaryOf(control, () => noSubjects), definition, sp80053, questions: [], days: [], gaps: [] };
}

async function assessedControl(
  queries: Queries,
  template: ControlTemplate,
  { id, looking }: { readonly id: string; readonly looking: Looking },
): Promise<AssessedControl> {
  const { control, questions, days, daysMissing, gaps } = await readControl(
    queries,
    { template: template.id, control: id },
    looking,
  );
  const declared = template.controls.find((one) => one.id === id)?.questions ?? [];
  return {
    ...control,
    questions: questions.map((question) => ({
      ...question,
      sources: declared.filter((one) => one.id === question.id).flatMap(sourcesOf),
    })),
    days,
    ...(daysMissing !== undefined && { daysMissing }),
    gaps: gaps.map(({ to, ...gap }) => ({ ...gap, ...(to !== undefined && { to }) })),
  };
}

/** Documents of people that hold now, for the questions that they answer. */
async function attestationsOf(
  queries: Queries,
  template: ControlTemplate,
  now: Date,
): Promise<Assessment['attestations']> {
  const held = (await listAttested(queries, now)).filter(({ state }) => state === 'holds');
  return template.controls.flatMap((control) =>
    control.questions.flatMap(({ id, by }) => {
      const kind = by.kind === 'attestation' || by.kind === 'checks' ? by.attestation : undefined;
      return held
        .filter((one) => one.kind === kind)
        .map((one) => ({
          id: one.id,
          control: control.id,
          question: id,
          statement: `${one.document}${one.note === undefined ? '' : `. ${one.note}`}`,
          author: one.author,
          at: one.addedAt,
          until: one.expiresAt,
        }));
    }),
  );
}
