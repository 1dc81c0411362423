import type { Finding, FindingDifference } from '#vulnerability/index.ts';

/** The image that an image is built on, and what another one in its place would change. */
export interface OnBase {
  readonly name: string;
  /** Its layers: so many of the lowest. */
  readonly layers: number;
  readonly newer?: NewerBase;
}

/** What a newer base was found to have of what the image has of its base. */
export interface NewerBase extends FindingDifference {
  readonly name: string;
}

/** Findings of the base's layers and of the image's own, those that do not count left out. */
export function partedByBase(findings: readonly Finding[], { layers }: Pick<OnBase, 'layers'>) {
  const counted = findings.filter(({ suppressed }) => suppressed === undefined);
  return {
    base: counted.filter(({ layer }) => layer < layers),
    own: counted.filter(({ layer }) => layer >= layers),
  };
}

/** Whose layer a finding or package is of. */
export function partOf({ layer }: Pick<Finding, 'layer'>, { layers }: Pick<OnBase, 'layers'>): 'base' | 'own' {
  return layer < layers ? 'base' : 'own';
}
