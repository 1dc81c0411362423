import { AppError } from '#base/index.ts';
import {
  type Check,
  checkSeverities,
  type CheckSeverity,
  documentText,
  type Fields,
  type SubjectKind,
  type Template,
  type UntypedFacts,
} from '#compliance/index.ts';
import { type CommandCall, type ExitCode, type Terminal, text } from '../command.ts';
import { plain } from '../plain.ts';
import { exitCodes } from '../scan/verdict-exit.ts';
import { answersOf } from './answers.ts';
import type { BaseImage } from './base-image.ts';
import { withInherited } from './inherited-answers.ts';
import type { ComplianceFormat } from './compliance-format.ts';
import { complianceFormats } from './formats.ts';
import { type Answer, reportOf } from './report.ts';
import { chosenTemplate } from './template-choice.ts';

/** What a command judges: one subject, or several that go together. */
export interface SubjectFacts {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly parts: readonly SubjectPart[];
  /** Of an image: what it is built on, and what that says. */
  readonly base?: { readonly about: BaseImage; readonly parts: readonly SubjectPart[] };
}

/** A subject, and what its documents say. */
export interface SubjectPart {
  readonly kind: SubjectKind;
  readonly documents: readonly { readonly kind: string; readonly fields: Fields }[];
  /** Checks that were written at a console; missing: none. */
  readonly custom?: readonly Check<UntypedFacts>[];
}

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
  const { template, failOn, format } = await chosenOf(call);
  const subject = await read();
  const { kind, name, base } = subject;
  const at = new Date();
  const report = reportOf(answersOfSubject(subject, at), {
    subject: { kind, name },
    ...(template && { template }),
    ...(base && { base: base.about }),
    at,
    failOn,
  });
  call.terminal.out(format.render(report, call.terminal));
  const { kind: verdict, reason } = report.verdict;
  if (!endsWithVerdict(format, call.terminal)) call.terminal.err(`${verdict}: ${plain(reason)}\n`);
  return exitCodes[report.verdict.kind];
}

/** Whether who reads standard error reads the verdict in the table, so that it need not be repeated. */
function endsWithVerdict({ id }: ComplianceFormat, { seen, isOneStream }: Terminal): boolean {
  return id === 'table' && (seen === 'both' || isOneStream === true);
}

function answersOfSubject({ parts, base }: SubjectFacts, at: Date): readonly Answer[] {
  const answers = parts.flatMap((part) => answersOfPart(part, at));
  if (base?.about.kind !== 'known') return answers;
  const ofBase = base.parts.flatMap((part) => answersOfPart(part, at));
  return withInherited(answers, { name: base.about.name, answers: ofBase });
}

function answersOfPart({ kind, documents, custom = [] }: SubjectPart, now: Date): readonly Answer[] {
  const texts = documents.map(({ kind: document, fields }) => ({ kind: document, text: documentText(fields) }));
  return answersOf(kind, texts, { now, custom });
}

async function chosenOf(call: CommandCall): Promise<Chosen> {
  const { options } = call;
  const format = named(text(options['format']) ?? 'table', { what: 'format', among: complianceFormats });
  const limits = checkSeverities.map((id) => ({ id }));
  const failOn = named(text(options['failOn']) ?? 'medium', { what: 'severity', among: limits });
  const template = await chosenTemplate(call);
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
