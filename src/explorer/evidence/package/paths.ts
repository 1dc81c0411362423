/** Where everything stands in a package. */
export const paths = {
  manifest: 'manifest.json',
  signature: 'manifest.sig',
  readme: 'README.txt',
  report: 'report.html',
  controls: 'csv/controls.csv',
  answers: 'csv/answers.csv',
  subjects: 'csv/subjects.csv',
  days: 'csv/days.csv',
  facts: 'evidence/facts.jsonl',
  statuses: 'evidence/statuses.jsonl',
  parts: 'log/parts.jsonl',
  rows: 'log/rows.jsonl',
} as const;

const folders = {
  document: 'evidence/documents',
  answers: 'evidence/answers',
  imports: 'evidence/imports',
  oscal: 'oscal',
} as const;

/** Of a redacted document, by the hash of its text. */
export function documentPath(hash: string): string {
  return `${folders.document}/${hash}.json`;
}

/** Of an imported file, by the hash of its bytes. */
export function importedPath(hash: string): string {
  return `${folders.imports}/${hash}.xml`;
}

const hashed = new RegExp(`^(?:${folders.document}/([0-9a-f]{64})\\.json|${folders.imports}/([0-9a-f]{64})\\.xml)$`);

/** The hash that the name of a document's or an imported file says; `undefined`: it is neither. */
export function hashInPath(path: string): string | undefined {
  const found = hashed.exec(path);
  return found?.[1] ?? found?.[2];
}

/** Of the answers that a source other than a check gave. */
export function answersPath(source: string): string {
  return `${folders.answers}/${nameOf(source)}.json`;
}

/** Of a try, a verdict or an imported result. */
export function recordPath({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `evidence/${kind}s/${nameOf(name)}.json`;
}

/** Whether it is the record of tries of the gates of a host. */
export function isTrialPath(path: string): boolean {
  return path.startsWith('evidence/trials/');
}

/** Of an OSCAL document. */
export function oscalPath(name: string): string {
  return `${folders.oscal}/${name}`;
}

/** Letters that mean the same to every file system; no name begins with a point. */
function nameOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '-') || '-';
}
