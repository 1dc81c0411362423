import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Left to right: a domain imports itself and what stands before it. */
const order = [
  'base',
  'http',
  'store',
  'access',
  'link',
  'image',
  'inventory',
  'catalog',
  'vulnerability',
  'compliance',
  'policy',
  'admission',
  'runtime',
  'notify',
  'explorer',
  'apps',
];

/** Folders that hold plug-ins: each sub-folder is one, and `index.ts` lists them. */
const pluginFolders = [
  'image/sources',
  'catalog/analyzers',
  'vulnerability/feeds',
  'vulnerability/schemes',
  'policy/rules',
];

interface ImportLine {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const modules = walk(join(root, 'src')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
const imports = modules.flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));

describe('the architecture', () => {
  test('read every module', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(modules.length);
  });

  test('imports point one way', () => {
    expect(imports.filter(pointsUp).map(describeImport)).toEqual([]);
  });

  test('a domain is entered through its face', () => {
    expect(imports.filter(passesFace).map(describeImport)).toEqual([]);
  });

  test('portable code needs neither console nor agent', () => {
    expect(imports.filter(leavesItsPlace).map(describeImport)).toEqual([]);
  });

  test('a contract imports contracts, fields and base only', () => {
    expect(imports.filter(contractToCode).map(describeImport)).toEqual([]);
  });

  test('a plug-in imports no sibling and is registered', () => {
    expect(imports.filter(pluginToSibling).map(describeImport)).toEqual([]);
    expect(pluginFolders.flatMap(unregistered)).toEqual([]);
  });

  test('the web uses contracts and nothing else of the server', () => {
    const web = walk(join(root, 'web/src')).filter((file) => /\.tsx?$/.test(file));
    const lines = web.flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
    expect(web.length).toBeGreaterThan(10);
    expect(lines.filter((line) => line.to.startsWith('src/') && !webMayImport(line.to)).map(describeImport)).toEqual(
      [],
    );
  });

  test.each([
    [{ from: 'src/store/x.ts', to: 'src/policy/index.ts', typeOnly: false }, pointsUp],
    [{ from: 'src/policy/judge.ts', to: 'src/catalog/merge.ts', typeOnly: false }, passesFace],
    [{ from: 'src/policy/judge.ts', to: 'src/policy/console/routes.ts', typeOnly: false }, leavesItsPlace],
    [{ from: 'src/policy/judge.ts', to: 'src/store/index.ts', typeOnly: false }, leavesItsPlace],
    [{ from: 'src/policy/contract.ts', to: 'src/policy/judge.ts', typeOnly: false }, contractToCode],
    [
      { from: 'src/catalog/analyzers/apk/index.ts', to: 'src/catalog/analyzers/rpm/index.ts', typeOnly: false },
      pluginToSibling,
    ],
  ])('would notice %o', (line, rule) => {
    expect(rule(line)).toBe(true);
  });
});

function pointsUp({ from, to }: ImportLine): boolean {
  return to.startsWith('src/') && order.indexOf(domainOf(to)) > order.indexOf(domainOf(from));
}

function passesFace({ from, to }: ImportLine): boolean {
  if (!to.startsWith('src/') || domainOf(to) === domainOf(from) || domainOf(to) === 'apps') return false;
  const inside = to.split('/').slice(2).join('/');
  return ![
    'index.ts',
    'contract.ts',
    'fields.ts',
    'call.ts',
    'console/index.ts',
    'agent/index.ts',
    'testing.ts',
  ].includes(inside);
}

/** The nearest folder name says where code may run; `store` and `access` exist in the console only. */
function leavesItsPlace({ from, to, typeOnly }: ImportLine): boolean {
  if (typeOnly || !to.startsWith('src/')) return false;
  const place = placeOf(from);
  const target = placeOf(to);
  return target !== 'portable' && target !== place && domainOf(from) !== 'apps';
}

function placeOf(file: string): string {
  if (file.includes('/console/')) return 'console';
  if (file.includes('/agent/')) return 'agent';
  if (domainOf(file) === 'store') return 'console';
  return 'portable';
}

function contractToCode({ from, to }: ImportLine): boolean {
  if (!from.endsWith('/contract.ts') || !to.startsWith('src/')) return false;
  return !(
    to.endsWith('/contract.ts') ||
    domainOf(to) === 'base' ||
    to === 'src/http/fields.ts' ||
    to === 'src/http/index.ts'
  );
}

function pluginToSibling({ from, to }: ImportLine): boolean {
  const folder = pluginFolders.find((name) => from.startsWith(`src/${name}/`));
  if (folder === undefined || !to.startsWith(`src/${folder}/`)) return false;
  const pluginOf = (file: string): string => file.slice(`src/${folder}/`.length).split('/')[0] ?? '';
  return pluginOf(from) !== 'index.ts' && pluginOf(from) !== pluginOf(to);
}

function unregistered(folder: string): string[] {
  const path = join(root, 'src', folder);
  const list = readFileSync(join(path, 'index.ts'), 'utf8');
  const plugins = readdirSync(path).filter((name) => statSync(join(path, name)).isDirectory());
  expect(plugins.length, folder).toBeGreaterThan(0);
  return plugins.filter((name) => !list.includes(`'./${name}/index.ts'`)).map((name) => `${folder}/${name}`);
}

function webMayImport(file: string): boolean {
  return (
    file.endsWith('/contract.ts') ||
    domainOf(file) === 'base' ||
    ['src/http/call.ts', 'src/http/endpoint.ts', 'src/http/index.ts', 'src/http/fields.ts'].includes(file)
  );
}

function domainOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function describeImport({ from, to }: ImportLine): string {
  return `${from} → ${to}`;
}

function importsOf(file: string, text: string): ImportLine[] {
  const pattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    from: relative(root, file),
    to: target(file, match[2] ?? match[3] ?? ''),
    typeOnly: match[1] !== undefined,
  }));
}

function target(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  if (specifier.startsWith('.')) return relative(root, resolve(dirname(file), specifier));
  return specifier;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
