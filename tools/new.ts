import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEdits, checkFiles, freeId } from './new-check.ts';
import { ecosystemFiles, type EcosystemKind, ecosystemKinds } from './new-ecosystem.ts';
import { pageFiles, pageRoute } from './new-page.ts';
import { ruleFiles, settingsRuleFiles } from './new-rule.ts';
import { detectorTest, formatTest, plainTest, type ScaffoldTest } from './new-tests.ts';

/** `npm run new KIND NAME [VARIANT]`: a plug-in with its test, registered; the test says what to write. */

const root = join(import.meta.dirname, '..');

interface Kind {
  readonly folder: string;
  /** Its files go into a folder of the third word, beside others, and not into one of their own. */
  readonly isBesideOthers?: boolean;
  /** What its third word must be; missing: there is none. */
  readonly variants?: readonly string[];
  /** Files of the plug-in by their names in its folder, by its name and the value that stands for it. */
  readonly files: (name: string, value: string, variant: string) => Readonly<Record<string, string>>;
  /** Where it is registered. */
  readonly lists: readonly List[];
  /** What other files need to know of it. */
  readonly edits?: (name: string, value: string, variant: string) => readonly Edit[];
}

/** An array in a file of the folder, and which file of a plug-in it takes its entry from. */
interface List {
  readonly file: string;
  readonly name: string;
  readonly from: string;
  /** Where the folders of plug-ins are, seen from the file; missing: beside it. */
  readonly folder?: string;
}

/** A plug-in that is one value of a type. */
interface Plain {
  readonly type: string;
  readonly from: string;
  readonly members: string;
  /** Further imports, which come first. */
  readonly head?: string;
  /** Missing: one that asks whether it was written. */
  readonly test?: ScaffoldTest;
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
    variants: ecosystemKinds,
    files: (name, value, variant) => ecosystemFiles(name, value, variant as EcosystemKind),
    lists: [
      { file: 'contract.ts', name: 'faces', from: 'face.ts' },
      { file: 'contract-changes.ts', name: 'changes', from: 'changes.ts' },
      { file: 'index.ts', name: 'ecosystems', from: 'index.ts' },
    ],
  },
  source: {
    folder: 'src/image/sources',
    lists: [listed('sources')],
    files: plain({
      type: 'ImageSource',
      from: '../../source.ts',
      members:
        "  prefix: 'NAME:',\n  accepts: () => Promise.resolve(false),\n  open: (reference) => Promise.reject(new AppError('target-not-found', `${reference} is not opened yet.`)),",
      head: "import { AppError } from '#base/index.ts';\n",
    }),
  },
  detector: {
    folder: 'src/runtime/detectors',
    lists: [listed('detectors')],
    files: plain({
      type: 'Detector',
      from: '../../detector.ts',
      members: "  techniques: [],\n  aspect: 'threat',\n  detect: () => undefined,",
      test: detectorTest,
    }),
  },
  check: {
    folder: 'src/compliance/checks',
    isBesideOthers: true,
    variants: foldersOf('src/compliance/checks'),
    files: (name, value, variant) => checkFiles(name, { value, subject: variant, id: freeId(variant) }),
    lists: [],
    edits: checkEdits,
  },
  page: {
    folder: 'web/src/pages',
    isBesideOthers: true,
    variants: foldersOf('web/src/pages'),
    files: pageFiles,
    lists: [],
    edits: (name, value, domain) => [
      { file: 'web/src/router.tsx', before: /const routes = root\.addChildren/, text: pageRoute(name, value, domain) },
      {
        file: 'web/src/router.tsx',
        before: /(?<=inside\.addChildren\(\[[^\]]*)\n {2}\]\)/,
        text: `\n    ${value},`,
      },
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
      test: formatTest,
    }),
    edits: (name) => [{ file: 'src/apps/cli/commands/index.ts', before: / \(table\); html=FILE/, text: `, ${name}` }],
  },
  rule: {
    folder: 'src/policy/rules',
    files: ruleFiles,
    lists: [{ file: '../contract-rules.ts', name: 'faces', from: 'face.ts', folder: 'rules/' }, listed('rules')],
  },
  'settings-rule': {
    folder: 'src/compliance/settings/rules',
    files: settingsRuleFiles,
    lists: [
      { file: '../../contract-settings.ts', name: 'faces', from: 'face.ts', folder: 'settings/rules/' },
      listed('settingsRules'),
    ],
  },
};

