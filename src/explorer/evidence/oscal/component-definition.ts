import type { AssessedControl, AssessedQuestion } from '../assessment.ts';
import { controlId, markupOf } from './names.ts';
import { metadataOf, property } from './parts.ts';
import type { Named } from './source.ts';

/** What Seawall does for each control: `oscal/component-definition.json`. It speaks of the product, not of the estate. */
export function componentDefinitionOf(source: Named): object {
  const { assessment, uuid } = source;
  const { template, controls, version } = assessment;
  const requirements = controls
    .filter(({ state }) => state !== 'not-assessed')
    .map((control) => requirementOf(source, control));
  return {
    'component-definition': {
      uuid: uuid('component-definition', template.id),
      metadata: metadataOf(source, 'Seawall'),
      components: [
        {
          uuid: uuid('component'),
          type: 'software',
          title: 'Seawall',
          description: 'Container security: collects evidence, judges it, and refuses starts by rules.',
          props: [property('version', version)],
          ...(requirements.length > 0 && {
            'control-implementations': [
              {
                uuid: uuid('control-implementation', template.id),
                source: 'catalog.json',
                description: markupOf(`What Seawall asks for each control of ${template.title}.`),
                'implemented-requirements': requirements,
              },
            ],
          }),
        },
      ],
    },
  };
}

function requirementOf({ uuid, assessment }: Named, control: AssessedControl): object {
  return {
    uuid: uuid('requirement', assessment.template.id, control.id),
    'control-id': controlId(assessment.template.id, control.id),
    description: markupOf(control.questions.map(questionText).join(' ') || 'Seawall asks nothing about it.'),
  };
}

function questionText({ text, by, sources, reason }: AssessedQuestion): string {
  switch (by) {
    case 'checks':
      return `Checks ${sources.join(', ')}: ${text}.`;
    case 'product':
      return `Computed by Seawall: ${text}.`;
    case 'attestation':
      return `Attested by a person: ${text}.`;
    case 'nothing':
      return `Not assessed by this version: ${text}. ${reason ?? ''}`;
  }
}
