import type { AssessedAnswer } from '../assessment.ts';
import { oscalFiles } from '../oscal/index.ts';
import { csvFiles } from './csv.ts';
import type { PackageInput } from './evidence.ts';
import { evidenceFiles } from './evidence-files.ts';
import type { PackedFile } from './packed-file.ts';
import { importedPath, oscalPath, recordPath } from './paths.ts';
import { readmeFile } from './readme.ts';
import { reportFile } from './report.ts';
import type { ImportLinks } from './report-imports.ts';

/** All files of a package but its manifest. */
export function packageFiles(input: PackageInput): readonly PackedFile[] {
  const { assessment } = input;
  const evidence = evidenceFiles(input);
  const linksOf = (answer: AssessedAnswer): readonly string[] => evidence.of(answer).map(({ href }) => href);
  const beside = (answer: AssessedAnswer) => evidence.of(answer).map((file) => ({ ...file, href: `../${file.href}` }));
  return [
    readmeFile(input),
    reportFile(assessment, linksOf, importLinks(input)),
    ...csvFiles(assessment, linksOf),
    ...oscalFiles({ assessment, evidenceOf: beside }).map(({ name, pieces }) => ({ path: oscalPath(name), pieces })),
    ...evidence.files,
  ];
}

function importLinks({ evidence }: PackageInput): ImportLinks {
  const records = new Set(evidence.records.filter(({ kind }) => kind === 'import').map(({ name }) => name));
  const files = new Set((evidence.imported ?? []).map(({ hash }) => hash));
  return ({ id, file: { sha256 } }) => ({
    ...(records.has(id) && { rules: recordPath({ kind: 'import', name: id }) }),
    ...(files.has(sha256) && { file: importedPath(sha256) }),
  });
}
