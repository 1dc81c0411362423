import type { Finding, Upgrade } from '#vulnerability/index.ts';
import type { ScanResult } from './result.ts';

/** A package with findings and the change that removes them, as people are shown it. */
export interface RankedUpgrade {
  readonly upgrade: Upgrade;
  /** Of its findings, the one of the highest risk. */
  readonly worst?: Finding;
  /** Risk of that finding, 0…100, whether the upgrade removes it or not. */
  readonly risk: number;
  /** `maven, layer 2`; a folder has no layers. */
  readonly origin: string;
  /** Where its evidence lies; the first is that of the worst finding. */
  readonly paths: readonly string[];
  /** Another one has the same package, version and change, so that only its place tells it apart. */
  readonly isAlike: boolean;
}

/** Packages by the risk that lies in them. What nobody can fix yet stands no lower for it. */
export function rankedUpgrades({ upgrades, findings, catalog, subject }: ScanResult): readonly RankedUpgrade[] {
  const counted = findings.filter(({ suppressed }) => suppressed === undefined);
  const byPackage = Map.groupBy(counted, upgradeKey);
  const pathsOf = new Map(catalog.packages.map((one) => [placeOf(one), one.paths]));
  const looks = Map.groupBy(upgrades, lookOf);
  const ranked = upgrades.map((upgrade): RankedUpgrade => {
    const of = byPackage.get(upgradeKey(upgrade)) ?? [];
    const worst = of.reduce<Finding | undefined>((best, one) => (best && !isWorse(one, best) ? best : one), undefined);
    const reported = of.flatMap((finding) => pathsOf.get(placeOf(finding)) ?? []);
    const paths = [...new Set([...(worst?.path === undefined ? [] : [worst.path]), ...reported])];
    const isAlike = (looks.get(lookOf(upgrade))?.length ?? 0) > 1;
    const origin = subject.kind === 'image' ? `${upgrade.type}, layer ${upgrade.layer + 1}` : upgrade.type;
    return { upgrade, risk: worst?.risk.score ?? 0, origin, paths, isAlike, ...(worst === undefined ? {} : { worst }) };
  });
  return ranked.toSorted(
    (left, right) =>
      right.risk - left.risk ||
      listed(right) - listed(left) ||
      right.upgrade.risk - left.upgrade.risk ||
      right.upgrade.removes - left.upgrade.removes,
  );
}

/** Findings of one upgrade and the upgrade itself have the same key. */
export function upgradeKey(one: Pick<Upgrade, 'type' | 'package' | 'installed' | 'layer'>): string {
  return JSON.stringify([one.type, one.package, one.installed, one.layer]);
}

function placeOf({ purl, layer }: Pick<Finding, 'purl' | 'layer'>): string {
  return JSON.stringify([purl, layer]);
}

function lookOf({ package: name, installed, to }: Upgrade): string {
  return JSON.stringify([name, installed, to]);
}

function isWorse(one: Finding, other: Finding): boolean {
  if (one.risk.score !== other.risk.score) return one.risk.score > other.risk.score;
  return one.kev !== undefined && other.kev === undefined;
}

function listed({ worst }: RankedUpgrade): number {
  return worst?.kev === undefined ? 0 : 1;
}
