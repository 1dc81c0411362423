import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as accessContract from '#access/contract.ts';
import { rolePermissions, sessionPermissions } from '#access/index.ts';
import { commands } from '#apps/cli/commands/index.ts';
import { kinds } from '#apps/cli/commands/list.ts';
import type { CommandEntry } from '#apps/cli/command.ts';
import { environmentVariables } from '#apps/cli/environment.ts';
import { errorCatalogue, type Limits } from '#base/index.ts';
import * as admissionContract from '#admission/contract.ts';
import * as catalogContract from '#catalog/contract.ts';
import * as complianceContract from '#compliance/contract.ts';
import {
  type DistributionRule,
  type Ecosystem,
  ecosystems,
  type FeedAddress,
  type Package,
} from '#ecosystems/index.ts';
import * as explorerContract from '#explorer/contract.ts';
import * as gateContract from '#gate/contract.ts';
import * as httpContract from '#http/contract.ts';
import { type Endpoint, needsWholeView } from '#http/index.ts';
import { faultCatalogue, faultKindOf } from '#image/index.ts';
import * as inventoryContract from '#inventory/contract.ts';
import * as linkContract from '#link/contract.ts';
import * as policyContract from '#policy/contract.ts';
import * as provenanceContract from '#provenance/contract.ts';
import * as runtimeContract from '#runtime/contract.ts';
import * as vulnerabilityContract from '#vulnerability/contract.ts';
import { checksBody, checksIntro } from './checks-page.ts';
import { howToIndex, readme } from './front-pages.ts';
import { metricsBody, metricsIntro } from './metrics-page.ts';
import { rulesBody, rulesIntro } from './rules-page.ts';

/** Reference pages that are made from the code: `npm run docs` writes them, `test/docs.test.ts` compares. */

const contracts = [
  accessContract,
  catalogContract,
  complianceContract,
  explorerContract,
  gateContract,
  httpContract,
  inventoryContract,
  linkContract,
  provenanceContract,
  policyContract,
  admissionContract,
  runtimeContract,
  vulnerabilityContract,
];
const src = join(import.meta.dirname, '../src');
const allLimits: Readonly<Record<string, Limits>> = Object.fromEntries(
  await Promise.all(
    readdirSync(src)
      .filter((domain) => domain !== 'base' && existsSync(join(src, domain, 'limits.ts')))
      .toSorted()
      .map(async (domain) => [domain, (await import(join(src, domain, 'limits.ts'))).limits as Limits] as const),
  ),
);
const { Role } = accessContract;

