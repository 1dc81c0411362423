import type { Policy, VerdictKind, Violation } from './contract.ts';
import type { JudgedFacts, JudgedFinding } from './facts.ts';
import { nameRating, nameThreshold } from './threshold.ts';

interface Judged {
  readonly violations: readonly Violation[];
  readonly rules: Policy['rules'];
  /** Findings that exceptions keep from counting. */
  readonly excepted: number;
}

/** Why a verdict is what it is, for people: the deciding part first. */
export function reasonFor(kind: VerdictKind, facts: JudgedFacts, judged: Judged): string {
  return [...sentencesFor(kind, facts, judged), exceptedSentence(judged)]
    .filter((sentence) => sentence !== '')
    .join(' ')
    .slice(0, 2000);
}

function sentencesFor(kind: VerdictKind, facts: JudgedFacts, judged: Judged): readonly string[] {
  const withholding = judged.violations.filter(({ effect }) => effect === 'cannot-judge');
  const blocking = judged.violations.filter(({ effect }) => effect === 'block');
  const alerts = judged.violations.filter(({ effect }) => effect === 'alert');
  const others = [otherSentences(alerts), graceSentence(alerts)];
  switch (kind) {
    case 'pass':
      return [passSentence(facts, judged), ...others];
    case 'fail':
      return [findingSentences(blocking, facts, judged), otherSentences([...blocking, ...withholding]), ...others];
    case 'cannot-judge':
      return [otherSentences(withholding), findingSentences(blocking, facts, judged), otherSentences(blocking)];
    default:
      return kind satisfies never;
  }
}

function passSentence({ findings }: JudgedFacts, { rules, violations }: Judged): string {
  const limit = limitOf(rules);
  const counted = findings.filter(({ suppressed }) => suppressed === undefined).length;
  if (counted === 0) return 'No finding.';
  const one = counted === 1;
  const stopped = violations.some(({ rule, effect }) => rule === 'severity' && effect === 'alert');
  if (limit === undefined || stopped) return `No rule stops ${one ? 'the only finding' : `the ${counted} findings`}.`;
  return one
    ? `The only finding does not reach the limit ${limit}.`
    : `None of ${counted} findings reaches the limit ${limit}.`;
}

/** `3 findings reach the limit Medium, worst CVE-2026-1 in openssl (Critical (9.8)); 2 are unrated.` */
function findingSentences(violations: readonly Violation[], facts: JudgedFacts, { rules }: Judged): string {
  const reaching = violations.filter(({ rule }) => rule === 'severity');
  if (reaching.length === 0) return '';
  const unrated = reaching.filter(({ finding }) => finding?.severity === 'unrated').length;
  const limit = limitOf(rules) ?? 'of the policy';
  const count = reaching.length === 1 ? '1 finding reaches' : `${reaching.length} findings reach`;
  return `${count} the limit ${limit}${worstPart(reaching, facts)}${unratedPart(unrated, reaching.length)}.`;
}

function worstPart(violations: readonly Violation[], { findings }: JudgedFacts): string {
  const ids = new Set(violations.map(({ finding }) => finding?.id));
  const breaks = ({ id, purl }: JudgedFinding): boolean =>
    ids.has(id) && violations.some(({ finding }) => finding?.id === id && finding.purl === purl);
  let worst: JudgedFinding | undefined;
  for (const finding of findings) {
    if (finding.severity === 'unrated') continue;
    if (worst !== undefined && (finding.score ?? 0) <= (worst.score ?? 0)) continue;
    if (breaks(finding)) worst = finding;
  }
  if (worst === undefined) return '';
  return `, the worst is ${worst.id} in ${worst.package} ${worst.installed}, ${nameRating(worst)}`;
}

function unratedPart(unrated: number, all: number): string {
  if (unrated === 0) return '';
  if (unrated === all) return ` because nobody has rated ${all === 1 ? 'it' : 'them'} yet`;
  return `; ${unrated} of them ${unrated === 1 ? 'is' : 'are'} not rated yet`;
}

function graceSentence(alerts: readonly Violation[]): string {
  const ends = alerts.flatMap(({ graceUntil }) => graceUntil ?? []).toSorted();
  const [first] = ends;
  if (first === undefined) return '';
  const date = first.slice(0, 10);
  return ends.length === 1
    ? `1 finding is in its days of grace and blocks from ${date}.`
    : `${ends.length} findings are in their days of grace, the first blocks from ${date}.`;
}

function exceptedSentence({ excepted }: Judged): string {
  if (excepted === 0) return '';
  return excepted === 1 ? '1 finding is excepted.' : `${excepted} findings are excepted.`;
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

/** Limits that block, else those that alert. */
function limitOf(rules: Policy['rules']): string | undefined {
  const all = rules.filter((rule) => rule.kind === 'severity' && rule.effect !== 'ignore');
  const blocking = all.filter(({ effect }) => effect === 'block');
  const limits = (blocking.length > 0 ? blocking : all).flatMap((rule) =>
    rule.kind === 'severity' ? nameThreshold(rule.threshold) : [],
  );
  return limits.length === 0 ? undefined : [...new Set(limits)].join(' or ');
}

function withoutStop(text: string): string {
  return text.replace(/\.\s*$/, '');
}
