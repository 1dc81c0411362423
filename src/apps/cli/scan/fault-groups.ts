import type { Fault } from '#catalog/contract.ts';
import { countFaults, type FaultKind, faultKindOf } from '#image/index.ts';
import { remedyOfFault } from '#policy/index.ts';
import type { ScanResult } from './result.ts';

/** Faults of one code: what is told of each, and what removes them. */
export interface FaultGroup {
  readonly code: string;
  readonly shown: readonly Fault[];
  /** How many more there are. */
  readonly more: number;
  /** How many of those the result tells one by one. */
  readonly reported: number;
  readonly remedy: string;
}

/** Faults by their code, in the order in which they came; the first `most` of each are told one by one. */
export function faultGroups(faults: readonly Fault[], most: number): readonly FaultGroup[] {
  return [...Map.groupBy(faults, ({ code }) => code)].map(([code, of]) => {
    const single = of.filter(({ count = 1 }) => count === 1);
    const shown = single.slice(0, most);
    const more = countFaults(of) - shown.length;
    return { code, shown, more, reported: single.length - shown.length, remedy: remedyOfFault(code) };
  });
}

/** Faults that mean the same for whoever reads a result. */
export interface FaultSection {
  readonly kind: 'unseen' | 'unjudged' | 'unidentified';
  /** `Not judged: 2 reasons`. */
  readonly title: string;
  readonly faults: readonly Fault[];
}

type Scanned = Pick<ScanResult, 'subject' | 'catalog'>;

/** The faults of a scan with their places as people know them: a folder has no layers. */
export function placedFaults({ subject, catalog }: Scanned): readonly Fault[] {
  if (subject.kind === 'image') return catalog.faults;
  return catalog.faults.map(({ layer: _none, ...fault }) => fault);
}

/** What was not seen, what was not judged, which files nothing identifies; only what there is. */
export function faultSections(result: Scanned): readonly FaultSection[] {
  const faults = placedFaults(result);
  return sections.flatMap(({ kind, title, noun, of }) => {
    const own = faults.filter(({ code }) => of.includes(faultKindOf(code)));
    const count = countFaults(own);
    return count === 0 ? [] : [{ kind, title: `${title}: ${count} ${noun}${count === 1 ? '' : 's'}`, faults: own }];
  });
}

interface SectionWords extends Pick<FaultSection, 'kind' | 'title'> {
  readonly noun: string;
  readonly of: readonly FaultKind[];
}

const sections: readonly SectionWords[] = [
  { kind: 'unseen', title: 'Not seen in full', noun: 'fault', of: ['reading', 'content'] },
  { kind: 'unjudged', title: 'Not judged', noun: 'reason', of: ['judging'] },
  { kind: 'unidentified', title: 'Not identified', noun: 'file', of: ['unidentified'] },
];

/** `… and 12 more; --format json tells all.`; `where` is said only of what is told there. */
export function moreFaults({ more, reported }: Pick<FaultGroup, 'more' | 'reported'>, where: string): string {
  if (reported === 0) return `… and ${more} more.`;
  return `… and ${more} more; ${where} ${reported === more ? 'all' : `${reported} of them`}.`;
}

/** `app/a.jar, layer 2`; empty where nothing is known of the place. */
export function faultPlace({ path, layer }: Fault): string {
  return [path, layer === undefined ? undefined : `layer ${layer + 1}`].filter((part) => part !== undefined).join(', ');
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
