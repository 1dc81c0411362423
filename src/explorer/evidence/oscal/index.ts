import { assessmentResultsOf } from './assessment-results.ts';
import { catalogOf } from './catalog.ts';
import { componentDefinitionOf } from './component-definition.ts';
import { jsonPieces } from './lazy-json.ts';
import { planOfActionOf } from './plan-of-action.ts';
import { named, type OscalSource } from './source.ts';

export type { EvidenceFile, OscalSource } from './source.ts';

/** A document of OSCAL 1.2.1. */
export interface OscalFile {
  readonly name: 'catalog.json' | 'assessment-results.json' | 'poam.json' | 'component-definition.json';
  /** Its text, made while it is read. */
  readonly pieces: () => Iterable<string>;
}

/** All documents of an assessment. Without a failure and an exception there is no plan of action. */
export function oscalFiles(source: OscalSource): readonly OscalFile[] {
  const all = named(source);
  const plan = planOfActionOf(all);
  const file = (name: OscalFile['name'], value: object): OscalFile => ({ name, pieces: () => jsonPieces(value) });
  return [
    file('catalog.json', catalogOf(all)),
    file('assessment-results.json', assessmentResultsOf(all)),
    ...(plan === undefined ? [] : [file('poam.json', plan)]),
    file('component-definition.json', componentDefinitionOf(all)),
  ];
}
