import { componentRisk, type Finding, upgradesOf } from '#vulnerability/index.ts';
import type { Upgrade } from '../contract.ts';

/** An upgrade with the risk mass that it removes, which adds up over images. */
export interface UpgradeEntry {
  readonly upgrade: Upgrade;
  readonly mass: number;
}

/** Upgrades of one subject, the one that removes the most first. `counting` are its findings without the suppressed. */
export function upgradeRows(counting: readonly Finding[]): readonly UpgradeEntry[] {
  const components = Map.groupBy(counting, componentOf);
  return upgradesOf(counting).map((upgrade) => {
    const all = components.get(componentOf(upgrade)) ?? [];
    const removed = new Set(upgrade.findings.slice(0, upgrade.removes));
    const staying = all.filter((finding) => !removed.has(finding.id));
    return { upgrade, mass: massOf(all) - massOf(staying) };
  });
}

/** Risk mass of all findings: the sum over components. */
export function subjectMass(counting: readonly Finding[]): number {
  return [...Map.groupBy(counting, componentOf).values()].reduce((sum, findings) => sum + massOf(findings), 0);
}

function componentOf(thing: Pick<Finding, 'type' | 'package' | 'installed' | 'layer'>): string {
  return JSON.stringify([thing.type, thing.package, thing.installed, thing.layer]);
}

function massOf(findings: readonly Finding[]): number {
  return findings.length === 0 ? 0 : componentRisk(findings.map((finding) => finding.risk.score)).mass;
}
