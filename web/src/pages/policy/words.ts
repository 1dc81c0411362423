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
  block: 'Block',
  alert: 'Alert on',
  ignore: 'Ignore',
  'cannot-judge': 'No verdict for',
};

/** A rule as one sentence. */
export function ruleInWords(rule: Rule): string {
  const does = effectWords[rule.effect];
  switch (rule.kind) {
    case 'severity':
      return [
        `${does} ${thresholdInWords(rule.threshold)}${rule.onlyFixed ? ' with a fix' : ''}`,
        ...(rule.unrated === rule.effect ? [] : [`${effectWords[rule.unrated].toLowerCase()} unrated ones`]),
        ...(rule.grace === undefined ? [] : [graceInWords(rule.grace)]),
      ].join(', ');
    case 'kev':
      return `${does} findings that CISA lists as exploited${rule.only === 'ransomware' ? ' by ransomware' : ''}`;
    case 'package':
      return `${does} ${rule.deny.map(packageInWords).slice(0, 3).join(', ')}${
        rule.deny.length > 3 ? ` and ${counted(rule.deny.length - 3, 'other package')}` : ''
      }`;
    case 'custom':
      return `${does} ${rule.on === 'image' ? 'images' : 'findings'} where: ${rule.message}`;
    case 'trusted-source':
      return `${does} images not from ${(rule.from ?? ['a trusted registry']).join(' or ')}${unknownInWords(rule)}`;
    case 'signature':
      return `${does} images ${unsignedInWords(rule)}${unknownInWords(rule)}`;
    case 'approved-base':
      return `${does} images ${unbasedInWords(rule)}${unknownInWords(rule)}`;
    case 'incomplete-scan':
      return `${does} incomplete scans`;
    case 'not-judged':
      return `${does} packages without advisory data, ${effectWords[rule.unidentified ?? 'alert'].toLowerCase()} unidentified files`;
    case 'unscanned':
      return rule.effect === 'cannot-judge' ? 'Unscanned images: no verdict' : `${does} unscanned images`;
    case 'stale-feed':
      return `${does} feeds older than ${counted(rule.days, 'day')}`;
    default:
      return rule satisfies never;
  }
}

/** One key is named; before one is chosen there is none to name. */
function unsignedInWords({ keys, need }: Extract<Rule, { kind: 'signature' }>): string {
  const [key, ...others] = keys;
  if (key === undefined) return 'not signed by a chosen key';
  if (others.length === 0) return `not signed by ${key}`;
  return `not signed by ${need === 'all' ? 'all' : 'any'} of ${counted(keys.length, 'key')}`;
}

function unbasedInWords({ bases }: Extract<Rule, { kind: 'approved-base' }>): string {
  const [base, ...others] = bases;
  if (base === undefined) return 'not built on a chosen base';
  return others.length === 0 ? `not built on ${base}` : `not built on any of ${counted(bases.length, 'base')}`;
}

/** The effect on images for which it is unknown. */
function unknownInWords({ unknown, effect }: { readonly unknown: RuleEffect; readonly effect: RuleEffect }): string {
  if (effect === 'ignore') return '';
  return unknown === effect ? ', unknown ones too' : `, ${effectWords[unknown].toLowerCase()} unknown ones`;
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

/** The scope of a policy, with the names of its collections. */
export function scopeInWords(
  policy: Pick<Policy, 'collections'>,
  nameOf: (collection: string) => string | undefined,
): string {
  if (policy.collections === undefined) return 'everything';
  if (policy.collections.length === 0) return 'nothing: no collection is chosen';
  return policy.collections.map((id) => nameOf(id) ?? `${id} (deleted)`).join(', ');
}
