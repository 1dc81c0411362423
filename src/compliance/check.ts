import { type Field, type FieldsOf, messageOf, oneLine } from '#base/index.ts';
import type { EvaluationBudget } from '#rules/index.ts';
import { entriesOf, type ListId, type Lists, operatorLists } from './lists/index.ts';
import { failIfAny, type Judgement } from './judgement.ts';
import type { Remedy } from './remedy.ts';
import type { CheckSeverity } from './severity.ts';

/** What a check looks at. */
export const subjectKinds = [
  'image',
  'reference',
  'container',
  'host',
  'engine',
  'network',
  'service',
  'registry',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** What a check is told besides the facts. */
export interface CheckContext {
  readonly now: Date;
  readonly lists: Lists;
  /** What expressions that were written at the console may take together; missing: each its own. */
  readonly steps?: EvaluationBudget;
}

/** What a check says of itself. */
export interface About {
  /** Fixed for ever: `CTR-007`. */
  readonly id: string;
  /** What is so when it passes, as a sentence without a full stop: `The container is not privileged`. */
  readonly title: string;
  /** What may happen when it fails, in one or two sentences. */
  readonly why: string;
  readonly remedy: Remedy;
  readonly severity: CheckSeverity;
  /** Sections of NIST SP 800-190: `4.4.3`. */
  readonly nist: readonly string[];
  /** Recommendations of CIS Docker 1.6: `5.5`. */
  readonly cis?: readonly string[];
  /** Raised when the same facts would give another answer. */
  readonly version: number;
  /** The check whose failure makes this one fail as well: shown below it and counted once. */
  readonly impliedBy?: string;
}

/** A plug-in: judges one thing about a subject. Pure: the same facts and context give the same answer. */
export interface Check<Shape = never> extends About {
  readonly subject: SubjectKind;
  /** Names of the facts that it asks for. */
  readonly needs: readonly string[];
  readonly lists: readonly ListId[];
  /** Its answer may change with time alone, so it is given again although its facts are the same. */
  readonly asksTime?: true;
  assess(facts: FieldsOf<Shape>, context: CheckContext): Assessment;
}

/** One check over one document. */
export type Assessment = (
  | Judgement
  /** What it asks for is not in the document, or a list is missing; `reason` says what would assess it. */
  | { readonly state: 'not-assessed'; readonly reason: string }
  /** The check itself failed. */
  | { readonly state: 'error'; readonly reason: string }
) & {
  /** The values that were judged, in the order of `needs`. */
  readonly evidence: readonly Evidence[];
};

export interface Evidence {
  readonly at: string;
  /** JSON, cut to `longestEvidence`. */
  readonly value: string;
  readonly default?: 'engine' | 'image' | 'kernel';
}

/** UTF-16 units of one value of the evidence; the whole is in the document. */
const longestEvidence = 1024;

/** What is kept of the things that were seen: how many, and UTF-16 units of each. */
const mostSeen = 100;
const longestSeen = 500;
/** UTF-16 units of why something was not assessed; what a host reports may be as long as its document. */
const longestReason = 1000;

interface Asking<Need extends string, List extends ListId> extends About {
  readonly needs: readonly Need[];
  readonly lists?: readonly List[];
  /** Without it a check that asks for the time is in error. */
  readonly asksTime?: true;
  /** Facts of which a part is enough to object: whatever else there is takes no failure back. */
  readonly failsByPart?: readonly Need[];
}

interface Given<List extends ListId> extends Pick<CheckContext, 'now' | 'steps'> {
  readonly lists: Readonly<Record<List, readonly string[]>>;
}

interface Together<Shape, Need extends keyof Shape & string, List extends ListId> extends Asking<Need, List> {
  judge(values: { readonly [Name in Need]: Shape[Name] }, context: Given<List>): Judgement;
}

interface Apart<Shape, Need extends keyof Shape & string, List extends ListId> extends Asking<Need, List> {
  /** What each fact shows by itself, where any of them is enough to object: it counts although others are missing. */
  readonly findings: { readonly [Name in Need]: (value: Shape[Name], context: Given<List>) => readonly string[] };
}

type Definition<Shape, Need extends keyof Shape & string, List extends ListId> =
  | Together<Shape, Need, List>
  | Apart<Shape, Need, List>;

/** Makes the function that makes checks of one kind of subject; its shape says which facts they may ask for. */
export function checksOf<Shape>(subject: SubjectKind) {
  return <Need extends keyof Shape & string, List extends ListId = never>(
    definition: Definition<Shape, Need, List>,
  ): Check<Shape> => {
    const { lists = [] } = definition;
    return {
      ...definition,
      subject,
      lists,
      assess: (facts, context) => assess({ ...definition, lists }, facts, context),
    };
  };
}

function assess<Shape, Need extends keyof Shape & string, List extends ListId>(
  definition: Definition<Shape, Need, List>,
  facts: FieldsOf<Shape>,
  context: CheckContext,
): Assessment {
  const { needs } = definition;
  const evidence = evidenceFor(needs, facts);
  const absent = needs.filter((name) => facts[name].kind === 'missing');
  const [unread] =
    'findings' in definition ? [] : absent.filter((name) => readOf(facts, name, definition) === undefined);
  if (unread !== undefined) return { state: 'not-assessed', reason: whyMissing(facts[unread]), evidence };
  const given = givenLists(definition.lists ?? [], context);
  if (given.kind === 'unset') return { state: 'not-assessed', reason: given.reason, evidence };
  try {
    const timelessly = { lists: given.lists, ...(context.steps && { steps: context.steps }) };
    const asked = definition.asksTime === true ? { ...timelessly, now: context.now } : timeless(timelessly);
    const judgement = judgementOf(definition, facts, asked);
    // What is seen in a part is so, whatever the rest holds; only that all is well needs all of it.
    const [first] = judgement.state === 'fail' ? [] : absent;
    if (first !== undefined) return { state: 'not-assessed', reason: whyMissing(facts[first]), evidence };
    return { ...('seen' in judgement ? { ...judgement, seen: shown(judgement.seen) } : judgement), evidence };
  } catch (error) {
    return { state: 'error', reason: oneLine(messageOf(error), 300), evidence };
  }
}

/** What is known of the facts that a check asks for, in its order. */
export function evidenceFor<Shape>(
  needs: readonly (keyof Shape & string)[],
  facts: FieldsOf<Shape>,
): readonly Evidence[] {
  return needs.flatMap((name) => {
    const field: Field<unknown> = facts[name];
    if (field.kind === 'known') return [evidenceOf(field.value, field)];
    return field.part === undefined ? [] : [evidenceOf(field.part.value, { at: `${field.part.at}, as far as seen` })];
  });
}

/** For checks that do not say that they ask for the time: nobody would give their answers again. */
function timeless<List extends ListId>(given: Omit<Given<List>, 'now'>): Given<List> {
  return {
    ...given,
    get now(): Date {
      throw new Error('the check asks for the time and does not say so');
    },
  };
}

type ListsGiven<List extends ListId> =
  | { readonly kind: 'set'; readonly lists: Readonly<Record<List, readonly string[]>> }
  | { readonly kind: 'unset'; readonly reason: string };

function givenLists<List extends ListId>(ids: readonly List[], { lists }: CheckContext): ListsGiven<List> {
  const entries: Partial<Record<List, readonly string[]>> = {};
  for (const id of ids) {
    const list = entriesOf(id, lists);
    if (list === undefined) return { kind: 'unset', reason: `Nobody has set the list “${operatorLists[id].title}”.` };
    entries[id] = list;
  }
  return { kind: 'set', lists: entries as Readonly<Record<List, readonly string[]>> };
}

/** Of what is missing, the part that was seen counts. Of checks whose facts object by themselves, one without says nothing. */
function judgementOf<Shape, Need extends keyof Shape & string, List extends ListId>(
  definition: Definition<Shape, Need, List>,
  facts: FieldsOf<Shape>,
  given: Given<List>,
): Judgement {
  const values: Partial<Record<Need, Shape[Need]>> = {};
  const seen: string[] = [];
  for (const name of definition.needs) {
    const read = readOf(facts, name, definition);
    if (read === undefined) continue;
    values[name] = read.value;
    if ('findings' in definition) seen.push(...definition.findings[name](read.value, given));
  }
  return 'findings' in definition
    ? failIfAny(seen)
    : definition.judge(values as { readonly [Name in Need]: Shape[Name] }, given);
}

/** A part is of the form of the whole; of one that a host made up otherwise, the check is in error. */
function readOf<Shape, Need extends keyof Shape & string>(
  facts: FieldsOf<Shape>,
  name: Need,
  { failsByPart = [] }: { readonly failsByPart?: readonly Need[] | undefined },
): { readonly value: Shape[Need] } | undefined {
  const field: Field<Shape[Need]> = facts[name];
  if (field.kind === 'known') return field;
  return failsByPart.includes(name) && field.part !== undefined
    ? { value: field.part.value as Shape[Need] }
    : undefined;
}

function whyMissing(field: Field<unknown>): string {
  return field.kind === 'missing' ? sentence(field.why) : '';
}

/** As many as a person reads; texts, whatever a reported value was. */
function shown(seen: readonly unknown[]): readonly string[] {
  const texts = seen.slice(0, mostSeen).map((value) => oneLine(String(value), longestSeen));
  return seen.length > mostSeen ? [...texts, `and ${seen.length - mostSeen} more`] : texts;
}

function evidenceOf(value: unknown, field: { readonly at: string; readonly default?: Evidence['default'] }): Evidence {
  const text = oneLine(jsonOf(value), longestEvidence);
  return {
    at: oneLine(field.at, longestSeen),
    value: text,
    ...(field.default !== undefined && { default: field.default }),
  };
}

/** What was reported may lie in itself deeper than can be written. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'too deep to be shown';
  }
}

/** `an OCI spec has no restart policy` → `An OCI spec has no restart policy.` */
function sentence(words: string): string {
  const text = oneLine(words.charAt(0).toUpperCase() + words.slice(1), longestReason);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
