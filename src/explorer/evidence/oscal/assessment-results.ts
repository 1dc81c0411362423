import type { AssessedControl, Attestation } from '../assessment.ts';
import { lazyList } from './lazy-json.ts';
import { controlId, lineOf, markupOf, momentOf, objectiveId } from './names.ts';
import {
  evidenceResources,
  localDefinitions,
  metadataOf,
  observationOf,
  property,
  riskOf,
  riskUuid,
  riskyAnswers,
} from './parts.ts';
import { answersOf, type Named } from './source.ts';

/** How the controls stood, with all observations: `oscal/assessment-results.json`. */
export function assessmentResultsOf(source: Named): object {
  const { assessment, uuid } = source;
  const { template, scope } = assessment;
  const all = assessment.answers.map((_, at) => at);
  return {
    'assessment-results': {
      uuid: uuid('assessment-results', template.id, JSON.stringify(scope)),
      metadata: metadataOf(source, `${template.title}: assessment results`),
      'import-ap': { href: `#${planUuid(source)}` },
      results: [resultOf(source)],
      'back-matter': { resources: [planOf(source), ...evidenceResources(source, all)] },
    },
  };
}

function resultOf(source: Named): object {
  const { assessment, uuid, inOrder } = source;
  const { template, scope, at } = assessment;
  const risks = riskyAnswers(source);
  const findings = reviewed(assessment.controls).map((control) => findingOf(source, control));
  return {
    uuid: uuid('result', template.id, JSON.stringify(scope)),
    title: markupOf(`${template.title} as of ${momentOf(at)}`),
    description: markupOf(scopeText(source)),
    start: momentOf(at),
    end: momentOf(at),
    'local-definitions': localDefinitions(source, assessment.subjects.keys()),
    'reviewed-controls': reviewedControls(source),
    ...(assessment.attestations.length > 0 && { attestations: assessment.attestations.map(attestationOf) }),
    ...(inOrder.length > 0 && {
      observations: lazyList(function* () {
        for (const position of inOrder) yield observationOf(source, position);
      }),
    }),
    ...(risks.length > 0 && {
      risks: lazyList(function* () {
        for (const position of risks) yield riskOf(source, position);
      }),
    }),
    ...(findings.length > 0 && { findings }),
  };
}

/** Controls of which at least one answer says how they stand. */
function reviewed(controls: readonly AssessedControl[]): readonly AssessedControl[] {
  return controls.filter(wasAssessed);
}

function wasAssessed({ state, subjects }: AssessedControl): boolean {
  if (state === 'not-applicable' || state === 'not-assessed') return false;
  const { pass, fail, warn, excepted } = subjects;
  return state !== 'incomplete' || pass + fail + warn + excepted > 0;
}

function reviewedControls({ assessment }: Named): object {
  const { template, controls } = assessment;
  const idOf = (control: AssessedControl): { 'control-id': string } => ({
    'control-id': controlId(template.id, control.id),
  });
  const included = reviewed(controls);
  const excluded = controls.filter((control) => !wasAssessed(control));
  const remarks = excluded.map(({ id, title, state, reason }) => `${id} ${title}: ${state}. ${reason}`).join(' ');
  return {
    'control-selections': [
      {
        ...(included.length > 0 ? { 'include-controls': included.map(idOf) } : { 'include-all': {} }),
        ...(excluded.length > 0 && {
          'exclude-controls': excluded.map(idOf),
          remarks: markupOf(`Not assessed, or without a subject: ${remarks}`),
        }),
      },
    ],
  };
}

function findingOf(source: Named, control: AssessedControl): object {
  const { assessment, uuid, observations } = source;
  const id = controlId(assessment.template.id, control.id);
  const answers = answersOf(
    source,
    control.questions.flatMap(({ sources }) => sources),
  );
  const risks = answers.filter((at) => ['fail', 'excepted'].includes(assessment.answers[at]?.state ?? ''));
  return {
    uuid: uuid('finding', assessment.template.id, control.id),
    title: markupOf(`${control.id} ${control.title}`),
    description: markupOf(control.reason),
    props: [
      property('state', control.state),
      ...(control.rate === undefined ? [] : [property('rate', String(control.rate))]),
      ...(control.coverage === undefined ? [] : [property('coverage', String(control.coverage))]),
    ],
    target: { type: 'objective-id', 'target-id': objectiveId(id), status: statusOf(control) },
    ...(answers.length > 0 && {
      'related-observations': answers.map((at) => ({ 'observation-uuid': observations[at] })),
    }),
    ...(risks.length > 0 && { 'related-risks': risks.map((at) => ({ 'risk-uuid': riskUuid(source, at) })) }),
  };
}

/** OSCAL knows two states. What is incomplete, and what an exception covers, is not satisfied, and says why. */
function statusOf({ state, reason }: AssessedControl): object {
  const remarks = markupOf(reason);
  switch (state) {
    case 'met':
      return { state: 'satisfied', reason: 'pass', remarks };
    case 'not-met':
      return { state: 'not-satisfied', reason: 'fail', remarks };
    case 'incomplete':
    case 'not-assessed':
    case 'met-with-exceptions':
    case 'not-applicable':
      return { state: 'not-satisfied', reason: 'other', remarks };
  }
}

function attestationOf({ control, question, statement, author, at, until }: Attestation): object {
  const words = { control, question, author, at: momentOf(at), until: momentOf(until) };
  return {
    parts: [
      {
        name: 'authorized-statement',
        props: Object.entries(words).map(([name, value]) => property(name, value)),
        prose: markupOf(statement),
      },
    ],
  };
}

function planUuid({ uuid, assessment }: Named): string {
  return uuid('plan', assessment.template.id, JSON.stringify(assessment.scope));
}

/** In the place of an assessment plan: what was asked, by which methods. */
function planOf(source: Named): object {
  const { answers } = source.assessment;
  const versions = new Map(
    answers.map(({ source: id, version }) => [id, version === undefined ? id : `${id} version ${version}`]),
  );
  return {
    uuid: planUuid(source),
    title: 'Scope, methods, checks and their versions',
    description: markupOf(scopeText(source)),
    remarks: markupOf(
      `Seawall collects documents of images, containers, engines, networks, registries and hosts (EXAMINE), and tries what refuses (TEST). Answers come from: ${[...versions.values()].toSorted().join(', ') || 'nothing'}.`,
    ),
  };
}

function scopeText({ assessment: { scope, installation, subjects, at } }: Named): string {
  const { environment = 'all', application = 'all', collections, askedBy } = scope;
  const seen = collections === undefined ? 'the whole estate' : `collections ${collections.join(', ') || 'none'}`;
  return lineOf(
    `Installation ${installation}, as of ${momentOf(at)}. Environment: ${environment}. Application: ${application}. In view of ${askedBy}: ${seen}. Subjects: ${subjects.length}.`,
  );
}
