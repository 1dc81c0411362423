import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import {
  type ControlSummary,
  type EvidenceTemplate,
  type getControl,
  type getTemplateEvidence,
  longestStrip,
  type QuestionSummary,
  stripDays,
} from '../../contract-evidence.ts';
import type { Control, ControlTemplate } from '../../evidence/control.ts';
import { coverageOf, type QuestionStand, rateOf, standOfControl, worstIn } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import { readCountsAt } from './counts-then.ts';
import { type Counts, questionStands, readCounts } from './counts.ts';
import { readDays } from './read-days.ts';
import { readGaps } from './gaps.ts';
import { type Looking, sightOf } from './looking.ts';
import { readPending } from './refresh-evidence.ts';
import { lookingAt, type TemplateHere, templateNamed } from './templates-here.ts';
import { readWhyUnanswered } from './why-unanswered.ts';

/** Throws `not-found`. */
export function controlNamed(template: ControlTemplate, id: string): Control {
  const control = template.controls.find((one) => one.id === id);
  if (control === undefined) throw new AppError('not-found', `${template.title} has no control ${id}.`);
  return control;
}

export function aboutTemplate({ id, title, summary, standing, deletedAt }: TemplateHere): EvidenceTemplate {
  return { id, title, summary, standing, ...(deletedAt !== undefined && { deletedAt: deletedAt.toISOString() }) };
}

/** Every control of a template, in its order. */
export async function readTemplate(
  queries: Queries,
  id: string,
  asked: Looking,
): Promise<Immutable<ReplyOf<typeof getTemplateEvidence>>> {
  const template = await templateNamed(queries, id);
  const looking = lookingAt(template, asked);
  const counts = await countsOf(queries, template, looking);
  const { days, missing } = await readDays(queries, { template: id, looking, length: stripDays });
  return {
    template: aboutTemplate(template),
    controls: template.controls.map((control) => ({
      ...summaryOf(control, counts),
      days: [...(days.get(control.id) ?? [])],
    })),
    ...(missing !== undefined && { daysMissing: missing }),
    ...(await readComputed(queries, looking)),
  };
}

/** One control with its questions. */
export async function readControl(
  queries: Queries,
  { template: templateId, control: id }: { readonly template: string; readonly control: string },
  asked: Looking,
): Promise<Immutable<ReplyOf<typeof getControl>>> {
  const template = await templateNamed(queries, templateId);
  const looking = lookingAt(template, asked);
  const control = controlNamed(template, id);
  const counts = await countsOf(queries, template, { ...looking, control: id });
  const stands = questionStands(control, counts);
  // Why something was open at another moment is not kept.
  const reasons =
    looking.moment === undefined
      ? await readWhyUnanswered(queries, { template: templateId, control, stands, looking })
      : new Map<string, string>();
  const { days, missing } = await readDays(queries, {
    template: templateId,
    control: id,
    looking,
    length: longestStrip,
  });
  const { definition, sp80053 } = control;
  return {
    control: { ...summaryOf(control, counts), definition, sp80053 },
    questions: stands.map((stand) => questionSummary(stand, reasons.get(stand.question.id))),
    days: [...(days.get(id) ?? [])],
    ...(missing !== undefined && { daysMissing: missing }),
    gaps: [...(await readGaps(queries, looking))],
    ...(await readComputed(queries, looking)),
  };
}

/** Counts of now are kept, those of another moment come from history. */
async function countsOf(
  queries: Queries,
  template: ControlTemplate,
  { moment, control, ...looking }: Looking & { readonly control?: string },
): Promise<Counts> {
  if (moment === undefined)
    return await readCounts(queries, { template: template.id, control, scope: looking.scope, sight: sightOf(looking) });
  return await readCountsAt(queries, template, { moment, looking });
}

/** How a control stands by counts. */
export function summaryOf(control: Control, counts: Counts): ControlSummary {
  const subjects = counts(control.id, '');
  const stands = questionStands(control, counts);
  const [rate, coverage] = [rateOf(subjects), coverageOf(subjects)];
  return {
    id: control.id,
    title: control.title,
    ...standOfControl(control, stands, subjects),
    subjects,
    ...(rate !== undefined && { rate }),
    ...(coverage !== undefined && { coverage }),
  };
}

function questionSummary({ question, subjects }: QuestionStand, reason: string | undefined): QuestionSummary {
  const { id, text, required, by } = question;
  return {
    id,
    text,
    required,
    by: by.kind,
    checks: by.kind === 'checks' ? by.checks : [],
    state: worstIn(subjects),
    subjects,
    ...(reason !== undefined && { reason }),
  };
}

/** As of when the states are, and how many places are not among them yet. */
async function readComputed(queries: Queries, { moment, now }: Looking) {
  if (moment !== undefined) return { computedAt: moment.at.toISOString() };
  const pending = await readPending(queries, now);
  return { computedAt: await readComputedAt(queries, now), ...(pending > 0 && { pending }) };
}

/** When the newest look at any place was. */
async function readComputedAt(queries: Queries, now: Date): Promise<string> {
  const row = await queries
    .query(explorerSchema)
    .selectFrom('evidence_looked')
    .select(({ fn }) => fn.max('at').as('at'))
    .executeTakeFirst();
  return (row?.at ?? now).toISOString();
}