/** Path below `docs/reference/` → text. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'errors.md': errorsPage(),
    'faults.md': faultsPage(),
    'plug-ins.md': plugInsPage(),
    'commands.md': commandsPage(),
    'api.md': apiPage(),
    'access.md': accessPage(),
    'limits.md': limitsPage(),
    'checks.md': page('Checks', checksIntro(), checksBody(table)),
    'rules.md': page('Rules', rulesIntro, rulesBody(table)),
    'metrics.md': page('Metrics', metricsIntro, metricsBody(table)),
    'what-is-matched.md': matchedPage(),
  };
}

function errorsPage(): string {
  const rows = Object.entries(errorCatalogue).map(([code, entry]) => [
    `\`${code}\``,
    String(entry.status),
    entry.meaning,
    entry.next,
  ]);
  return page(
    'Errors',
    'Each error of the command line, the API and the pages carries one of these codes, says what happened and what to do next.',
    table(['code', 'HTTP', 'meaning', 'what to do next'], rows),
  );
}

function faultsPage(): string {
  const rows = Object.entries(faultCatalogue).map(([code, meaning]) => [`\`${code}\``, meaning, ruleOfFault(code)]);
  return page(
    'Faults',
    'A fault says what kept a scan from seeing everything, or a package from being judged. The rule of a policy says what follows, by default *cannot judge* (exit 3); files that nothing identifies alert.',
    table(['code', 'meaning', 'rule'], rows),
  );
}

function ruleOfFault(code: string): string {
  switch (faultKindOf(code)) {
    case 'judging':
      return '`not-judged`';
    case 'unidentified':
      return '`not-judged`, `unidentified`';
    default:
      return '`incomplete-scan`';
  }
}

function plugInsPage(): string {
  const parts = Object.entries(kinds).map(([kind, list]) => {
    if (kind === 'checks') return `## checks\n\n${list.length}: [Checks](checks.md).`;
    return `## ${kind}\n\n${table(
      ['id', 'version', 'what it does'],
      list.map(({ id, version, summary }) => [`\`${id}\``, version === undefined ? '' : String(version), summary]),
    )}`;
  });
  return page('Plug-ins', '`seawall list KIND` prints the same.', parts.join('\n\n'));
}

function matchedPage(): string {
  const intro =
    'What is found is listed by each scan. What no feed speaks for ends as *not judged*, which a rule can block. Advisories are compared by the version scheme of the ecosystem. *Tried on* says whether all advisories of a publisher, of some day, have been read in tests, a part of them, or single ones. Packages of a system that another builder made end as *not judged* too. In a folder of sources, a manifest whose packages no lock file and nothing installed tells the versions of ends as *not judged* with the command that makes the lock file; one of a test or an example below another project counts as an unidentified file. Of a `pom.xml` or a project of .NET, what its packages require in turn must be found as well: copied or restored beside it, or built. What is found in a source does not count in its packages of headers, texts and languages. In builds for a minor release of Red Hat with extended support, the advisories of that support decide; content sets of an image tell which support it gets, and which of OpenShift and JBoss’s packages it holds. Content sets of other products are shown, and decide nothing. Of the repositories of Amazon Linux 2, only its core has a feed. Of OpenJDK 8 outside of a package nobody speaks.';
  const found = table(
    ['packages', 'found by', 'version scheme'],
    ecosystems.map(({ face, readers, scheme }) => [
      `${face.label}s (\`${face.id}\`)`,
      readers.map(({ summary }) => summary).join('; '),
      scheme.summary,
    ]),
  );
  const matched = table(
    ['packages', 'of', 'advisories of', 'that name', 'tried on', 'end of support'],
    ecosystems.flatMap(matchedRows),
  );
  return page('What is found and matched', intro, `## Found\n\n${found}\n\n## Matched\n\n${matched}`);
}

/** A row for each distribution of an ecosystem, or one for all its packages. */
function matchedRows(one: Ecosystem): string[][] {
  const { face } = one;
  if (!('distributions' in one)) {
    const { advisories } = one;
    if (advisories === 'none') return [[face.label, 'all', '*not judged*', '', '', '']];
    const { ecosystem, feeds, names } = advisories;
    const spokenOf = names === undefined ? 'all' : [...names.keys()].join(', ');
    const rows = [[face.label, spokenOf, ecosystem, 'packages', triedOn(feeds), '']];
    return names === undefined ? rows : [...rows, [face.label, 'others', '*not judged*', '', '', '']];
  }
  const rows = one.distributions.map(({ ids, label, feeds, lookups, endOfLife }) => [
    face.label,
    `${label} (${Object.keys(ids)
      .map((id) => `\`${id}\``)
      .join(', ')})`,
    feeds.length === 0 ? '*not judged*' : [...new Set(feeds.map(({ family }) => family))].join(', '),
    feeds.length === 0 ? '' : namesOf(lookups),
    triedOn(feeds),
    Object.entries(endOfLife)
      .map(([release, day]) => `${release}: ${day}`)
      .join(', '),
  ]);
  return [...rows, [face.label, 'other distributions', '*not judged*', '', '', '']];
}

/** Which packages the advisories of a distribution name. */
function namesOf(lookups: DistributionRule['lookups']): string {
  const source = { name: 'source', version: '1' };
  const probe: Package = {
    type: 'deb',
    name: 'binary',
    version: '1',
    purl: '',
    source,
    licenses: [],
    layer: 0,
    paths: [],
    files: [],
    foundBy: {
      analyzer: '',
      evidence: '',
    },
  };
  const names = lookups(probe).map(({ name }) => name);
  if (!names.includes('source')) return 'packages';
  return names.length > 1 ? 'packages, some source packages' : 'source packages';
}

function triedOn(feeds: readonly FeedAddress[]): string {
  const words = { whole: 'all advisories', part: 'a part of them', samples: 'single ones' };
  return [...new Set(feeds.map(({ tried }) => words[tried]))].join(', ');
}

function commandsPage(): string {
  const intro =
    'Exit codes: 0 pass, 1 policy failed, 2 usage or tool error, 3 could not judge. The reason stands on the last line of standard error; at a terminal what to do next stands below it.';
  const environment = table(
    ['variable', 'meaning'],
    environmentVariables.map(({ name, summary }) => [`\`${name}\``, summary]),
  );
  return page(
    'Commands',
    intro,
    [
      ...commands.filter((entry) => entry.hidden !== true).flatMap((entry) => commandText(entry, 'seawall')),
      `## Environment\n\n${environment}`,
    ].join('\n\n'),
  );
}

function commandText(entry: CommandEntry, before: string): string[] {
  const name = `${before} ${entry.name}`;
  if (entry.commands !== undefined) return entry.commands.flatMap((child) => commandText(child, name));
  const examples = ['```sh', ...entry.examples.map((line) => line.trim()), '```'].join('\n');
  const options = table(
    ['option', 'meaning'],
    entry.options.filter(({ hidden }) => hidden !== true).map(({ flags, summary }) => [`\`${flags}\``, summary]),
  );
  return [
    `## ${name}${entry.usage === '' ? '' : ` ${entry.usage}`}\n\n${entry.summary}.\n\n${examples}${entry.options.length === 0 ? '' : `\n\n${options}`}`,
  ];
}

