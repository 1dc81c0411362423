import type { PolicyFinding } from '../../facts.ts';
import { remediesFor } from '../../remedy.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'kev'>;

/** CISA's catalogue of known exploited vulnerabilities, https://www.cisa.gov/known-exploited-vulnerabilities-catalog. */
export const kev: RuleKind<Setting> = {
  id: 'kev',
  version: 1,
  summary: 'Findings that CISA lists as exploited (KEV), or only those known from ransomware',
  evaluate({ findings }, { only, effect }) {
    if (effect === 'ignore') return [];
    const listed = findings.filter((finding) => isListed(finding, only));
    const remedyFor = remediesFor(listed);
    return listed.map((finding) => ({
      rule: 'kev',
      effect,
      message: messageFor(finding),
      remedy: remedyFor(finding),
      finding: {
        id: finding.id,
        purl: finding.purl,
        severity: finding.severity,
        ...(finding.fixed === undefined ? {} : { fixed: finding.fixed }),
      },
    }));
  },
};

function isListed({ suppressed, kev: entry }: PolicyFinding, only: Setting['only']): boolean {
  if (suppressed !== undefined || entry === undefined) return false;
  return only === 'listed' || entry.ransomware;
}

function messageFor({ id, package: name, installed, kev: entry }: PolicyFinding): string {
  const by = entry?.ransomware === true ? ', by ransomware too' : '';
  return `${id} in ${name} ${installed} is known to be exploited${by}: listed by CISA since ${entry?.added}.`;
}
