import type { AssessedAnswer, AssessedSubject } from '../assessment.ts';
import { deadlineOf, remedyDays } from './deadlines.ts';
import { type Observation, type Origin, oscalVersion, type Property, type Resource, type Risk } from './model.ts';
import { lineOf, markupOf, momentOf, ourNames } from './names.ts';
import type { EvidenceFile, Named } from './source.ts';

/** What every document begins with; who stands behind the mapping is part of it. */
export function metadataOf({ assessment }: Named, title: string): object {
  const { madeAt, template } = assessment;
  return {
    title: markupOf(title),
    'last-modified': momentOf(madeAt),
    version: momentOf(madeAt),
    'oscal-version': oscalVersion,
    props: [property('standing', template.standing)],
    remarks: standingRemarks(template.standing),
  };
}

function standingRemarks(standing: 'reviewed' | 'starting-point' | 'own'): string {
  switch (standing) {
    case 'reviewed':
      return 'Titles, definitions and questions are in our own words.';
    case 'starting-point':
      return 'A starting point, not reviewed: no specialist of the subject has reviewed this mapping.';
    case 'own':
      return 'Written at the console that made this document.';
  }
}

/** A word of our own. */
export function property(name: string, value: string): Property {
  return { name, ns: ourNames, value: lineOf(value) };
}

/** Seawall itself, which collected everything. */
function toolOf({ uuid, assessment }: Named): object {
  return {
    uuid: uuid('tool'),
    type: 'software',
    title: 'Seawall',
    description: 'Collects documents of images, containers, engines and hosts, and judges them by its checks.',
    props: [property('version', assessment.version)],
    status: { state: 'operational' },
  };
}

/** The program that assessed, and the subjects that observations name. */
export function localDefinitions(source: Named, subjects: Iterable<number>): object {
  const { uuid, assessment } = source;
  const items = [...subjects].flatMap((at) => {
    const subject = assessment.subjects[at];
    return subject === undefined ? [] : [inventoryItem(subject, source.subjects[at] ?? '')];
  });
  return {
    ...(items.length > 0 && { 'inventory-items': items }),
    'assessment-assets': {
      components: [toolOf(source)],
      'assessment-platforms': [
        { uuid: uuid('platform'), title: 'Seawall', 'uses-components': [{ 'component-uuid': uuid('tool') }] },
      ],
    },
  };
}

function inventoryItem(subject: AssessedSubject, uuid: string): object {
  const { host, kind, id, name, application, environment, facts } = subject;
  const words = { kind, host, id, application, environment, configuration: facts };
  return {
    uuid,
    description: markupOf(`${kind} ${name}`),
    props: Object.entries(words).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [property(key, value)],
    ),
  };
}

/** One answer: one check over one configuration, or one answer of another part of the product. */
export function observationOf(source: Named, at: number): Observation {
  const { assessment, observations, evidenceOf } = source;
  const answer = assessment.answers[at];
  const uuid = observations[at];
  if (answer === undefined || uuid === undefined) throw new Error(`There is no answer ${at}.`);
  const subjects = answer.subjects.flatMap((one) => {
    const subject = source.subjects[one];
    return subject === undefined ? [] : [{ 'subject-uuid': subject, type: 'inventory-item' as const }];
  });
  const evidence = evidenceOf(answer).map((file) => ({
    href: `#${resourceUuid(source, file)}`,
    description: markupOf(file.title),
  }));
  return {
    uuid,
    title: markupOf(answer.title),
    description: markupOf(describe(answer)),
    props: propertiesOf(answer),
    methods: [methodOf(answer)],
    types: ['control-objective'],
    origins: [originOf(source)],
    ...(subjects.length > 0 && { subjects }),
    ...(evidence.length > 0 && { 'relevant-evidence': evidence }),
    collected: momentOf(answer.collected),
    ...(answer.expires !== undefined && { expires: momentOf(answer.expires) }),
  };
}

function originOf({ uuid }: Named): Origin {
  return { actors: [{ type: 'tool', 'actor-uuid': uuid('tool') }] };
}

