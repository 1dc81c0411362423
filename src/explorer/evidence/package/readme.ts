import { keyFingerprint } from '#compliance/index.ts';
import type { PackageInput } from './evidence.ts';
import { fileOf, type PackedFile } from './packed-file.ts';
import { paths } from './paths.ts';

/** What is in the package and how it is verified. */
export function readmeFile({ assessment, evidence }: PackageInput): PackedFile {
  const fingerprint = evidence.keys.map(keyFingerprint).at(-1) ?? 'unknown';
  const risks = assessment.answers.some(({ state }) => state === 'fail' || state === 'excepted');
  return fileOf(
    paths.readme,
    `${assessment.template.title}: evidence as of ${assessment.at}
Installation ${assessment.installation}

Verify this file without the console and without a network:

  seawall compliance verify FILE.zip --key FINGERPRINT

Get the fingerprint from the operator of the installation, not from this package. The package names:

  ${fingerprint}

${paths.report}                    start here; it prints well
${paths.controls}, ${paths.answers}, ${paths.subjects}    the same as tables
${paths.days}                   how each control stood day by day
oscal/                         catalog, assessment results, component definition of OSCAL 1.2.1${risks ? ', and the plan of action and milestones' : '\n                               no plan of action and milestones: nothing fails and nothing is excepted'}
evidence/documents/            redacted documents of hosts; each is named by the SHA-256 of its text
${paths.facts}          which documents tell of a configuration
evidence/answers/              answers of other parts of the product, and who confirmed what by which document
evidence/trials/, evidence/verdicts/    tries of gates and verdicts, where there are any
evidence/imports/              results of OpenSCAP that people imported, and their files, where there are any; nobody proved them
log/                           rows of the evidence log, with proofs, and its signed heads
${paths.manifest}, ${paths.signature}    SHA-256 of each file, signed
`,
  );
}
