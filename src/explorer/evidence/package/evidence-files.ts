import { createHash } from 'node:crypto';
import type { AssessedAnswer, Assessment } from '../assessment.ts';
import type { EvidenceFile } from '../oscal/index.ts';
import type { PackageInput } from './evidence.ts';
import { fileOf, linesOf, type PackedFile } from './packed-file.ts';
import { answersPath, documentPath, importedPath, paths, recordPath } from './paths.ts';

/** What an answer rests on, and the files that hold it. */
export interface EvidenceFiles {
  readonly files: readonly PackedFile[];
  /** Files of an answer, by their paths from the root of the package. */
  readonly of: (answer: AssessedAnswer) => readonly EvidenceFile[];
}

/** Documents, records and answers as files, each once. */
export function evidenceFiles({ assessment, evidence }: PackageInput): EvidenceFiles {
  const documents = new Set(evidence.documents.map(({ hash }) => hash));
  const facts = new Map(evidence.facts.map((one) => [one.id, one]));
  const records = new Map(evidence.records.map((one) => [one.name, one]));
  const answers = answerFiles(assessment);
  const titles = new Map<string, EvidenceFile>();
  const once = (file: EvidenceFile): EvidenceFile => {
    titles.set(file.href, titles.get(file.href) ?? file);
    return titles.get(file.href) ?? file;
  };
  return {
    files: [
      ...evidence.documents.map(({ hash, text }) => fileOf(documentPath(hash), text)),
      ...evidence.records.map((record) => fileOf(recordPath(record), record.text)),
      ...(evidence.imported ?? []).map(({ hash, text }) => fileOf(importedPath(hash), text)),
      ...answers.map(({ href, text }) => fileOf(href, text)),
      linesOf(paths.facts, () => evidence.facts),
      linesOf(paths.statuses, () => evidence.statuses),
      ...logFiles(evidence),
    ],
    of: (answer) => {
      const found = [
        ...(facts.get(answer.facts ?? '')?.documents ?? [])
          .filter(({ hash }) => documents.has(hash))
          .map(({ kind, hash }) => once(jsonFile(documentPath(hash), hash, `Document ${kind}`))),
        ...(answer.records ?? [])
          .flatMap((name) => records.get(name) ?? [])
          .map((record) => once(jsonFile(recordPath(record), sha256(record.text), record.title))),
      ];
      if (found.length > 0) return found;
      return answers.flatMap(({ source, href, hash }) =>
        source === answer.source ? [once(jsonFile(href, hash, `Answers of ${source}`))] : [],
      );
    },
  };
}

function jsonFile(href: string, hash: string, title: string): EvidenceFile {
  return { href, sha256: hash, title, mediaType: 'application/json' };
}

interface AnswerFile {
  readonly source: string;
  readonly href: string;
  readonly text: string;
  readonly hash: string;
}

/** What other parts of the product answered: no document of a host says it. */
function answerFiles(assessment: Assessment): readonly AnswerFile[] {
  const without = assessment.answers.filter(({ facts, records = [] }) => facts === undefined && records.length === 0);
  return [...Map.groupBy(without, ({ source }) => source)].map(([source, own]) => {
    const named = own.map((answer) => answerWithNames(answer, assessment));
    const text = `${JSON.stringify(named, undefined, 1)}\n`;
    return { source, href: answersPath(source), text, hash: sha256(text) };
  });
}

/** Subjects that an answer names; the others are known by their numbers. */
const mostNames = 20;

/** An answer as somebody reads it who has this file and the table of subjects. */
function answerWithNames({ subjects, ...answer }: AssessedAnswer, assessment: Assessment): object {
  const attested = attestationsBehind(answer.source, assessment);
  return {
    ...answer,
    ...(attested.length > 0 && { attested }),
    subjects: subjects.slice(0, mostNames).flatMap((at) => {
      const { kind, host, name } = assessment.subjects[at] ?? {};
      return kind === undefined ? [] : [{ kind, ...(host !== '' && { host }), name }];
    }),
    subjectNumbers: subjects.map((at) => at + 1),
  };
}

/** Documents of people that answer the questions of a source. */
function attestationsBehind(source: string, { controls, attestations }: Assessment): Assessment['attestations'] {
  return attestations.filter(({ control, question }) =>
    controls.some(
      ({ id, questions }) =>
        id === control && questions.some((one) => one.id === question && one.sources.includes(source)),
    ),
  );
}

function logFiles({ log }: PackageInput['evidence']): readonly PackedFile[] {
  return [
    linesOf(paths.parts, function* () {
      for (const [part, { heads, forgotten = [] }] of log.entries()) {
        const gone = new Set(forgotten);
        for (const signed of heads) yield { part, ...signed, ...(gone.has(signed.head.batch) && { forgotten: true }) };
      }
    }),
    linesOf(paths.rows, function* () {
      for (const [part, { batches, leaves }] of log.entries()) {
        for (const { batch, texts } of batches) for (const text of texts) yield { part, batch, text };
        for (const { text, proof } of leaves) yield { part, text, proof };
      }
    }),
  ];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
