import { matchesPattern } from '#access/index.ts';
import { shownVersion } from '#ecosystems/contract.ts';
import type { PolicyPackage } from '../../facts.ts';
import type { CompareVersions, RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'package'>;
type Denied = Setting['deny'][number];

/** A version that cannot be compared with the limit is denied: nothing shows that it is above it. */
export const packages: RuleKind<Setting> = {
  id: 'package',
  version: 1,
  summary: 'Packages that must not be there, by name and version',
  evaluate({ image }, { deny, effect }, { compareVersions }) {
    if (effect === 'ignore') return [];
    const found = new Map<string, { readonly message: string; readonly remedy: string }>();
    const entriesFor = entriesByName(deny);
    for (const one of image.packages) {
      const denied = entriesFor(one.name).find((entry) => isDenied(one, entry, compareVersions));
      if (denied !== undefined)
        found.set(`${one.type} ${one.name} ${one.version}`, wordsFor(one, denied, compareVersions));
    }
    return [...found.values()].map((words) => ({ rule: 'package', effect, ...words }));
  },
};

/** Entries that may be of a name, in their order: those of patterns are compared with each, the others are looked up. */
function entriesByName(deny: Setting['deny']): (name: string) => readonly Denied[] {
  const numbered = deny.map((entry, number) => ({ entry, number }));
  const patterns = numbered.filter(({ entry }) => entry.name.includes('*'));
  const exact = Map.groupBy(
    numbered.filter(({ entry }) => !entry.name.includes('*')),
    ({ entry }) => ownName(entry.name),
  );
  const onlyPatterns = patterns.map(({ entry }) => entry);
  return (name) => {
    const own = exact.get(ownName(name)) ?? [];
    if (own.length === 0) return onlyPatterns;
    return [...own, ...patterns].toSorted((left, right) => left.number - right.number).map(({ entry }) => entry);
  };
}

function isDenied(one: PolicyPackage, { type, name, below }: Denied, compare: CompareVersions): boolean {
  if (type !== undefined && type !== one.type) return false;
  if (!matchesPattern(name, one.name) && !mayBe(name, one)) return false;
  if (below === undefined) return true;
  const order = compare(one.type, one.version, below);
  return order === undefined || order < 0;
}

/** An archive that states no group may be that of any group. */
function mayBe(name: string, one: PolicyPackage): boolean {
  const isArchive = one.type === 'maven' && !one.name.includes(':');
  return isArchive && name.includes(':') && matchesPattern(name.slice(name.lastIndexOf(':') + 1), one.name);
}

/** The name without its group, for looking it up. */
function ownName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1).toLowerCase();
}

function wordsFor(
  one: PolicyPackage,
  { below, why }: Denied,
  compare: CompareVersions,
): { readonly message: string; readonly remedy: string } {
  const reason = why === '' ? '' : ` (${why.replace(/\.\s*$/, '')})`;
  const subject = one.version === '' ? `${one.name} (${shownVersion('')})` : `${one.name} ${one.version}`;
  if (below === undefined) return { message: `${subject} must not be there${reason}.`, remedy: `Remove ${one.name}.` };
  const from = one.version === '' ? '' : ` from ${one.version}`;
  const remedy = `Upgrade ${one.name}${from} to ${below} or newer, or remove it.`;
  const message =
    compare(one.type, one.version, below) === undefined
      ? `${subject} must not be below ${below}, and its version cannot be compared with that${reason}.`
      : `${subject} is below ${below}, which is the lowest that may be there${reason}.`;
  return { message, remedy };
}