function propertiesOf({ source, state, version, facts }: AssessedAnswer): readonly Property[] {
  return [
    property('source', source),
    property('state', state),
    ...(version === undefined ? [] : [property('source-version', String(version))]),
    ...(facts === undefined ? [] : [property('configuration', facts)]),
  ];
}

function methodOf({ state, method }: AssessedAnswer): 'TEST' | 'EXAMINE' | 'UNKNOWN' {
  if (state === 'not-assessed' || state === 'error') return 'UNKNOWN';
  return method === 'test' ? 'TEST' : 'EXAMINE';
}

/** What was found, in one sentence or two. */
function describe({ state, title, seen, reason, until }: AssessedAnswer): string {
  const found = seen.length === 0 ? '' : ` Seen: ${seen.join(', ')}.`;
  const ends = until === undefined ? '' : ` Excepted until ${momentOf(until)}.`;
  return `${title}: ${state}.${found}${reason === undefined ? '' : ` ${reason}`}${ends}`;
}

/** Positions of the answers that are risks: those that fail, and those that are excepted. */
export function riskyAnswers({ assessment, inOrder }: Named): readonly number[] {
  return inOrder.filter((at) => ['fail', 'excepted'].includes(assessment.answers[at]?.state ?? ''));
}

/** Id of the risk of an answer. */
export function riskUuid({ uuid, observations }: Named, at: number): string {
  return uuid('risk', observations[at] ?? '');
}

/** What an answer that fails puts at risk, until when it is to be remedied, and how. */
export function riskOf(source: Named, at: number): Risk {
  const answer = source.assessment.answers[at];
  if (answer === undefined) throw new Error(`There is no answer ${at}.`);
  const { severity, remedy, title } = answer;
  const uuid = riskUuid(source, at);
  const origin = originOf(source);
  return {
    uuid,
    title: markupOf(title),
    description: markupOf(describe(answer)),
    statement: markupOf(statementOf(answer)),
    status: answer.state === 'excepted' ? 'deviation-approved' : 'open',
    origins: [origin],
    ...(severity !== undefined && {
      characterizations: [{ origin, facets: [{ name: 'severity', system: ourNames, value: severity }] }],
    }),
    deadline: deadlineOf(answer),
    ...(remedy !== undefined && {
      remediations: [
        {
          uuid: source.uuid('remedy', uuid),
          lifecycle: 'recommendation',
          title: 'Remedy',
          description: markupOf(remedy),
        },
      ],
    }),
    'related-observations': [{ 'observation-uuid': source.observations[at] ?? '' }],
  };
}

function statementOf({ state, severity = 'medium', subjects }: AssessedAnswer): string {
  const subject = subjects.length === 1 ? '1 subject' : `${subjects.length} subjects`;
  return state === 'excepted'
    ? `${subject}, severity ${severity}. Somebody agreed to it until the deadline.`
    : `${subject}, severity ${severity}. The deadline is a proposal: ${remedyDays[severity]} days after it was first seen.`;
}

/** Files that some answers refer to, each once. */
export function evidenceResources(source: Named, answers: readonly number[]): readonly Resource[] {
  const files = new Map<string, EvidenceFile>();
  for (const at of answers) {
    const answer = source.assessment.answers[at];
    for (const file of answer === undefined ? [] : source.evidenceOf(answer)) files.set(file.href, file);
  }
  return [...files.values()].map((file) => ({
    uuid: resourceUuid(source, file),
    title: markupOf(file.title),
    rlinks: [{ href: file.href, 'media-type': file.mediaType, hashes: [{ algorithm: 'SHA-256', value: file.sha256 }] }],
  }));
}

function resourceUuid({ uuid }: Named, { href, sha256 }: EvidenceFile): string {
  return uuid('file', href, sha256);
}

/** Positions of the subjects of some answers, each once. */
export function subjectsOf({ assessment }: Named, answers: readonly number[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const at of answers) for (const one of assessment.answers[at]?.subjects ?? []) found.add(one);
  return found;
}
