import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '#apps/cli/commands/list.ts';
import { ecosystems } from '#ecosystems/index.ts';

/** Parts of README.md and the index of how-tos, made from the code and from the pages: `npm run docs`. */

const root = join(import.meta.dirname, '..');

/** How-tos in the order in which a person needs them. Pages in no group are listed last. */
const groups: Readonly<Record<string, readonly string[]>> = {
  Begin: ['install', 'ask-the-demo', 'find-trouble'],
  'Scan and build': ['run-in-ci', 'jenkins', 'github-actions', 'gitlab', 'work-offline'],
  'Set rules': [
    'write-rules',
    'only-from-our-registry',
    'only-signed-images',
    'keep-vulnerable-out-of-production',
    'keep-non-compliant-out',
    'write-checks',
    'write-a-template',
  ],
  'Protect hosts and clusters': [
    'install-the-package',
    'add-a-host',
    'install-the-gate',
    'docker-authorization',
    'kubernetes',
    'install-sensor',
    'switch-prevent-on',
  ],
  'Run the console': [
    'run-in-containers',
    'run-in-kubernetes',
    'manage-access',
    'sign-in-with-openid-connect',
    'monitor-seawall',
    'audit-evidence',
    'verify-a-verdict',
    'disaster-recovery',
  ],
  'Extend Seawall': [
    'add-an-ecosystem',
    'add-a-source',
    'add-a-feed',
    'add-a-format',
    'add-a-rule',
    'add-a-detector',
    'add-a-check',
    'add-a-page',
    'run-the-tests',
    'test-on-other-kernels',
  ],
};

/** `docs/how-to/README.md`. Throws where a group names no page. */
export function howToIndex(): string {
  const written = readdirSync(join(root, 'docs/how-to')).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const listed = Object.values(groups).flat();
  const others = written.map((file) => file.replace(/\.md$/, '')).filter((name) => !listed.includes(name));
  const all = others.length === 0 ? groups : { ...groups, More: others.toSorted() };
  const parts = Object.entries(all).map(
    ([group, names]) => `## ${group}\n\n${names.map((name) => `- [${titleOf(name)}](${name}.md)`).join('\n')}`,
  );
  return `# How-tos\n\n<!-- Made by \`npm run docs\`. -->\n\n${parts.join('\n\n')}\n`;
}

function titleOf(name: string): string {
  const [first = ''] = readFileSync(join(root, 'docs/how-to', `${name}.md`), 'utf8').split('\n');
  return first.replace(/^# /, '');
}

const [begin, end] = ['<!-- Made by `npm run docs`. -->', '<!-- End of what is made. -->'];

/** README.md with its lists as the code has them now. */
export function readme(): string {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const [before = '', rest = ''] = text.split(begin);
  const [, after = ''] = rest.split(end);
  return `${before}${begin}\n\n${lists()}\n\n${end}${after}`;
}

function lists(): string {
  const rows = [
    ['Packages', ecosystems.map(({ face }) => face.label).join(', ')],
    ['Targets', ids('sources')],
    ['Results', ids('formats')],
    ['Rules', ids('rules')],
    ['Detectors', ids('detectors')],
  ];
  return ['| kind | what there is |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

function ids(kind: string): string {
  return (kinds[kind] ?? []).map(({ id }) => `\`${id}\``).join(', ');
}
