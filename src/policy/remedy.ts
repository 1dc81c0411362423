import { schemes } from '#vulnerability/index.ts';
import type { PolicyFinding } from './facts.ts';

/** Gives the exact change that removes a finding, with how many of `findings` it removes. */
export function remediesFor(findings: readonly PolicyFinding[]): (finding: PolicyFinding) => string {
  const targets = new Map<string, Map<number, Target>>();
  for (const { fixed, purl, layer, matchedBy } of findings) {
    if (fixed === undefined) continue;
    const ofPackage = targets.get(purl) ?? new Map<number, Target>();
    targets.set(purl, ofPackage);
    const known = ofPackage.get(layer);
    const to = known === undefined ? fixed : higher(fixed, known.to, matchedBy.scheme);
    ofPackage.set(layer, { to, removes: (known?.removes ?? 0) + 1 });
  }
  return (finding) => remedyOf(finding, targets.get(finding.purl)?.get(finding.layer));
}

/** Every fix is reached by the highest of them. */
interface Target {
  readonly to: string;
  readonly removes: number;
}

function higher(one: string, other: string, scheme: string): string {
  if (one === other) return one;
  const order = schemes.find(({ id }) => id === scheme)?.compare(one, other) ?? 0;
  return order > 0 ? one : other;
}

function remedyOf(finding: PolicyFinding, target: Target | undefined): string {
  if (finding.fixed === undefined) return remedyWithoutFix(finding);
  const removes = target !== undefined && target.removes > 1 ? ` (removes ${target.removes})` : '';
  return `Upgrade ${finding.package} from ${finding.installed} to ${target?.to ?? finding.fixed}${removes}.`;
}

function remedyWithoutFix({ package: name, status }: PolicyFinding): string {
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
