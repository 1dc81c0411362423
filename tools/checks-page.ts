import { type Check, checks, gatesOf, operatorLists, type StartGate, type SubjectKind } from '#compliance/index.ts';

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
  return `${number} checks. A title says what is so when the check passes. *NIST* has sections of SP 800-190, *CIS* recommendations of CIS Docker 1.6 by their numbers. *Needs* has the fields that the check asks a document for, and in quotes the operator’s lists that it compares with; where one is missing, the answer is *not assessed*. *Decided* says where rules can act on the answer: *create* is the request that the engine’s authorization plug-in sees, *pod* what the Kubernetes webhook sees, *start* what the runtime wrapper sees (the OCI spec and the engine’s own files; of a pod the spec alone), *build* a scan in a pipeline, *digest* every gate by the results of the image, *run* what runs. \`seawall list checks\` prints ids and titles.`;
}

/** A part for each kind of subject, with a row for each of its checks. */
export function checksBody(table: Table): string {
  const head = ['id', 'what is so when it passes', 'severity', 'NIST', 'CIS', 'decided', 'needs'];
  return kinds
    .map((kind) => `## ${titles[kind]} (${checks[kind].length})\n\n${table(head, checks[kind].map(rowOf))}`)
    .join('\n\n');
}

/** Words of the gates that read a container. */
const gateWords: Readonly<Record<StartGate, string>> = {
  'docker-authorization': 'create',
  'kubernetes-webhook': 'pod',
  'runtime-wrapper': 'start',
};

function decidedAt(check: Check): readonly string[] {
  switch (check.subject) {
    case 'image':
      return ['build', 'digest', 'run'];
    case 'container':
      return [...gatesOf(check).map((gate) => gateWords[gate]), 'run'];
    default:
      return ['run'];
  }
}

function rowOf(check: Check): readonly string[] {
  const { id, title, severity, nist, cis = [], needs, lists } = check;
  const needed = [...needs.map((name) => `\`${name}\``), ...lists.map((list) => `“${operatorLists[list].title}”`)];
  return [id, title, severity, nist.join(', '), cis.join(', '), decidedAt(check).join(', '), needed.join(', ')];
}
