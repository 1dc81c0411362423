import { AppError } from '#base/index.ts';
import {
  type About,
  assessDocuments,
  checks,
  checkSeverities,
  type CheckSeverity,
  documentText,
  type Fields,
  type SubjectKind,
  type Template,
  templates,
} from '#compliance/index.ts';
import { type CommandCall, type ExitCode, type OptionEntry, text } from '../command.ts';
import { plain } from '../plain.ts';
import { exitCodes } from '../scan/verdict-exit.ts';
import { type ComplianceFormat, complianceFormats } from './format.ts';
import { type Answer, reportOf } from './report.ts';

/** A subject, and what its documents say. */
export interface SubjectFacts {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly documents: readonly { readonly kind: string; readonly fields: Fields }[];
}

/** Options of every `seawall compliance` command that judges. */
export const complianceOptions: readonly OptionEntry[] = [
  { flags: '--template <id>', summary: `only the checks of a template: ${templates.map(({ id }) => id).join(', ')}` },
  { flags: '--fail-on <severity>', summary: 'low, medium, high or critical (medium)' },
  { flags: '--format <format>', summary: `${complianceFormats.map(({ id }) => id).join(', ')} (table)` },
];

/** What the words of the user choose. Throws `usage`. */
interface Chosen {
  readonly template?: Template;
  readonly failOn: CheckSeverity;
  readonly format: ComplianceFormat;
}

/**
 * Judges a subject by all checks of its kind and writes the report. 0: none fails at the limit; 1: some do; 3: nothing
 * could be assessed. The options are read before the subject is.
 */
export async function judgeSubject(call: CommandCall, read: () => Promise<SubjectFacts>): Promise<ExitCode> {
  const { template, failOn, format } = chosenOf(call);
  const { kind, name, documents } = await read();
  const at = new Date();
  const texts = documents.map(({ kind: document, fields }) => ({ kind: document, text: documentText(fields) }));
  const about = new Map(checks[kind].map((check: About) => [check.id, check]));
  const answers = assessDocuments(kind, texts, { now: at, lists: {} }).flatMap((result): readonly Answer[] => {
    const check = about.get(result.id);
    return check === undefined ? [] : [{ check, result }];
  });
  const report = reportOf(answers, { subject: { kind, name }, ...(template && { template }), at, failOn });
  call.terminal.out(format.render(report, call.terminal));
  if (format.id !== 'table') call.terminal.err(`${plain(report.verdict.reason)}\n`);
  return exitCodes[report.verdict.kind];
}

function chosenOf({ options }: CommandCall): Chosen {
  const template = named(text(options['template']), { what: 'template', among: templates });
  const format = named(text(options['format']) ?? 'table', { what: 'format', among: complianceFormats });
  const limits = checkSeverities.map((id) => ({ id }));
  const failOn = named(text(options['failOn']) ?? 'medium', { what: 'severity', among: limits });
  return { ...(template && { template }), failOn: failOn?.id ?? 'medium', format: format ?? complianceFormats[0] };
}

interface Choice<Value> {
  readonly what: string;
  readonly among: readonly Value[];
}

/** The one of this id; `undefined` where none is named. Throws `usage` for one that is not there. */
function named<Value extends { readonly id: string }>(
  id: string | undefined,
  { what, among }: Choice<Value>,
): Value | undefined {
  if (id === undefined) return undefined;
  const found = among.find((one) => one.id === id);
  if (found === undefined)
    throw new AppError('usage', `There is no ${what} ${id}.`, {
      next: `Choose ${among.map((one) => one.id).join(', ')}.`,
    });
  return found;
}
