import type { Policy, Rule, Threshold } from '#policy/contract.ts';
import { counted } from '../../ui/format.ts';
import { severityWords } from '../../ui/severity.tsx';

type RuleEffect = Rule['effect'];
type Grace = NonNullable<Extract<Rule, { readonly kind: 'severity' }>['grace']>;

/** What a rule is about, as a heading. */
export const ruleNames: Readonly<Record<Rule['kind'], string>> = {
  severity: 'Severity',
  kev: 'Known exploited',
  package: 'Packages',
  custom: 'Own expression',
  'trusted-source': 'Trusted source',
  signature: 'Signature',
  'approved-base': 'Approved base',
  'incomplete-scan': 'Incomplete scan',
  'not-judged': 'Not judged',
  unscanned: 'Not scanned',
  'stale-feed': 'Stale feed',
};

/** What follows when a rule is broken. */
const effectWords: Readonly<Record<RuleEffect, string>> = {
  block: 'Blocks',
  alert: 'Alerts on',
  ignore: 'Ignores',
  'cannot-judge': 'Gives no verdict on',
};

/** A rule as one sentence. */
export function ruleInWords(rule: Rule): string {
  const does = effectWords[rule.effect];
  switch (rule.kind) {
    case 'severity':
      return [
        `${does} ${thresholdInWords(rule.threshold)}${rule.onlyFixed ? ' that has a fix' : ''}`,
        ...(rule.unrated === rule.effect ? [] : [`${effectWords[rule.unrated].toLowerCase()} unrated ones`]),
        ...(rule.grace === undefined ? [] : [graceInWords(rule.grace)]),
      ].join(', ');
    case 'kev':
      return `${does} what CISA lists as exploited${rule.only === 'ransomware' ? ' by ransomware' : ''}`;
    case 'package':
      return `${does} ${rule.deny.map(packageInWords).slice(0, 3).join(', ')}${
        rule.deny.length > 3 ? ` and ${counted(rule.deny.length - 3, 'other package')}` : ''
      }`;
    case 'custom':
      return `${does} ${rule.on === 'image' ? 'images' : 'findings'} where: ${rule.message}`;
    case 'trusted-source':
      return `${does} what is not from ${(rule.from ?? ['a trusted registry']).join(' or ')}${unknownInWords(rule, 'be')}`;
    case 'signature':
      return `${does} what ${unsignedInWords(rule)}${unknownInWords(rule, 'be signed')}`;
    case 'approved-base':
      return `${does} what is ${unbasedInWords(rule)}${unknownInWords(rule, 'be')}`;
    case 'incomplete-scan':
      return `${does} incomplete scans`;
    case 'not-judged':
      return `${does} packages that cannot be judged, ${effectWords[rule.unidentified ?? 'alert'].toLowerCase()} unidentified files`;
    case 'unscanned':
      return `${does} what was not scanned`;
    case 'stale-feed':
      return `${does} feeds older than ${counted(rule.days, 'day')}`;
    default:
      return rule satisfies never;
  }
}

/** One key is named; before one is chosen there is none to name. */
function unsignedInWords({ keys, need }: Extract<Rule, { kind: 'signature' }>): string {
  const [key, ...others] = keys;
  if (key === undefined) return 'is not signed by a key of your choice';
  if (others.length === 0) return `${key} did not sign`;
  return `${need === 'all' ? 'not all' : 'none'} of ${counted(keys.length, 'key')} signed`;
}

function unbasedInWords({ bases }: Extract<Rule, { kind: 'approved-base' }>): string {
  const [base, ...others] = bases;
  if (base === undefined) return 'not built on a base of your choice';
  return others.length === 0 ? `not built on ${base}` : `built on none of ${counted(bases.length, 'base')}`;
}

/** What becomes of images of which it is not known. */
function unknownInWords(
  { unknown, effect }: { readonly unknown: RuleEffect; readonly effect: RuleEffect },
  what: string,
): string {
  if (effect === 'ignore') return '';
  return unknown === effect
    ? `, or is not known to ${what}`
    : `, ${effectWords[unknown].toLowerCase()} what is not known`;
}

/** `Medium and higher`, `CVSS 7.5 and higher` */
function thresholdInWords(threshold: Threshold): string {
  if (threshold.by === 'cvss') return `CVSS ${threshold.score.toFixed(1)} and higher`;
  return threshold.severity === 'critical' ? 'Critical' : `${severityWords[threshold.severity]} and higher`;
}

/** `14 days of grace`, `14 days of grace (Critical 3)` */
function graceInWords({ other, ...own }: Grace): string {
  const named = (['critical', 'high', 'medium', 'low'] as const).flatMap((severity) =>
    own[severity] === undefined ? [] : [`${severityWords[severity]} ${own[severity]}`],
  );
  return `${counted(other, 'day')} of grace${named.length === 0 ? '' : ` (${named.join(', ')})`}`;
}

function packageInWords({ name, type, below }: Extract<Rule, { kind: 'package' }>['deny'][number]): string {
  return `${name}${below === undefined ? '' : ` below ${below}`}${type === undefined ? '' : ` (${type})`}`;
}

/** Where a policy holds, with the names of its collections. */
export function scopeInWords(
  policy: Pick<Policy, 'collections'>,
  nameOf: (collection: string) => string | undefined,
): string {
  if (policy.collections === undefined) return 'Everything';
  if (policy.collections.length === 0) return 'Nothing: no collection is chosen';
  return policy.collections.map((id) => nameOf(id) ?? `${id} (deleted)`).join(', ');
}
