import type { Policy, VerdictKind, Violation } from './contract.ts';
import type { PolicyFacts, PolicyFinding } from './facts.ts';
import { leftOutSentence, passSentence } from './reason-counts.ts';
import { type Tally, tallyOf } from './tally.ts';
import { nameRating } from './threshold.ts';

interface VerdictBasis {
  readonly violations: readonly Violation[];
  readonly rules: Policy['rules'];
  /** Findings that exceptions keep from counting. */
  readonly excepted: number;
  /** What whoever chose the rules calls the setting that counts only what has a fix. */
  readonly onlyFixedName: string;
}

/** Why a verdict is what it is, for people: the deciding part first. */
export function reasonFor(kind: VerdictKind, facts: PolicyFacts, judged: VerdictBasis): string {
  return sentencesFor(kind, facts, judged)
    .filter((sentence) => sentence !== '')
    .join(' ')
    .slice(0, 2000);
}

function sentencesFor(kind: VerdictKind, facts: PolicyFacts, judged: VerdictBasis): readonly string[] {
  const withholding = judged.violations.filter(({ effect }) => effect === 'cannot-judge');
  const blocking = judged.violations.filter(({ effect }) => effect === 'block');
  const alerts = judged.violations.filter(({ effect }) => effect === 'alert');
  const tally = tallyOf(facts, judged);
  switch (kind) {
    case 'pass':
      return [passSentence(tally, judged.onlyFixedName), otherSentences(alerts)];
    case 'fail':
      return [
        findingSentences(blocking, facts, tally),
        leftOutSentence(tally, judged.onlyFixedName),
        otherSentences([...blocking, ...withholding]),
        otherSentences(alerts),
      ];
    case 'cannot-judge':
      return [
        otherSentences(withholding),
        findingSentences(blocking, facts, tally),
        leftOutSentence(tally, judged.onlyFixedName),
        otherSentences(blocking),
      ];
    default:
      return kind satisfies never;
  }
}

/** `3 findings reach the limit Medium, worst CVE-2026-1 in openssl (Critical (9.8)); 2 are unrated.` */
function findingSentences(violations: readonly Violation[], facts: PolicyFacts, { limit }: Tally): string {
  const reaching = violations.filter(({ rule }) => rule === 'severity');
  if (reaching.length === 0) return '';
  const unrated = reaching.filter(({ finding }) => finding?.severity === 'unrated').length;
  const count = reaching.length === 1 ? '1 finding reaches' : `${reaching.length} findings reach`;
  return `${count} the limit ${limit ?? 'of the policy'}${worstPart(reaching, facts)}${unratedPart(unrated, reaching.length)}.`;
}

/** The first of the findings, which stand by their risk: the one that tables name first as well. */
function worstPart(violations: readonly Violation[], { findings }: PolicyFacts): string {
  if (violations.every(({ finding }) => finding?.severity === 'unrated')) return '';
  const breaking = new Set(violations.map(({ finding }) => keyOf(finding)));
  const worst = findings.find((finding) => finding.suppressed === undefined && breaking.has(keyOf(finding)));
  if (worst === undefined) return '';
  return `, the worst is ${worst.id} in ${worst.package} ${worst.installed}, ${nameRating(worst)}`;
}

function keyOf(finding: Pick<PolicyFinding, 'id' | 'purl'> | undefined): string {
  return JSON.stringify([finding?.id, finding?.purl]);
}

function unratedPart(unrated: number, all: number): string {
  if (unrated === 0) return '';
  if (unrated === all) return ` because nobody has rated ${all === 1 ? 'it' : 'them'} yet`;
  return `; ${unrated} of them ${unrated === 1 ? 'is' : 'are'} not rated yet`;
}

/** All rules but limits, each kind once with its first example. */
function otherSentences(violations: readonly Violation[]): string {
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  return [...byRule]
    .map(([rule, of]) => otherSentence(rule, of))
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function otherSentence(rule: Violation['rule'], violations: readonly Violation[]): string {
  const first = violations[0]?.message ?? '';
  const more = violations.length - 1;
  switch (rule) {
    case 'severity':
      return '';
    case 'incomplete-scan':
      return `The scan is incomplete: ${withoutStop(first)}${more > 0 ? ` (and ${more} more)` : ''}.`;
    case 'not-judged':
      return `Not judged: ${withoutStop(first)}${more > 0 ? ` (and ${more} more)` : ''}.`;
    case 'unscanned':
      return violations.map(({ message }) => `${withoutStop(message)}.`).join(' ');
    case 'stale-feed':
      return more > 0
        ? `${first} ${more === 1 ? '1 other feed is' : `${more} other feeds are`} too old as well.`
        : first;
    default:
      return `${withoutStop(first)}${more > 0 ? ` (and ${more} more)` : ''}.`;
  }
}

function withoutStop(text: string): string {
  return text.replace(/\.\s*$/, '');
}
