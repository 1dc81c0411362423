import type { Assessment } from '../assessment.ts';
import { oscalFiles } from '../oscal/index.ts';
import { answersCsv } from './csv.ts';
import { reportFile } from './report.ts';

/** One part of a package without the others: it links to no file. */
export interface AlonePart {
  readonly format: 'html' | 'oscal' | 'csv';
  readonly assessment: Assessment;
}

/** The text of one part. */
export function partAlone({ format, assessment }: AlonePart): string {
  return [...piecesOf(format, assessment)].join('');
}

function piecesOf(format: AlonePart['format'], assessment: Assessment): Iterable<string> {
  switch (format) {
    case 'html':
      return reportFile(assessment, () => []).pieces();
    case 'csv':
      return answersCsv(assessment).pieces();
    case 'oscal': {
      const files = oscalFiles({ assessment, evidenceOf: () => [] });
      return files.find(({ name }) => name === 'assessment-results.json')?.pieces() ?? [];
    }
  }
}
