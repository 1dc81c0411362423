import { type Finding, type Upgrade, upgradesOf } from '#vulnerability/index.ts';
import type { Effect, Violation } from '../../contract.ts';
import { nameRating, nameThreshold, reaches } from '../../threshold.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'severity'>;

/** What counts is the rating as it was matched. A finding that nobody rates counts as reaching the limit until it is rated. */
export const severity: RuleKind<Setting> = {
  id: 'severity',
  version: 1,
  summary: 'Findings at or above a severity or CVSS score',
  evaluate(facts, setting) {
    const counted = facts.findings.filter((finding) => effectOn(finding, setting) !== 'ignore');
    const upgrades = new Map(upgradesOf(counted).map((upgrade) => [keyOf(upgrade), upgrade]));
    return counted.map((finding) => toViolation(finding, setting, upgrades.get(keyOf(finding))));
  },
};

function effectOn(finding: Finding, setting: Setting): Effect {
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

function keyOf(one: Pick<Finding, 'type' | 'package' | 'installed' | 'layer'>): string {
  return JSON.stringify([one.type, one.package, one.installed, one.layer]);
}

function toViolation(finding: Finding, setting: Setting, upgrade: Upgrade | undefined): Violation {
  const { id, purl, severity: rating, fixed } = finding;
  return {
    rule: 'severity',
    effect: effectOn(finding, setting) === 'block' ? 'block' : 'alert',
    message: messageFor(finding, setting),
    remedy: remedyFor(finding, upgrade),
    finding: { id, purl, severity: rating, ...(fixed === undefined ? {} : { fixed }) },
  };
}

function messageFor(finding: Finding, setting: Setting): string {
  const limit = nameThreshold(setting.threshold);
  const subject = `${finding.id} in ${finding.package} ${finding.installed}`;
  if (finding.severity === 'unrated') {
    return `${subject} is not rated by anyone yet and counts as reaching the limit ${limit}.`;
  }
  return `${subject} is rated ${nameRating(finding)}, the limit is ${limit}.`;
}

function remedyFor(finding: Finding, upgrade: Upgrade | undefined): string {
  if (finding.fixed === undefined) return remedyWithoutFix(finding);
  const target = upgrade?.to ?? finding.fixed;
  const removes = upgrade !== undefined && upgrade.removes > 1 ? ` (removes ${upgrade.removes})` : '';
  return `Upgrade ${finding.package} from ${finding.installed} to ${target}${removes}.`;
}

function remedyWithoutFix({ package: name, status }: Finding): string {
  switch (status) {
    case 'will-not-fix':
      return `Its publisher will not fix it: remove ${name} or take it from elsewhere.`;
    case 'end-of-life':
      return `${name} is out of support: move to a release that is maintained.`;
    case 'deferred':
      return `Its publisher has put the fix off: remove ${name} or wait.`;
    case 'under-investigation':
      return `Its publisher is still looking into it: remove ${name} or wait.`;
    case 'affected':
    case 'fixed':
      return `No fixed version is known: remove ${name} or wait for one.`;
    default:
      return status satisfies never;
  }
}
