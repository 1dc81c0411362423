import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { keyFingerprint } from '#compliance/index.ts';
import { getEvidencePackage, getTemplateEvidence } from '#explorer/contract.ts';
import { verifyEvidenceFile } from '#explorer/index.ts';
import { download } from '#http/index.ts';
import { oscalProblems } from '../../../src/explorer/evidence/oscal/testing.ts';
import type { LabConsole } from '../lab-console.ts';
import { expectThat } from '../lab.ts';
import type { Claim } from './audit-claims.ts';

const template = 'nist-800-190';

/** What an auditor reads: the files of a package, and its tables. */
export interface ReadPackage {
  readonly files: Readonly<Record<string, string>>;
  readonly answers: readonly Row[];
  readonly controls: readonly Row[];
}

type Row = Readonly<Record<string, string>>;

/** Gets the package of an environment by a token of an auditor, verifies it without the console, and unpacks it. */
export async function readPackage(
  console: { readonly baseUrl: string; readonly token: string },
  environment: string,
): Promise<ReadPackage> {
  const asked = { params: { template }, query: { environment } };
  const content = await download(getEvidencePackage, asked, console);
  const files = Object.fromEntries(
    Object.entries(unzipSync(content)).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
  );
  const { keys } = JSON.parse(files['manifest.sig'] ?? '') as { readonly keys: readonly string[] };
  const found = verifyEvidenceFile(content, keys.map(keyFingerprint));
  expectThat(found.state === 'verified', `the package of ${environment} does not verify: ${JSON.stringify(found)}`);
  return { files, answers: rowsOf(files['csv/answers.csv']), controls: rowsOf(files['csv/controls.csv']) };
}

/** RFC 4180, the first row names the columns. */
function rowsOf(text = ''): readonly Row[] {
  const [heads = [], ...rows] = text
    .trimEnd()
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
  return rows.map((cells) => Object.fromEntries(heads.map((head, at) => [head, cells[at] ?? ''])));
}

/** Follows a claim from the control by its answer to the file that shows it. Throws what does not lead on. */
export function follow({ files, answers, controls }: ReadPackage, claim: Claim): void {
  const { control, stands, source, state, subject, shows } = claim;
  const said = `${control} ${source}`;
  const own = controls.find((one) => one['control'] === control);
  expectThat(own?.['state'] === stands, `${control} is ${own?.['state']}, not ${stands}: ${own?.['reason']}`);
  const rows = answers.filter((one) => one['control'] === control && one['source'] === source);
  const row = rows.find((one) => one['state'] === state);
  expectThat(
    row !== undefined,
    `${said} is ${rows.map((one) => `${one['state']} ${one['reason']}`).join() || 'not there'}`,
  );
  const kinds = subjectsOf(files, row);
  expectThat(kinds.includes(subject), `${said} is about ${kinds.join() || 'nothing'}`);
  const evidence = (row['evidence'] ?? '').split(' ').filter((path) => path !== '');
  expectThat(evidence.length > 0, `${said} names no evidence`);
  const report = files['report.html'] ?? '';
  for (const path of evidence) {
    expectThat(files[path] !== undefined, `${said} names ${path}, which is not in the package`);
    expectThat(report.includes(`href="${path}"`), `the report does not lead to ${path}`);
  }
  const text = evidence.map((path) => files[path]).join('\n');
  expectThat(shows.test(text), `${evidence.join()} does not show ${said}: ${text.slice(0, 600)}`);
}

/** Kinds of the subjects of an answer: by their configuration, else by their numbers. */
function subjectsOf(files: ReadPackage['files'], row: Row): readonly string[] {
  const numbers = (row['subject-numbers'] ?? '').split(' ');
  const configuration = row['configuration'] ?? '';
  return rowsOf(files['csv/subjects.csv'])
    .filter((one) =>
      configuration === '' ? numbers.includes(one['number'] ?? '') : one['configuration'] === configuration,
    )
    .map((one) => one['kind'] ?? '');
}

/** That report, tables, OSCAL and console say the same of each control, and that OSCAL is valid and leads to its files. */
export async function compare(
  { ask }: LabConsole,
  environment: string,
  { files, controls }: ReadPackage,
): Promise<number> {
  const { controls: known } = await ask(getTemplateEvidence, { params: { template }, query: { environment } });
  const findings = oscalStates(files);
  const report = files['report.html'] ?? '';
  for (const { id, state, reason } of known) {
    const row = controls.find((one) => one['control'] === id);
    const [, inReport] =
      new RegExp(`id="control-${id.replaceAll('.', '\\.')}">[^]*?class="state ([a-z-]+)"`).exec(report) ?? [];
    const told = [row?.['state'], inReport, findings.get(`${id} `) ?? state];
    expectThat(
      told.every((one) => one === state),
      `${id} is ${state}, and the package says ${told.join(', ')}`,
    );
    expectThat(row?.['reason'] === reason, `the reason of ${id} is “${row?.['reason']}”, not “${reason}”`);
  }
  return checkOscal(files);
}

interface Finding {
  readonly title: string;
  readonly props: readonly { readonly name: string; readonly value: string }[];
}

function oscalStates(files: ReadPackage['files']): ReadonlyMap<string, string> {
  const results = JSON.parse(files['oscal/assessment-results.json'] ?? '{}');
  const findings = results['assessment-results'].results[0].findings as readonly Finding[];
  return new Map(
    findings.map(({ title, props }) => [
      title.slice(0, title.indexOf(' ') + 1),
      props.find(({ name }) => name === 'state')?.value ?? '',
    ]),
  );
}

/** Answers how many files the OSCAL documents name by their hashes. */
function checkOscal(files: ReadPackage['files']): number {
  let named = 0;
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith('oscal/')) continue;
    const problems = oscalProblems(path.slice('oscal/'.length), JSON.parse(text));
    expectThat(problems.length === 0, `${path} is not valid: ${problems.slice(0, 3).join('; ')}`);
    for (const [, href = '', hash] of text.matchAll(
      /"href":\s*"\.\.\/([^"]+)",\s*"media-type":\s*"[^"]+",\s*"hashes":\s*\[\{"algorithm":\s*"SHA-256",\s*"value":\s*"([^"]+)"/g,
    )) {
      named += 1;
      const own = createHash('sha256')
        .update(files[href] ?? '')
        .digest('hex');
      expectThat(own === hash, `${path} names ${href} by ${hash}, and it is ${own}`);
    }
  }
  expectThat(named > 20, `the OSCAL documents name only ${named} files`);
  return named;
}
