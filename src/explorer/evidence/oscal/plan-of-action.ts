import { lazyList } from './lazy-json.ts';
import { markupOf } from './names.ts';
import {
  evidenceResources,
  localDefinitions,
  metadataOf,
  observationOf,
  riskOf,
  riskUuid,
  riskyAnswers,
  subjectsOf,
} from './parts.ts';
import type { Named } from './source.ts';

/** What is to be remedied and what is excepted: `oscal/poam.json`. OSCAL knows no empty plan: without both there is none. */
export function planOfActionOf(source: Named): object | undefined {
  const { assessment, uuid, observations } = source;
  const risks = riskyAnswers(source);
  if (risks.length === 0) return undefined;
  const resources = evidenceResources(source, risks);
  return {
    'plan-of-action-and-milestones': {
      uuid: uuid('poam', assessment.template.id, JSON.stringify(assessment.scope)),
      metadata: metadataOf(source, `${assessment.template.title}: plan of action and milestones`),
      'system-id': { id: assessment.installation },
      'local-definitions': localDefinitions(source, subjectsOf(source, risks)),
      observations: lazyList(() => risks.map((at) => observationOf(source, at))),
      risks: lazyList(() => risks.map((at) => riskOf(source, at))),
      'poam-items': risks.map((at) => ({
        uuid: uuid('poam-item', observations[at] ?? ''),
        title: markupOf(assessment.answers[at]?.title ?? ''),
        description: markupOf(
          assessment.answers[at]?.remedy ?? 'The check that fails says what was seen; it names no remedy.',
        ),
        'related-observations': [{ 'observation-uuid': observations[at] }],
        'related-risks': [{ 'risk-uuid': riskUuid(source, at) }],
      })),
      ...(resources.length > 0 && { 'back-matter': { resources } }),
    },
  };
}
