import { z } from 'zod';
import { counted } from '#base/index.ts';
import { ruleFace } from '#rules/contract.ts';
import { Severity } from '#vulnerability/contract.ts';
import { Effect } from '../../contract-effect.ts';
import { effectChoices, effectInWords, elseInWords } from '../../contract-words.ts';

const days = z.int().min(0).max(3650);

/** A limit that a finding reaches: a word, or a CVSS base score. */
const Threshold = z.discriminatedUnion('by', [
  z.object({ by: z.literal('severity'), severity: Severity.exclude(['unrated', 'negligible']) }),
  z.object({ by: z.literal('cvss'), score: z.number().min(0).max(10) }),
]);
type Threshold = z.infer<typeof Threshold>;

const words = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' } as const;
const named = ['critical', 'high', 'medium', 'low'] as const;

/** Findings at or above a threshold. A policy that alerts earlier than it blocks has two of these. */
export const severity = ruleFace({
  setting: z.object({
    kind: z.literal('severity'),
    threshold: Threshold,
    onlyFixed: z.boolean(),
    /** What a finding that nobody rates does. */
    unrated: Effect,
    effect: Effect,
    /** Days after the fix came out during which a finding alerts and does not block; of its severity, else `other`. */
    grace: z
      .object({
        critical: days.optional(),
        high: days.optional(),
        medium: days.optional(),
        low: days.optional(),
        other: days,
      })
      .optional(),
  }),
  name: 'Severity',
  about: 'findings from a severity or CVSS score',
  fields: {
    effect: { label: 'Effect', choices: effectChoices },
    threshold: { label: 'Findings of', control: 'threshold' },
    unrated: { label: 'Unrated ones', choices: { block: 'block', alert: 'alert', ignore: 'ignore' } },
    onlyFixed: { label: 'Only what has a fix' },
    grace: {
      label: 'Days of grace after the fix came out',
      help: 'Until then they alert and do not block.',
      start: { other: 14 },
      fields: {
        critical: { label: words.critical, fallback: 'other' },
        high: { label: words.high, fallback: 'other' },
        medium: { label: words.medium, fallback: 'other' },
        low: { label: words.low, fallback: 'other' },
        other: { label: 'Others', unit: 'days' },
      },
    },
  },
  beginning: {
    kind: 'severity',
    threshold: { by: 'severity', severity: 'high' },
    onlyFixed: false,
    unrated: 'alert',
    effect: 'alert',
  },
  sentence: ({ effect, threshold, onlyFixed, unrated, grace }) =>
    [
      `${effectInWords(effect)} ${limitInWords(threshold)}${onlyFixed ? ' with a fix' : ''}`,
      unrated === effect ? '' : elseInWords(unrated, 'unrated ones'),
      grace === undefined ? '' : `, ${graceInWords(grace)}`,
    ].join(''),
});

/** `Medium and higher`, `CVSS 7.5 and higher` */
function limitInWords(threshold: Threshold): string {
  if (threshold.by === 'cvss') return `CVSS ${threshold.score.toFixed(1)} and higher`;
  return threshold.severity === 'critical' ? words.critical : `${words[threshold.severity]} and higher`;
}

type Grace = { readonly [Severity in (typeof named)[number]]?: number | undefined } & { readonly other: number };

/** `14 days of grace (Critical 3)` */
function graceInWords(grace: Grace): string {
  const own = named.flatMap((one) => (grace[one] === undefined ? [] : [`${words[one]} ${grace[one]}`]));
  return `${counted(grace.other, 'day')} of grace${own.length === 0 ? '' : ` (${own.join(', ')})`}`;
}