const [kindName = '', name = '', variant = ''] = process.argv.slice(2);
const kind = Object.hasOwn(kinds, kindName) ? kinds[kindName] : undefined;
if (kind === undefined || !/^[a-z][a-z0-9-]*$/.test(name))
  fail(
    `usage: npm run new KIND NAME, KIND one of ${Object.keys(kinds).join(', ')}; NAME in kebab-case. A third word goes with ${kindsWithVariant().join(', ')}: leave it out to see which`,
  );
else if (kind.variants !== undefined && !kind.variants.includes(variant))
  fail(`usage: npm run new ${kindName} ${name} ${kind.variants.join('|')}`);
else create(kind);

function create({ folder, isBesideOthers = false, files, lists, edits = () => [] }: Kind): void {
  const place = join(root, folder, isBesideOthers ? variant : name);
  const value = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const texts = files(name, value, variant);
  const own = isBesideOthers ? Object.keys(texts).map((file) => join(place, file)) : [place];
  if (own.some((path) => existsSync(path))) return fail(`${folder}/${name} exists already.`);
  const registered = lists.map((list) => ({ list, text: withEntry(join(root, folder), list, value) }));
  const missing = registered.filter(({ text }) => text === undefined).map(({ list }) => `${folder}/${list.file}`);
  if (missing.length > 0) return fail(`No list was found in ${missing.join(', ')}; nothing was made.`);
  mkdirSync(place, { recursive: true });
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(place, file), text);
  for (const { list, text } of registered) writeFileSync(join(root, folder, list.file), text ?? '');
  const made = edits(name, value, variant);
  for (const one of made) edit(one);
  const touched = [
    place,
    ...lists.map(({ file }) => join(root, folder, file)),
    ...made.map(({ file }) => join(root, file)),
  ];
  spawnSync(join(root, 'node_modules/.bin/biome'), ['check', '--write', ...touched], { cwd: root });
  const at = isBesideOthers ? `${folder}/${variant}/${name}` : `${folder}/${name}`;
  console.log(`${at} is there and registered. Its test fails until it is written: npx vitest run ${at}`);
}

/** Kinds of which a plug-in is of a kind in turn, or belongs to something. */
function kindsWithVariant(): readonly string[] {
  return Object.entries(kinds).flatMap(([own, { variants }]) => (variants === undefined ? [] : [own]));
}

/** Names of the folders in a folder. */
function foldersOf(folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name: own }) => own);
}

/** The list of a folder whose plug-ins are one value each. */
function listed(list: string): List {
  return { file: 'index.ts', name: list, from: 'index.ts' };
}

/** One file with the value, and a test that fails until it is written. */
function plain({ type, from, members, head = '', test = plainTest }: Plain): Kind['files'] {
  return (name, value) => ({
    'index.ts': `${head}import type { ${type} } from '${from}';\n\n/** What ${name} is about; name the page that specifies it, if there is one. */\nexport const ${value}: ${type} = {\n  id: '${name}',\n  version: 1,\n  summary: 'One sentence for \`seawall list\`.',\n${members.replaceAll('NAME:', `${name}:`)}\n};\n`,
    'index.test.ts': test(name, value),
  });
}

/** Text of the file with the import line and the list entry, both at the end of theirs; `undefined`: it has no such list. */
function withEntry(
  folder: string,
  { file, name: list, from, folder: below = '' }: List,
  value: string,
): string | undefined {
  const text = readFileSync(join(folder, file), 'utf8');
  const last = [...text.matchAll(/^import [^;]* from '\.\/[^;]*;\n/gm)].at(-1);
  const end = (last?.index ?? 0) + (last?.[0].length ?? 0);
  const withImport = `${text.slice(0, end)}import { ${value} } from './${below}${name}/${from}';\n${text.slice(end)}`;
  const entries = new RegExp(`((?:export )?const ${list}\\b[^=]*= \\[[^\\]]*?),?(\\s*\\])`);
  return entries.test(withImport) ? withImport.replace(entries, `$1, ${value}$2`) : undefined;
}

function edit({ file, before, text }: Edit): void {
  const path = join(root, file);
  const whole = readFileSync(path, 'utf8');
  const at = whole.search(before);
  if (at < 0) return fail(`${file} is not as expected; add this by hand: ${text}`);
  writeFileSync(path, whole.slice(0, at) + text + whole.slice(at));
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
