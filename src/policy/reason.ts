import type { Policy, VerdictKind, Violation } from './contract.ts';
import type { JudgedFacts } from './facts.ts';
import { nameRating, nameThreshold } from './threshold.ts';

interface Judged {
  readonly violations: readonly Violation[];
  readonly rules: Policy['rules'];
}

/** Why a verdict is what it is, for people: the deciding part first. */
export function reasonFor(kind: VerdictKind, facts: JudgedFacts, judged: Judged): string {
  return sentencesFor(kind, facts, judged)
    .filter((sentence) => sentence !== '')
    .join(' ')
    .slice(0, 2000);
}

function sentencesFor(kind: VerdictKind, facts: JudgedFacts, judged: Judged): readonly string[] {
  const withholding = judged.violations.filter(({ effect }) => effect === 'cannot-judge');
  const blocking = judged.violations.filter(({ effect }) => effect === 'block');
  const alerts = judged.violations.filter(({ effect }) => effect === 'alert');
  switch (kind) {
    case 'pass':
      return [passSentence(facts, judged), otherSentences(alerts)];
    case 'fail':
      return [findingSentences(blocking, facts, judged), otherSentences([...blocking, ...withholding, ...alerts])];
    case 'cannot-judge':
      return [otherSentences(withholding), findingSentences(blocking, facts, judged)];
    default:
      return kind satisfies never;
  }
}

function passSentence({ findings }: JudgedFacts, { rules }: Judged): string {
  const limit = limitOf(rules);
  const counted = findings.filter(({ suppressed }) => suppressed === undefined).length;
  if (counted === 0) return 'No finding.';
  const set = counted === 1 ? 'the only finding' : `none of ${counted} findings`;
  if (limit === undefined) return `No rule stops ${counted === 1 ? 'the only finding' : `the ${counted} findings`}.`;
  return counted === 1
    ? `The only finding does not reach the limit ${limit}.`
    : `${upperFirst(set)} reaches the limit ${limit}.`;
}

/** `3 findings reach the limit Medium, worst CVE-2026-1 in openssl (Critical (9.8)); 2 are unrated.` */
function findingSentences(violations: readonly Violation[], facts: JudgedFacts, { rules }: Judged): string {
  const reaching = violations.filter(({ finding }) => finding !== undefined);
  if (reaching.length === 0) return '';
  const unrated = reaching.filter(({ finding }) => finding?.severity === 'unrated').length;
  const limit = limitOf(rules) ?? 'of the policy';
  const count = reaching.length === 1 ? '1 finding reaches' : `${reaching.length} findings reach`;
  return `${count} the limit ${limit}${worstPart(reaching, facts)}${unratedPart(unrated, reaching.length)}.`;
}

function worstPart(violations: readonly Violation[], { findings }: JudgedFacts): string {
  const keys = new Set(violations.map(({ finding }) => `${finding?.id} ${finding?.purl}`));
  const rated = findings.filter(
    (finding) => finding.severity !== 'unrated' && keys.has(`${finding.id} ${finding.purl}`),
  );
  const worst = rated.toSorted((left, right) => (right.score ?? 0) - (left.score ?? 0))[0];
  if (worst === undefined) return '';
  return `, the worst is ${worst.id} in ${worst.package} ${worst.installed}, ${nameRating(worst)}`;
}

function unratedPart(unrated: number, all: number): string {
  if (unrated === 0) return '';
  if (unrated === all) return ` because nobody has rated ${all === 1 ? 'it' : 'them'} yet`;
  return `; ${unrated} of them ${unrated === 1 ? 'is' : 'are'} not rated yet`;
}

/** Incomplete scans, missing scans and old feeds, each kind once with its first example. */
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
    case 'unscanned':
      return violations.map(({ message }) => `${withoutStop(message)}.`).join(' ');
    case 'stale-feed':
      return more > 0
        ? `${first} ${more === 1 ? '1 other feed is' : `${more} other feeds are`} too old as well.`
        : first;
    default:
      return rule satisfies never;
  }
}

function limitOf(rules: Policy['rules']): string | undefined {
  const limits = rules.filter((rule) => rule.kind === 'severity').map((rule) => nameThreshold(rule.threshold));
  return limits.length === 0 ? undefined : [...new Set(limits)].join(' or ');
}

function withoutStop(text: string): string {
  return text.replace(/\.\s*$/, '');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
