import type { Effect, Violation } from '../../contract.ts';
import type { PolicyFinding } from '../../facts.ts';
import { daysLeft, graceEnd } from '../../grace.ts';
import { remediesFor } from '../../remedy.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';
import { nameRating, nameThreshold, reaches } from '../../threshold.ts';

type Setting = SettingOf<'severity'>;

/**
 * What counts is the rating as it was matched. A finding that nobody rates counts as reaching the limit until it is
 * rated. Days of grace turn what blocks into an alert until they end.
 */
export const severity: RuleKind<Setting> = {
  id: 'severity',
  version: 3,
  summary: 'Findings at or above a severity or CVSS score, with days of grace after the fix',
  evaluate({ findings }, setting, { now }) {
    const counted = findings.flatMap((finding) => {
      const effect = effectOn(finding, setting);
      return effect === 'ignore' ? [] : [{ finding, effect }];
    });
    const remedyFor = remediesFor(counted.map(({ finding }) => finding));
    return counted.map(({ finding, effect }) => {
      const end = effect === 'block' ? graceEnd(finding, setting.grace, now) : undefined;
      const inGrace = end !== undefined && end > now;
      const { id, purl, severity: rating, fixed } = finding;
      return {
        rule: 'severity',
        effect: inGrace ? 'alert' : effect,
        message: `${messageFor(finding, setting)}${inGrace ? graceWords(end, now) : ''}.`,
        remedy: remedyFor(finding),
        finding: { id, purl, severity: rating, ...(fixed === undefined ? {} : { fixed }) },
        ...(inGrace ? { graceUntil: end.toISOString() } : {}),
      } satisfies Violation;
    });
  },
};

function effectOn(finding: PolicyFinding, setting: Setting): Effect {
  if (finding.suppressed !== undefined) return 'ignore';
  if (setting.onlyFixed && finding.fixed === undefined) return 'ignore';
  if (finding.severity === 'unrated') return weaker(setting.unrated, setting.effect);
  return reaches(finding, setting.threshold) ? setting.effect : 'ignore';
}

/** A rule that only alerts does not block what nobody rated. */
function weaker(one: Effect, other: Effect): Effect {
  if (one === 'ignore' || other === 'ignore') return 'ignore';
  return one === 'alert' ? one : other;
}

function messageFor(finding: PolicyFinding, setting: Setting): string {
  const limit = nameThreshold(setting.threshold);
  const subject = `${finding.id} in ${finding.package} ${finding.installed}`;
  if (finding.severity === 'unrated') {
    return `${subject} is not rated by anyone yet and counts as reaching the limit ${limit}`;
  }
  return `${subject} is rated ${nameRating(finding)}, the limit is ${limit}`;
}

function graceWords(end: Date, now: Date): string {
  const days = daysLeft(end, now);
  return `; it blocks from ${end.toISOString().slice(0, 10)}, ${days} ${days === 1 ? 'day' : 'days'} left`;
}
