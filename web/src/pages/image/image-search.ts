import type { ExecutableKind } from '#catalog/contract.ts';
import { countOf, keyOf, textOf, wordOf } from '../../app/search-text.ts';
import { type FindingFilter, parseFindingFilter } from '../vulnerability/finding-filter.ts';

/** Their words are fetched with the page. */
const kinds: Readonly<Record<ExecutableKind, true>> = {
  elf: true,
  script: true,
  java: true,
  interpreted: true,
  other: true,
};

/** What the address of one image holds: the open list, its filters, and the finding that is open. */
export interface ImageSearch extends FindingFilter {
  readonly tab?: 'changes' | 'compliance' | 'executables' | 'packages' | 'scans' | undefined;
  /** Index of a layer. */
  readonly layer?: number | undefined;
  /** Layers of the proven base, or those above it. */
  readonly part?: 'base' | 'own' | undefined;
  /** Of executables. */
  readonly kind?: ExecutableKind | undefined;
  readonly package?: string | undefined;
  readonly finding?: string | undefined;
}

export function parseImageSearch(raw: Readonly<Record<string, unknown>>): ImageSearch {
  return {
    ...parseFindingFilter(raw),
    tab: wordOf(raw['tab'], ['changes', 'compliance', 'executables', 'packages', 'scans'] as const),
    layer: countOf(raw['layer']),
    part: wordOf(raw['part'], ['base', 'own'] as const),
    kind: keyOf(raw['kind'], kinds),
    package: textOf(raw['package'], 512),
    finding: textOf(raw['finding'], 1024),
  };
}
