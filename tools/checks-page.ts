import { type Check, checks, operatorLists, type SubjectKind } from '#compliance/index.ts';

/** Text of `docs/reference/checks.md`: every check, by what it looks at. */

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

const titles: Readonly<Record<SubjectKind, string>> = {
  image: 'Images',
  reference: 'References to images',
  container: 'Containers',
  host: 'Hosts',
  engine: 'Engines',
  network: 'Networks',
  service: 'Services of a swarm',
  registry: 'Registries',
};
const kinds = Object.keys(checks) as readonly SubjectKind[];

export function checksIntro(): string {
  const number = kinds.reduce((sum, kind) => sum + checks[kind].length, 0);
  return `${number} checks. A title says what is so when the check passes. *NIST* has sections of SP 800-190, *CIS* recommendations of CIS Docker 1.6 by their numbers. *Needs* has the fields that the check asks a document for, and in quotes the operator’s lists that it compares with; where one is missing, the answer is *not assessed*. \`seawall list checks\` prints ids and titles.`;
}

/** A part for each kind of subject, with a row for each of its checks. */
export function checksBody(table: Table): string {
  const head = ['id', 'what is so when it passes', 'severity', 'NIST', 'CIS', 'needs'];
  return kinds
    .map((kind) => `## ${titles[kind]} (${checks[kind].length})\n\n${table(head, checks[kind].map(rowOf))}`)
    .join('\n\n');
}

function rowOf({ id, title, severity, nist, cis = [], needs, lists }: Check): readonly string[] {
  const needed = [...needs.map((name) => `\`${name}\``), ...lists.map((list) => `“${operatorLists[list].title}”`)];
  return [id, title, severity, nist.join(', '), cis.join(', '), needed.join(', ')];
}
