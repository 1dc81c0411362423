import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run new KIND NAME`: a plug-in with its test, registered; the test says what to write. */

const root = join(import.meta.dirname, '..');

interface Kind {
  readonly folder: string;
  readonly list: string;
  readonly type: string;
  readonly from: string;
  readonly members: string;
  /** Names that are imported besides the type. */
  readonly imports?: string;
  /** What other files need to know of it. */
  readonly edits?: (name: string, value: string) => readonly Edit[];
}

/** Text that goes before the first match of a pattern. */
interface Edit {
  readonly file: string;
  readonly before: RegExp;
  readonly text: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  analyzer: {
    folder: 'src/catalog/analyzers',
    list: 'analyzers',
    type: 'Analyzer',
    from: '../../analyzer.ts',
    members: "  wants: (path) => path === 'PATH/OF/ITS/DATABASE',\n  analyze: () => ({ packages: [], faults: [] }),",
  },
  scheme: {
    folder: 'src/vulnerability/schemes',
    list: 'schemes',
    type: 'VersionScheme',
    from: '../../scheme.ts',
    members: '  compare: (left, right) => (left === right ? 0 : undefined),',
  },
  feed: {
    folder: 'src/vulnerability/feeds',
    list: 'feeds',
    type: 'Feed',
    from: '../../feed.ts',
    members:
      "  wants: (path) => path === 'NAME/OF/ITS/FILE',\n  async *read(file, sink) {\n    for await (const line of file.lines()) sink.problem(line, 'is not read yet');\n    yield;\n  },",
  },
  format: {
    folder: 'src/apps/cli/formats',
    list: 'formats',
    type: 'ResultFormat',
    from: '../../scan/result.ts',
    members: '  render: (result) => `${result.verdict.kind}\\n`,',
  },
  rule: {
    folder: 'src/policy/rules',
    list: 'rules',
    type: 'RuleKind<SettingOf<NAME>>',
    from: '../../rule.ts',
    imports: 'RuleKind, SettingOf',
    members: '  evaluate: () => [],',
    edits: (name, value) => [
      {
        file: 'src/policy/contract.ts',
        before: /export const Rule = /,
        text: `/** One sentence on what breaks it. */\nexport const ${schemaOf(value)} = z.object({ kind: z.literal('${name}'), effect: Effect });\n\n`,
      },
      {
        file: 'src/policy/contract.ts',
        before: /(?<=export const Rule = z\.discriminatedUnion\('kind', \[[^\]]*)\]/,
        text: `${schemaOf(value)}`,
      },
      { file: 'src/policy/contract.ts', before: /(?<=export const RuleId = z\.enum\(\[)/, text: `'${name}', ` },
      {
        file: 'src/policy/rules/index.ts',
        before: /default:\s+return setting satisfies never/,
        text: `case '${name}': return ${value}.evaluate(facts, setting, context);\n`,
      },
    ],
  },
};

const [kindName = '', name = ''] = process.argv.slice(2);
const kind = Object.hasOwn(kinds, kindName) ? kinds[kindName] : undefined;
if (kind === undefined || !/^[a-z][a-z0-9-]*$/.test(name))
  fail(`usage: npm run new KIND NAME, KIND one of ${Object.keys(kinds).join(', ')}; NAME in kebab-case`);
else create(kind);

function create({ folder, list, type, from, members, imports = type, edits = () => [] }: Kind): void {
  const place = join(root, folder, name);
  if (existsSync(place)) return fail(`${folder}/${name} exists already.`);
  const value = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'index.ts'),
    `import type { ${imports} } from '${from}';\n\n/** What ${name} is, and the page that specifies it. */\nexport const ${value}: ${type.replace('NAME', `'${name}'`)} = {\n  id: '${name}',\n  version: 1,\n  summary: 'One sentence for \`seawall list\`.',\n${members}\n};\n`,
  );
  writeFileSync(
    join(place, 'index.test.ts'),
    `import { expect, test } from 'vitest';\nimport { ${value} } from './index.ts';\n\ntest('${name} understands a real input', () => {\n  expect(${value}.summary, 'write the plug-in and a test on real input').not.toContain('One sentence');\n});\n`,
  );
  const index = join(root, folder, 'index.ts');
  if (!register(index, { list, value })) return fail(`${index} holds no list ${list}; add ${value} by hand.`);
  const made = edits(name, value);
  for (const one of made) edit(one);
  const touched = [place, index, ...made.map(({ file }) => join(root, file))];
  spawnSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', ...touched], { cwd: root });
  console.log(
    `${folder}/${name} is there and registered. Its test fails until it is written: npx vitest run ${folder}/${name}`,
  );
}

/** Adds the import line and the list entry, both at the end of theirs; answers whether the list was found. */
function register(file: string, { list, value }: { readonly list: string; readonly value: string }): boolean {
  const text = readFileSync(file, 'utf8');
  const lastImport = text.lastIndexOf("from './");
  const end = text.indexOf('\n', lastImport) + 1;
  const withImport = `${text.slice(0, end)}import { ${value} } from './${name}/index.ts';\n${text.slice(end)}`;
  const entries = new RegExp(`(export const ${list}\\b[^=]*= \\[[^\\]]*?),?(\\s*\\])`);
  writeFileSync(file, withImport.replace(entries, `$1, ${value}$2`));
  return entries.test(withImport);
}

function edit({ file, before, text }: Edit): void {
  const path = join(root, file);
  const whole = readFileSync(path, 'utf8');
  const at = whole.search(before);
  if (at < 0) return fail(`${file} is not as expected; add this by hand: ${text}`);
  writeFileSync(path, whole.slice(0, at) + text + whole.slice(at));
}

/** Name of the schema of a rule's setting. */
function schemaOf(value: string): string {
  return `${value.charAt(0).toUpperCase()}${value.slice(1)}Rule`;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
