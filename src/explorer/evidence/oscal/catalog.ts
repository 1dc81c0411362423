import type { AssessedControl } from '../assessment.ts';
import { controlId, lineOf, markupOf, objectiveId } from './names.ts';
import { metadataOf, property } from './parts.ts';
import type { Named } from './source.ts';

/** The controls of the template with what they ask for: `oscal/catalog.json`. */
export function catalogOf(source: Named): object {
  const { assessment, uuid } = source;
  const { template, controls } = assessment;
  return {
    catalog: {
      uuid: uuid('catalog', template.id),
      metadata: metadataOf(source, template.title),
      controls: controls.map((control) => controlOf(template.id, control)),
    },
  };
}

function controlOf(template: string, control: AssessedControl): object {
  const id = controlId(template, control.id);
  return {
    id,
    title: markupOf(control.title),
    props: [{ name: 'label', value: lineOf(control.id) }, ...control.sp80053.map((one) => property('sp800-53', one))],
    parts: [
      { id: `${id}_smt`, name: 'statement', prose: markupOf(control.definition) },
      {
        id: objectiveId(id),
        name: 'assessment-objective',
        prose:
          control.state === 'not-assessed'
            ? markupOf(`Seawall assesses nothing of it. ${control.reason}`)
            : 'Every required question is answered for every subject, and none fails.',
        ...(control.questions.length > 0 && {
          parts: control.questions.map((question) => ({
            id: objectiveId(id, question.id),
            name: 'assessment-objective',
            props: [
              property('required', question.required ? 'yes' : 'no'),
              property('answered-by', question.by),
              ...question.sources.map((one) => property('source', one)),
            ],
            prose: markupOf(question.text),
          })),
        }),
      },
    ],
  };
}
