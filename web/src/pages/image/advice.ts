import { type Change, changeOf } from '#ecosystems/contract.ts';
import type { Step } from './plan.ts';

/** What somebody can do about an upgrade. */
export type Advice =
  /** One command or line changes it. */
  | { readonly kind: 'change'; readonly change: Change }
  /** It came in through a direct dependency, which is what can be updated. */
  | { readonly kind: 'through'; readonly chain: readonly string[]; readonly change: Change }
  /** The image does not show what requires it, so no command would be right. */
  | { readonly kind: 'unknown-requirer' };

/** The advice for a step that can be followed as it is. */
export function adviceFor({ upgrade, packages }: Step): Advice {
  if (upgrade.type === 'npm') return npmAdvice(upgrade);
  return { kind: 'change', change: withAll(packages, upgrade) };
}

function npmAdvice({ via, ...upgrade }: Step['upgrade']): Advice {
  const [direct] = via ?? [];
  if (via === undefined || direct === undefined) return { kind: 'unknown-requirer' };
  if (via.length === 1) return { kind: 'change', change: changeOf(upgrade) };
  const { copy } = changeOf({ ...upgrade, package: direct, to: 'latest' });
  const { package: name, installed, to } = upgrade;
  const change = { where: copy, before: `${name} ${installed}`, after: `${name} ${to} or later`, copy };
  return { kind: 'through', chain: via, change };
}

/** One command for all packages of a step: what differs is the last word. */
function withAll(packages: readonly string[], upgrade: Step['upgrade']): Change {
  const [first, ...others] = packages.map((name) => changeOf({ ...upgrade, package: name }));
  if (first === undefined || others.length === 0) return first ?? changeOf(upgrade);
  const lastWord = (text: string): string => text.slice(text.lastIndexOf(' ') + 1);
  const copy = [first.copy, ...others.map((one) => lastWord(one.copy))].join(' ');
  return {
    where: copy,
    before: `${packages.join(', ')} ${upgrade.installed}`,
    after: `${packages.join(', ')} ${upgrade.to}`,
    copy,
  };
}
