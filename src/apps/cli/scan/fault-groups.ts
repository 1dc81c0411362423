import type { Fault } from '#catalog/contract.ts';
import { remedyOfFault } from '#policy/index.ts';
import type { ScanResult } from './result.ts';

/** Faults of one code: what is told of each, and what removes them. */
export interface FaultGroup {
  readonly code: string;
  readonly shown: readonly Fault[];
  /** How many more there are. */
  readonly more: number;
  readonly remedy: string;
}

/** Faults by their code, in the order in which they came; the first `most` of each are told one by one. */
export function faultGroups({ faults }: ScanResult['catalog'], most: number): readonly FaultGroup[] {
  return [...Map.groupBy(faults, ({ code }) => code)].map(([code, of]) => ({
    code,
    shown: of.slice(0, most),
    more: Math.max(0, of.length - most),
    remedy: remedyOfFault(code),
  }));
}

/** `app/a.jar, layer 2`; empty where nothing is known of the place. */
export function faultPlace({ path, layer }: Fault): string {
  return [path, layer === undefined ? undefined : `layer ${layer}`].filter((part) => part !== undefined).join(', ');
}

type Effect = ScanResult['verdict']['violations'][number]['effect'];

/** What the verdict makes of a fault; missing: no rule counts it. One violation without a path may stand for many files. */
export function faultEffects({ verdict }: ScanResult): (fault: Fault) => Effect | undefined {
  const effects = new Map<string, Effect>();
  for (const { fault, finding, effect } of verdict.violations)
    if (fault !== undefined && finding === undefined) effects.set(JSON.stringify([fault.code, fault.path]), effect);
  return ({ code, path }) =>
    effects.get(JSON.stringify([code, path])) ?? effects.get(JSON.stringify([code, undefined]));
}