function apiPage(): string {
  const rows = allEndpoints().map(({ method, path, needs, summary }) => [`\`${method} ${path}\``, needs, summary]);
  return page(
    'API',
    'JSON over HTTP. Tokens are sent as `Authorization: Bearer …`. Errors are `{ error: { code, message, next } }` with a code of [errors](errors.md). The schemas stand in each domain’s `contract.ts`. Live events: `GET /api/v1/events` (`text/event-stream`, needs read).',
    table(['operation', 'needs', 'what it does'], rows),
  );
}

/** Every `limits.ts` of a domain, by the domain's name; each is found by itself. */
function limitsPage(): string {
  const domains = Object.entries(allLimits).map(
    ([domain, limits]) =>
      `## ${domain}\n\n${table(
        ['limit', 'value', 'of what', 'for each', 'beyond it', 'why'],
        Object.entries(limits).map(([name, { value, unit, per, answer, why }]) => [
          `\`${name}\``,
          value.toLocaleString('en'),
          unit,
          per,
          answer,
          why ?? '',
        ]),
      )}`,
  );
  const bodies = allEndpoints().flatMap(({ method, path, limits }) =>
    limits === undefined
      ? []
      : [[`\`${method} ${path}\``, ...[limits.bytes, limits.tokens, limits.depth].map((n) => n.toLocaleString('en'))]],
  );
  return page(
    'Limits',
    'Nothing that comes from outside is unbounded. HTTP answers 413 `too-large`, 422 `too-costly`, 429 `busy` or `too-many-requests`, and 503 `store-busy`; with 429 and 503 goes a `Retry-After`. Bodies are counted while they arrive, before anything is parsed.',
    [...domains, `## Bodies of single operations\n\n${table(['operation', 'bytes', 'tokens', 'levels'], bodies)}`].join(
      '\n\n',
    ),
  );
}

/** The live events are a stream, no endpoint. */
const events = { method: 'GET', path: '/api/v1/events', needs: 'read' } as const;

/** Who may do what. `test/journeys/role-matrix.test.ts` reads the second table and tries it. */
function accessPage(): string {
  const roles = table(
    ['role', 'permissions'],
    Role.options.map((role) => [role, rolePermissions[role].map((one) => `\`${one}\``).join(', ')]),
  );
  const operations = table(
    ['operation', 'needs', 'scoped', ...Role.options],
    [...allEndpoints(), events].map((one) => [
      `\`${one.method} ${one.path}\``,
      one.needs,
      needsWholeView(one) ? 'no' : 'yes',
      ...Role.options.map((role) => answerTo(role, one.needs)),
    ]),
  );
  return page(
    'Access',
    'Users and API tokens have a role; `ci` is for tokens only. Without valid credentials every operation that is not public answers `not-signed-in` (401), without the permission `not-allowed` (403). A user or token that is scoped to collections sees only what they select, and may do nothing that concerns the whole estate, whatever the role. A token publishes images of the repositories that it names and of no others (`outside-repositories`, 403); one that names none publishes nothing. Agents come with a certificate, on a port of their own, and may `report`.',
    `## Roles\n\n${roles}\n\n## Operations\n\n\`yes\`: users and tokens of the role. \`session\`: users only, signed in. \`no\`: neither. *scoped* says the same of those that are scoped to collections: with \`no\` they are refused even where their role may.\n\n${operations}`,
  );
}

function answerTo(role: (typeof Role.options)[number], needs: Endpoint['needs']): 'yes' | 'session' | 'no' {
  if (needs === 'public' || rolePermissions[role].includes(needs)) return 'yes';
  return role !== 'ci' && sessionPermissions(role).includes(needs) ? 'session' : 'no';
}

function allEndpoints(): readonly Endpoint[] {
  return contracts
    .flatMap((contract) => Object.values(contract).filter(isEndpoint))
    .toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
}

/** No two operations share path and method, so the order is the same wherever the page is made. */
function placeOf({ path, method }: Endpoint): string {
  return `${path} ${method}`;
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'needs' in value && 'path' in value && 'method' in value;
}

function page(title: string, intro: string, body: string): string {
  return `# ${title}\n\n<!-- Made by \`npm run docs\`. -->\n\n${intro}\n\n${body}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(referencePages()))
    writeFileSync(join(import.meta.dirname, '../docs/reference', name), text);
  writeFileSync(join(import.meta.dirname, '../docs/how-to/README.md'), howToIndex());
  writeFileSync(join(import.meta.dirname, '../README.md'), readme());
}
