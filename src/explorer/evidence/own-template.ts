import { checks } from '#compliance/index.ts';
import { mostYamlProblems, readYaml, yamlPath, type YamlProblem } from '#rules/index.ts';
import { OwnTemplate } from '../contract-templates.ts';
import { limits } from '../limits.ts';
import { byNothing } from './ask.ts';
import type { Control, ControlTemplate, Question } from './control.ts';
import { checked } from './mapped.ts';
import { controlTemplates } from './templates.ts';

/** A template that can be saved, or what is wrong with its text. */
export type ReadOwnTemplate =
  | { readonly state: 'read'; readonly template: OwnTemplate }
  | { readonly state: 'refused'; readonly problems: readonly YamlProblem[] };

const bounds = { yamlBytes: limits.ownTemplateBytes, yamlSigns: { value: 12_000 }, yamlDepth: { value: 16 } };

/** Reads a template from YAML or JSON. Every question and check that it names must exist. */
export async function readOwnTemplate(text: string): Promise<ReadOwnTemplate> {
  const parsed = await readYaml(text, bounds);
  if (parsed.state === 'refused') return parsed;
  const read = OwnTemplate.safeParse(parsed.value);
  const found = read.success ? problemsIn(read.data) : read.error.issues;
  if (read.success && found.length === 0) return { state: 'read', template: read.data };
  const problems = found.slice(0, mostYamlProblems).map(({ path, message }) => {
    const line = parsed.lineOf(path);
    const words = `${yamlPath(path) || 'The template'}: ${message}`.slice(0, 500);
    return { ...(line !== undefined && { line }), message: words };
  });
  return { state: 'refused', problems };
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function problemsIn({ controls }: OwnTemplate): readonly Problem[] {
  const ids = controls.map(({ id }) => id);
  const questions = controls.reduce((sum, one) => sum + one.questions.length + Math.min(1, one.checks.length), 0);
  const most = limits.ownTemplateQuestions.value;
  return [
    ...(questions > most
      ? [{ path: ['controls'], message: `there are ${questions} questions, and ${most} may be: split the template` }]
      : []),
    ...controls.flatMap((control, at) => [
      ...(ids.indexOf(control.id) < at
        ? [{ path: ['controls', at, 'id'], message: `a control before it is ${control.id} too: name it otherwise` }]
        : []),
      ...problemsOf(control).map(({ path, message }) => ({ path: ['controls', at, ...path], message })),
    ]),
  ];
}

function problemsOf({ questions, checks: named, notAssessed }: OwnTemplate['controls'][number]): readonly Problem[] {
  const asksNothing = questions.length + named.length === 0;
  if (asksNothing && notAssessed === undefined)
    return [{ path: [], message: 'name questions or checks, or say under notAssessed why there are none' }];
  if (!asksNothing && notAssessed !== undefined)
    return [{ path: ['notAssessed'], message: 'it stands in the place of questions and checks: remove one of them' }];
  return [
    ...questions.flatMap((name, at) => [
      ...(knownQuestions.has(name)
        ? []
        : [{ path: ['questions', at], message: `there is no question ${name}: write TEMPLATE/CONTROL/QUESTION` }]),
      ...twice(questions, at, 'questions'),
    ]),
    ...named.flatMap((id, at) => [
      ...(knownChecks.has(id)
        ? []
        : [{ path: ['checks', at], message: `there is no check ${id}: seawall list checks names them` }]),
      ...twice(named, at, 'checks'),
    ]),
  ];
}

function twice(all: readonly string[], at: number, field: string): readonly Problem[] {
  const one = all[at] ?? '';
  return all.indexOf(one) < at ? [{ path: [field, at], message: `${one} stands twice: remove one` }] : [];
}

/** Questions that a template may name, by `nist-800-190/4.1.1/verdict`. */
export const knownQuestions: ReadonlyMap<string, Question> = new Map(
  controlTemplates.flatMap(({ id: template, controls }) =>
    controls.flatMap(({ id: control, questions }) =>
      questions.map((question) => [`${template}/${control}/${question.id}`, question] as const),
    ),
  ),
);

const knownChecks: ReadonlySet<string> = new Set(
  Object.values(checks)
    .flat()
    .map(({ id }) => id),
);

/** The template as questions. What a later release no longer has stays a question without an answer. */
export function openOwnTemplate({ id, title, summary, controls }: OwnTemplate): ControlTemplate {
  return { id, title, summary, standing: 'own', controls: controls.map(openControl) };
}

function openControl({
  id,
  title,
  text,
  sp80053,
  questions,
  checks: named,
  notAssessed,
}: OwnTemplate['controls'][number]): Control {
  const about = { id, title, definition: text, sp80053 };
  if (notAssessed !== undefined) return { ...about, questions: [], notAssessed };
  const here = named.filter((check) => knownChecks.has(check));
  return {
    ...about,
    questions: [
      ...questions.map((name) => {
        const known = knownQuestions.get(name);
        return known === undefined ? gone(name) : { ...known, id: questionId(name) };
      }),
      ...(here.length > 0 ? [checked('Each of the named checks passes', here)] : []),
      ...named.filter((check) => !knownChecks.has(check)).map(gone),
    ],
  };
}

function gone(name: string): Question {
  return byNothing(
    { id: questionId(name), text: `${name} is answered` },
    `This release does not know ${name}. Naming another in the template would assess this.`,
  );
}

/** Ids of questions stand in addresses of at most 64 characters. */
function questionId(name: string): string {
  return name.replaceAll('/', '-').slice(-64);
}
