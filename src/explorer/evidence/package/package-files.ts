import type { AssessedAnswer } from '../assessment.ts';
import { oscalFiles } from '../oscal/index.ts';
import { csvFiles } from './csv.ts';
import type { PackageInput } from './evidence.ts';
import { evidenceFiles } from './evidence-files.ts';
import type { PackedFile } from './packed-file.ts';
import { oscalPath } from './paths.ts';
import { readmeFile } from './readme.ts';
import { reportFile } from './report.ts';

/** All files of a package but its manifest. */
export function packageFiles(input: PackageInput): readonly PackedFile[] {
  const { assessment } = input;
  const evidence = evidenceFiles(input);
  const linksOf = (answer: AssessedAnswer): readonly string[] => evidence.of(answer).map(({ href }) => href);
  const beside = (answer: AssessedAnswer) => evidence.of(answer).map((file) => ({ ...file, href: `../${file.href}` }));
  return [
    readmeFile(input),
    reportFile(assessment, linksOf),
    ...csvFiles(assessment, linksOf),
    ...oscalFiles({ assessment, evidenceOf: beside }).map(({ name, pieces }) => ({ path: oscalPath(name), pieces })),
    ...evidence.files,
  ];
}
