import { parseJsonWithin } from '#base/index.ts';
import { asFields, type Fields, textIn } from '../fields.ts';
import { manifestReader, type Requirements } from '../manifest.ts';

/** What `package.json` asks for to run (https://docs.npmjs.com/cli/configuring-npm/package-json). */
export const npmManifest = manifestReader({
  id: 'npm-manifest',
  summary: 'What package.json asks for, where no lock file and nothing installed tells the versions',
  file: /(?:^|\/)package\.json$/,
  answeredBy:
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|deno\.lock|\.pnp\.(?:cjs|data\.json))$/,
  command: '`npm install --package-lock-only`',
  read,
});

const limits = { bytes: 1024 ** 2, tokens: 100_000, depth: 100 };

const commands: Readonly<Record<string, string>> = {
  pnpm: '`pnpm install --lockfile-only`',
  yarn: '`yarn install --mode=update-lockfile`',
  bun: '`bun install --lockfile-only`',
};

function read(text: string): Requirements | string {
  const json = parseJsonWithin(text, limits);
  if (json.kind !== 'read') return json.why;
  const manifest = asFields(json.value);
  if (manifest === undefined) return 'it is no object';
  const own = textIn(manifest, 'name');
  const command = commands[textIn(manifest, 'packageManager')?.split('@')[0] ?? ''];
  return { names: namesIn(asFields(manifest['dependencies']) ?? {}), ...(own && { own }), ...(command && { command }) };
}

/** Folders, repositories and addresses are no packages of the registry; an alias names the package that is meant. */
function namesIn(dependencies: Fields): readonly string[] {
  return Object.entries(dependencies).flatMap(([name, range]) => {
    if (typeof range !== 'string') return [];
    const alias = /^npm:(@?[^@]+)(?:@|$)/.exec(range)?.[1];
    if (alias !== undefined) return [alias];
    return /^[\w+.-]+:|\//.test(range) && !range.startsWith('catalog:') ? [] : [name];
  });
}
