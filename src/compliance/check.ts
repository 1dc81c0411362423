import { type Field, type FieldsOf, messageOf, oneLine } from '#base/index.ts';
import { entriesOf, type ListId, type Lists, operatorLists } from './lists/index.ts';
import type { Judgement } from './judgement.ts';
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
export const longestEvidence = 1024;

/** What is kept of the things that were seen: how many, and UTF-16 units of each. */
export const mostSeen = 100;
const longestSeen = 500;
/** UTF-16 units of why something was not assessed; what a host reports may be as long as its document. */
const longestReason = 1000;

interface Definition<Shape, Need extends keyof Shape & string, List extends ListId> extends About {
  readonly needs: readonly Need[];
  readonly lists?: readonly List[];
  judge(
    values: { readonly [Name in Need]: Shape[Name] },
    context: { readonly now: Date; readonly lists: Readonly<Record<List, readonly string[]>> },
  ): Judgement;
}

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
  { needs, lists = [], judge }: Definition<Shape, Need, List>,
  facts: FieldsOf<Shape>,
  { now, lists: given }: CheckContext,
): Assessment {
  const values: Partial<Record<Need, Shape[Need]>> = {};
  const evidence: Evidence[] = [];
  for (const name of needs) {
    const field: Field<Shape[Need]> = facts[name];
    if (field.kind === 'missing')
      return { state: 'not-assessed', reason: oneLine(sentence(field.why), longestReason), evidence };
    values[name] = field.value;
    evidence.push(evidenceOf(field.value, field));
  }
  const entries: Partial<Record<List, readonly string[]>> = {};
  for (const id of lists) {
    const list = entriesOf(id, given);
    if (list === undefined)
      return { state: 'not-assessed', reason: `Nobody has set the list “${operatorLists[id].title}”.`, evidence };
    entries[id] = list;
  }
  try {
    const judgement = judge(values as { readonly [Name in Need]: Shape[Name] }, {
      now,
      lists: entries as Readonly<Record<List, readonly string[]>>,
    });
    return { ...('seen' in judgement ? { ...judgement, seen: shown(judgement.seen) } : judgement), evidence };
  } catch (error) {
    return { state: 'error', reason: oneLine(messageOf(error), 300), evidence };
  }
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
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
