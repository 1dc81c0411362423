import {
  type CustomCheck,
  customPrefix,
  type CustomCheckText,
  type ExpressionText,
  type listCustomChecks,
  type tryCustomCheck,
} from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { failureOf } from '../../api.ts';
import { idFor } from '../../app/id-for.ts';
import { counted } from '../../ui/format.ts';
import type { Headline } from './check-words.ts';

/** A check that was written here, with who saved it when. */
export type CustomInPlace = ReplyOf<typeof listCustomChecks>['checks'][number];
export type TriedReply = ReplyOf<typeof tryCustomCheck>;

/** A new check as it begins. */
export const newCustomCheck: ExpressionText = {
  subject: 'container',
  title: '',
  why: '',
  remedy: {},
  severity: 'medium',
  nist: [],
  expression: '',
};

/** What a person edits of a saved check. */
export function customTextOf(check: CustomCheck): CustomCheckText {
  if (check.script === undefined) {
    const { id: _id, version: _version, ...text } = check;
    return text;
  }
  const { id: _id, version: _version, author: _author, ...text } = check;
  return text;
}

/** How a check answers. */
export const customMeans = [
  ['expression', 'An expression over facts'],
  ['script', 'A script over the files of an image'],
] as const;
export type CustomMeans = (typeof customMeans)[number][0];

export function meansOf({ script }: CustomCheckText): CustomMeans {
  return script === undefined ? 'expression' : 'script';
}

/** The same check by other means, which are still to be written. */
export function byMeans(text: CustomCheckText, means: CustomMeans): CustomCheckText {
  const { expression: _expression, script: _script, ...about } = text;
  return means === 'script' ? { ...about, subject: 'image', script: '' } : { ...about, expression: '' };
}

/** The id of a new check, made of its title, that no other has. */
export function customIdFor(title: string, taken: readonly string[]): string {
  const others = taken.map((id) => id.slice(customPrefix.length));
  return `${customPrefix}${idFor(title, others)}`;
}

/** How many there are, and of what. */
export function headOfCustom(checks: readonly CustomInPlace[]): Headline {
  return checks.length === 0
    ? { state: 'partly', word: 'Nobody has written a check here.', sentence: 'The checks of Seawall judge everything.' }
    : {
        state: 'partly',
        word: `${counted(checks.length, 'check was', 'checks were')} written here.`,
        sentence: 'They judge like all others, and lines of rules name them.',
      };
}

/** `Line 1, column 4: …`, where the fault is one of the expression. */
export function expressionProblem(error: unknown): string | undefined {
  if (error === null) return undefined;
  const [, place] = /^check\.expression: (line .*)$/s.exec(failureOf(error).message) ?? [];
  return place === undefined ? undefined : place.charAt(0).toUpperCase() + place.slice(1);
}

const verbs = {
  error: ['is in error', 'are in error'],
  fail: ['fails', 'fail'],
  warn: ['warns', 'warn'],
  'not-assessed': ['is not assessed', 'are not assessed'],
  'not-applicable': ['is not applicable', 'are not applicable'],
  pass: ['passes', 'pass'],
  excepted: ['is excepted', 'are excepted'],
} as const satisfies Readonly<Record<keyof TriedReply['states'], readonly [one: string, many: string]>>;

/** What a check says of everything that it was tried on: `2 fail, 11 pass`. */
export function triedWords({ states }: Pick<TriedReply, 'states'>): string {
  return Object.entries(verbs)
    .map(([state, words]) => [states[state as keyof typeof verbs] ?? 0, words] as const)
    .flatMap(([number, [one, many]]) => (number === 0 ? [] : [`${number} ${number === 1 ? one : many}`]))
    .join(', ');
}

/** A text that can be tried although not all of it is written yet: only the subject and the expression count. */
export function triable({ subject, expression }: Pick<ExpressionText, 'subject' | 'expression'>): CustomCheckText {
  return { ...newCustomCheck, subject, expression, title: 'tried', why: 'tried', remedy: { host: 'tried' } };
}
