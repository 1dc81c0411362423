import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Left to right: a domain imports itself and what stands before it. */
const order = [
  'base',
  'http',
  'store',
  'access',
  'rules',
  'link',
  'secrets',
  'image',
  'ecosystems',
  'inventory',
  'catalog',
  'vulnerability',
  'provenance',
  'compliance',
  'policy',
  'admission',
  'gate',
  'runtime',
  'notify',
  'explorer',
  'apps',
];

/** Layers of the web, each imports itself and what stands before it; `main.tsx` and `router.tsx` wire them. */
const webLayers = ['api.ts', 'ui', 'app', 'pages'];

/** Domains of pages, in the same way: a page shows parts of the domains before its own. */
const pageOrder = [
  'access',
  'link',
  'sensor',
  'policy',
  'rules',
  'compliance',
  'provenance',
  'admission',
  'runtime',
  'vulnerability',
  'image',
  'inventory',
  'application',
  'evidence',
  'explorer',
];

/** Folders that hold plug-ins: each sub-folder is one, and `index.ts` lists them. */
const pluginFolders = [
  'image/sources',
  'ecosystems',
  'vulnerability/feeds',
  'policy/rules',
  'compliance/settings/rules',
  'runtime/detectors',
  'apps/cli/formats',
];

interface ImportLine {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const modules = walk(join(root, 'src')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
const webModules = walk(join(root, 'web/src')).filter((file) => /(?<!\.test)\.tsx?$/.test(file));
const webImports = webModules.flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
const imports = modules.flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));
/** Pages as the router has them: their address, and what makes their component. */
const routes = readFileSync(join(root, 'web/src/router.tsx'), 'utf8')
  .split('createRoute({')
  .flatMap((text) => {
    const [path, component] = [/\n {2}path: '([^']+)'/.exec(text)?.[1], /\n {2}component: (\w+)\(/.exec(text)?.[1]];
    return path === undefined ? [] : [{ path, component }];
  });

