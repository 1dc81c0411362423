import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ecosystemFiles } from './new-ecosystem.ts';

/** `npm run new KIND NAME`: a plug-in with its test, registered; the test says what to write. */

const root = join(import.meta.dirname, '..');

interface Kind {
  readonly folder: string;
  /** Files of the plug-in by their names in its folder, by its name and the value that stands for it. */
  readonly files: (name: string, value: string) => Readonly<Record<string, string>>;
  /** Where it is registered. */
  readonly lists: readonly List[];
  /** What other files need to know of it. */
  readonly edits?: (name: string, value: string) => readonly Edit[];
}

/** An array in a file of the folder, and which file of a plug-in it takes its entry from. */
interface List {
  readonly file: string;
  readonly name: string;
  readonly from: string;
}

/** A plug-in that is one value of a type. */
interface Plain {
  readonly type: string;
  readonly from: string;
  readonly members: string;
  /** Names that are imported besides the type. */
  readonly imports?: string;
}

/** Text that goes before the first match of a pattern. */
interface Edit {
  readonly file: string;
  readonly before: RegExp;
  readonly text: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  ecosystem: {
    folder: 'src/ecosystems',
    files: ecosystemFiles,
    lists: [
      { file: 'contract.ts', name: 'faces', from: 'face.ts' },
      { file: 'index.ts', name: 'ecosystems', from: 'index.ts' },
    ],
  },
  feed: {
    folder: 'src/vulnerability/feeds',
    lists: [listed('feeds')],
    files: plain({
      type: 'Feed',
      from: '../../feed.ts',
      members:
        "  wants: (path) => path === 'NAME/OF/ITS/FILE',\n  async *read(file, sink) {\n    for await (const line of file.lines()) sink.problem(line, 'is not read yet');\n    yield;\n  },",
    }),
  },
  format: {
    folder: 'src/apps/cli/formats',
    lists: [listed('formats')],
    files: plain({
      type: 'ResultFormat',
      from: '../../scan/result.ts',
      members: '  render: (result) => `${result.verdict.kind}\\n`,',
    }),
  },
  rule: {
    folder: 'src/policy/rules',
    lists: [listed('rules')],
    files: plain({
      type: 'RuleKind<SettingOf<NAME>>',
      from: '../../rule.ts',
      imports: 'RuleKind, SettingOf',
      members: '  evaluate: () => [],',
    }),
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

function create({ folder, files, lists, edits = () => [] }: Kind): void {
  const place = join(root, folder, name);
  if (existsSync(place)) return fail(`${folder}/${name} exists already.`);
  const value = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  mkdirSync(place, { recursive: true });
  for (const [file, text] of Object.entries(files(name, value))) writeFileSync(join(place, file), text);
  for (const list of lists)
    if (!register(join(root, folder), list, value))
      return fail(`${folder}/${list.file} holds no list ${list.name}; add ${value} by hand.`);
  const made = edits(name, value);
  for (const one of made) edit(one);
  const touched = [
    place,
    ...lists.map(({ file }) => join(root, folder, file)),
    ...made.map(({ file }) => join(root, file)),
  ];
  spawnSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', ...touched], { cwd: root });
  console.log(
    `${folder}/${name} is there and registered. Its test fails until it is written: npx vitest run ${folder}/${name}`,
  );
}

/** The list of a folder whose plug-ins are one value each. */
function listed(list: string): List {
  return { file: 'index.ts', name: list, from: 'index.ts' };
}

/** One file with the value, and a test that fails until it is written. */
function plain({ type, from, members, imports = type }: Plain): Kind['files'] {
  return (name, value) => ({
    'index.ts': `import type { ${imports} } from '${from}';\n\n/** What ${name} is, and the page that specifies it. */\nexport const ${value}: ${type.replace('NAME', `'${name}'`)} = {\n  id: '${name}',\n  version: 1,\n  summary: 'One sentence for \`seawall list\`.',\n${members}\n};\n`,
    'index.test.ts': `import { expect, test } from 'vitest';\nimport { ${value} } from './index.ts';\n\ntest('${name} understands a real input', () => {\n  expect(${value}.summary, 'write the plug-in and a test on real input').not.toContain('One sentence');\n});\n`,
  });
}

/** Adds the import line and the list entry, both at the end of theirs; answers whether the list was found. */
function register(folder: string, { file, name: list, from }: List, value: string): boolean {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const last = [...text.matchAll(/^import [^;]* from '\.\/[^;]*;\n/gm)].at(-1);
  const end = (last?.index ?? 0) + (last?.[0].length ?? 0);
  const withImport = `${text.slice(0, end)}import { ${value} } from './${name}/${from}';\n${text.slice(end)}`;
  const entries = new RegExp(`^((?:export )?const ${list}\\b[^=]*= \\[[^\\]]*?),?(\\s*\\])`, 'm');
  if (!entries.test(withImport)) return false;
  writeFileSync(path, withImport.replace(entries, `$1, ${value}$2`));
  return true;
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
