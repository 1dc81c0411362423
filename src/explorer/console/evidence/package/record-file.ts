import { AppError } from '#base/index.ts';
import type { HandlerContext } from '#http/console/index.ts';
import type { FileReply } from '#http/fields.ts';
import type { HandlerInput } from '#http/index.ts';
import type { getEvidenceRecord } from '../../../contract.ts';
import { type RecordBody, signedRecord } from '../../../evidence/package/index.ts';
import { eyesOf } from '../looking.ts';
import { controlNamed } from '../read-evidence.ts';
import { askedScope } from '../scopes.ts';
import { templateInForce } from '../templates-here.ts';
import { collectAnswers } from './collect-answers.ts';
import { collectSubjectEvidence } from './collect-evidence.ts';
import { trialsBehind } from './collect-trials.ts';
import { sourcesOf } from './group-answers.ts';
import type { PackageDependencies } from './package-dependencies.ts';
import { readScopedSubjects } from './read-subjects.ts';

type Input = HandlerInput<typeof getEvidenceRecord> & HandlerContext;

/** One answer about one subject as a small file. Throws `not-found`. */
export async function recordFile({ store, clock, seal }: PackageDependencies, input: Input): Promise<FileReply> {
  const { principal, params, query } = input;
  const template = await templateInForce(store, params.template);
  const control = controlNamed(template, params.control);
  const now = clock();
  const looking = { ...(await eyesOf(store, principal)), scope: askedScope({}), now };
  const subjects = (await readScopedSubjects(store, looking, query)).slice(0, 1);
  const [subject] = subjects;
  const sealed = await seal();
  const own = { ...template, controls: [control] };
  const answers = await collectAnswers(store, { template: own, looking, subjects });
  const question = control.questions.find((one) => one.id === query.answer);
  const sources = question === undefined ? [query.answer] : sourcesOf(question);
  const answer = answers.find(({ source }) => sources.includes(source));
  if (subject === undefined || answer === undefined)
    throw new AppError('not-found', 'There is no such answer about a subject that you may see.');
  const { host, kind, id, name } = subject;
  const evidence = await collectSubjectEvidence(store, subject);
  const behind = await trialsBehind(store, { answer, host, now });
  const { source, title, state, seen, reason, until } = behind.answer;
  const body: RecordBody = {
    installation: sealed.installation,
    madeAt: now.toISOString(),
    at: now.toISOString(),
    template: template.id,
    control: control.id,
    ...(question !== undefined && { question: question.id }),
    source,
    title,
    state,
    seen,
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
    subject: { host, kind, id, name },
    records: behind.records,
    ...evidence,
  };
  const file = signedRecord(body, sealed);
  return {
    type: 'application/json',
    name: `${template.id}-${control.id}-${source}.json`,
    parts: [Buffer.from(`${JSON.stringify(file, undefined, 1)}\n`)],
  };
}