describe('the architecture', () => {
  test('read every module', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(modules.length);
    expect(readdirSync(join(root, 'src')).filter((domain) => !order.includes(domain))).toEqual([]);
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

  test('a contract imports contracts, fields, limits and base only', () => {
    expect(imports.filter(contractToCode).map(describeImport)).toEqual([]);
  });

  test('a plug-in imports no sibling and is registered', () => {
    expect(imports.filter(siblingOrList).map(describeImport)).toEqual([]);
    for (const folder of pluginFolders) expect.soft(unregistered(join(root, 'src', folder)), folder).toEqual([]);
  });

  test('no statement asks PostgreSQL for the time: moments come from the clock that is given', () => {
    const statements = modules.filter((file) => !mayAskForTime(relative(root, file))).flatMap(statementsOf);
    expect(statements.length).toBeGreaterThan(100);
    const asking = statements.filter(({ text }) => asksForTime.test(text));
    expect(asking.map(({ file, text }) => `${file}: ${text.trim()}`)).toEqual([]);
  });

  test('the web uses contracts and nothing else of the server', () => {
    expect(webModules.length).toBeGreaterThan(10);
    expect(webImports.filter(leavesContracts).map(describeImport)).toEqual([]);
  });

  test('the web has layers, and its pages an order', () => {
    expect(readdirSync(join(root, 'web/src/pages')).filter((domain) => !pageOrder.includes(domain))).toEqual([]);
    expect(webImports.filter(leavesLayer).map(describeImport)).toEqual([]);
  });

  test('every page but the first comes with what menus, dialogs and fields stand on', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter(({ component }) => component !== 'page').map(({ path }) => path)).toEqual(['/']);
  });

  test('every page is opened in a browser by a test', () => {
    const journeys = join(root, 'test/journeys');
    const files = readdirSync(journeys).filter((file) => file.startsWith('web') && file.endsWith('.test.ts'));
    const opened = files.map((file) => readFileSync(join(journeys, file), 'utf8')).join('\n');
    const isOpened = (path: string) => ["'", '?'].some((end) => opened.includes(`'${path}${end}`));
    const named = routes.map(({ path }) => path).filter((path) => !path.includes('$'));
    expect(named.filter((path) => !isOpened(path))).toEqual([]);
  });

  test.each([
    { file: 'src/store/open.ts', line: "import type { Policy } from '#policy/index.ts';", rule: pointsUp },
    { file: 'src/policy/judge.ts', line: "import { run } from '../apps/cli/program.ts';", rule: pointsUp },
    { file: 'src/policy/judge.ts', line: "import { merge } from '#catalog/merge.ts';", rule: passesFace },
    { file: 'src/policy/judge.ts', line: "export { merge } from '../catalog/merge.ts';", rule: passesFace },
    { file: 'src/explorer/console/vulnerabilities.ts', line: "import '#store/testing.ts';", rule: passesFace },
    { file: 'src/policy/judge.ts', line: "import { routes } from './console/routes.ts';", rule: leavesItsPlace },
    { file: 'src/policy/judge.ts', line: "const { connect } = await import('#store/index.ts');", rule: leavesItsPlace },
    { file: 'src/policy/contract.ts', line: "import { judge } from './judge.ts';", rule: contractToCode },
    { file: 'src/ecosystems/apk/index.ts', line: "import { rpm } from '../rpm/index.ts';", rule: siblingOrList },
    { file: 'src/ecosystems/apk/index.ts', line: "import { all } from '../index.ts';", rule: siblingOrList },
    { file: 'web/src/ui/glow.tsx', line: "import { useMe } from '../app/session.ts';", rule: leavesLayer },
    { file: 'web/src/ui/glow.tsx', line: "import '../pages/access/access-page.css';", rule: leavesLayer },
    { file: 'web/src/app/frame.tsx', line: "import { routes } from '../router.tsx';", rule: leavesLayer },
    { file: 'web/src/app/frame.tsx', line: "lazy(() => import('../pages/access/audit-page.tsx'))", rule: leavesLayer },
    { file: 'web/src/pages/image/faults.tsx', line: "import { x } from '../explorer/x.ts';", rule: leavesLayer },
    { file: 'web/src/app/live.ts', line: "import { judge } from '#policy/index.ts';", rule: leavesContracts },
    {
      file: 'web/src/app/live.ts',
      line: "import { serve } from '../../../src/http/console/index.ts';",
      rule: leavesContracts,
    },
  ])('notices $line in $file', ({ file, line, rule }) => {
    expect(importsOf(join(root, file), `${line}\n`).filter(rule)).toHaveLength(1);
  });

  test('notices a plug-in that is not in the list', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-architecture-'));
    try {
      for (const name of ['apk', 'rpm']) mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'index.ts'), "import { apk } from './apk/index.ts';\nexport const list = [apk];\n");
      expect(unregistered(folder)).toEqual(['rpm']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function pointsUp({ from, to }: ImportLine): boolean {
  return to.startsWith('src/') && order.indexOf(domainOf(to)) > order.indexOf(domainOf(from));
}

/** Faces of a domain (`console/tasks.ts`: what a child process of the console loads, and no more); some show a part of theirs apart, so that who loads it loads no more. */
const faces = ['index.ts', 'contract.ts', 'console/index.ts', 'console/tasks.ts', 'agent/index.ts'];
const facesApart: Readonly<Record<string, readonly string[]>> = {
  base: ['folders.ts'],
  catalog: ['layer-worker.ts'],
  http: ['fields.ts', 'call.ts', 'limits.ts', 'console/in-request.ts'],
  store: ['packed-json.ts'],
  rules: ['expressions/index.ts'],
};

function passesFace({ from, to }: ImportLine): boolean {
  if (!to.startsWith('src/') || domainOf(to) === domainOf(from)) return false;
  const inside = to.split('/').slice(2).join('/');
  if (inside.endsWith('testing.ts')) return !from.endsWith('testing.ts');
  return !faces.includes(inside) && facesApart[domainOf(to)]?.includes(inside) !== true;
}

/** What PostgreSQL answers with its own clock. The queue of jobs has a clock of its own, which tests may turn. */
const asksForTime =
  /(?<![\w.])(?:(?:now|(?:clock|statement|transaction)_timestamp|timeofday)\(\)|(?:current|local)_?(?:timestamp|date|time)\b)/i;

/** Support of tests, changes of tables, and the store itself, which hands that clock out. */
function mayAskForTime(file: string): boolean {
  return /testing\.ts$|\/(?:schema[a-z-]*|migrations|log-tables)\.ts$|^src\/store\/(?:migrate|open)\.ts$/.test(file);
}

/** Statements of a module, without the values that are put in. */
function statementsOf(file: string): { readonly file: string; readonly text: string }[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\$\{[^{}]*\}/g, '');
  const found = text.matchAll(/\bsql(?:<[^`]*>)?`([^`]*)`/g);
  return [...found].map(([, statement = '']) => ({ file: relative(root, file), text: statement }));
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
  if (!isContract(from) || !to.startsWith('src/')) return false;
  const isData = domainOf(to) === 'base' || /^src\/[a-z]+\/limits\.ts$/.test(to);
  // Faces of ecosystems and rules, and changes of packages, are as pure as contracts, which list them.
  const isListed =
    /^src\/(?:policy\/rules|compliance\/settings\/rules)\/(?:[a-z0-9-]+\/)?face\.ts$/.test(to) ||
    /^src\/ecosystems\/(?:[a-z0-9-]+\/)?(?:face|changes)\.ts$/.test(to);
  return !(isContract(to) || isData || isListed || to === 'src/http/fields.ts' || to === 'src/http/index.ts');
}

/** A long contract lies in parts beside `contract.ts`, which hands them on: `contract-images.ts`. */
function isContract(file: string): boolean {
  return /\/contract(?:-[a-z]+)?\.ts$/.test(file);
}

/** A plug-in that knows another one, or the list that it stands in. */
function siblingOrList({ from, to }: ImportLine): boolean {
  const folder = pluginFolders.find((name) => from.startsWith(`src/${name}/`));
  if (folder === undefined || !to.startsWith(`src/${folder}/`)) return false;
  const partOf = (file: string): string => file.slice(`src/${folder}/`.length).split('/')[0] ?? '';
  const [own, other] = [partOf(from), partOf(to)];
  // Files beside the plug-ins are for all of them, but for the list.
  return !own.endsWith('.ts') && own !== other && (other === 'index.ts' || !other.endsWith('.ts'));
}

function unregistered(folder: string): string[] {
  const list = readFileSync(join(folder, 'index.ts'), 'utf8');
  const plugins = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  expect(plugins.length, folder).toBeGreaterThan(0);
  return plugins.filter((name) => !list.includes(`'./${name}/index.ts'`));
}

/** Pages use contracts, the client and `base`, and nothing else of the server. */
function leavesContracts({ to }: ImportLine): boolean {
  const allowed = ['src/http/call.ts', 'src/http/endpoint.ts', 'src/http/index.ts', 'src/http/fields.ts'];
  return to.startsWith('src/') && !to.endsWith('/contract.ts') && domainOf(to) !== 'base' && !allowed.includes(to);
}

/** A lower layer that knows a higher one, or a page that knows one of a domain to its right. */
function leavesLayer({ from, to }: ImportLine): boolean {
  if (!from.startsWith('web/src/') || !to.startsWith('web/src/')) return false;
  const layerOf = (file: string): number => {
    const at = webLayers.indexOf(file.split('/')[2] ?? '');
    return at === -1 ? webLayers.length : at;
  };
  if (layerOf(to) > layerOf(from)) return true;
  const pageOf = (file: string): number => (layerOf(file) === 3 ? pageOrder.indexOf(file.split('/')[3] ?? '') : -1);
  return pageOf(to) > pageOf(from) && pageOf(from) !== -1;
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
