import { byFile, changeByCommand, changeInFile, type Changes, type Replacement } from '../changes.ts';
import { quoted } from '../face.ts';

export const pypi: Changes = {
  id: 'pypi',
  change(wanted) {
    const { name, to, paths } = wanted;
    const lines = { before: `${name}==${wanted.installed}`, after: `${name}==${to}` };
    const file = paths.find((path) => inFile.test(path));
    const command = byFile(paths, commands);
    if (command === undefined && file !== undefined) return changeInFile(file, lines);
    return changeByCommand(lines, (command ?? byPip)(wanted));
  },
};

type Command = (wanted: Replacement) => string;

/** Where packages are installed: there, a lock file alone changes nothing. */
const installed = /(?:^|\/)(?:site|dist)-packages\//;

/** Both take the constraint for this time alone. The second installs what is locked, too. */
function byUv({ name, to, paths }: Replacement): string {
  const command = paths.some((path) => installed.test(path)) ? 'uv sync' : 'uv lock';
  return `${command} --upgrade-package ${quoted(`${name}==${to}`)}`;
}

function byPipenv({ name, to, paths }: Replacement): string {
  const sync = paths.some((path) => installed.test(path)) ? ' && pipenv sync' : '';
  return `pipenv upgrade ${quoted(`${name}==${to}`)}${sync}`;
}

const byPip: Command = ({ name, to }) => `pip install ${quoted(`${name}==${to}`)}`;

/** By the lock file of each. What a project does not name itself is replaced all the same. */
const commands: readonly (readonly [RegExp, Command])[] = [
  [/(?:^|\/)uv\.lock$/, byUv],
  [/\.py\.lock$/, ofScript],
  [/(?:^|\/)poetry\.lock$/, ({ name, to }) => `poetry add ${quoted(`${name}@^${to}`)}`],
  // With a lower bound alone it takes the newest version of all.
  [/(?:^|\/)pdm\.lock$/, ({ name, to }) => `pdm add ${quoted(`${name}==${to}`)}`],
  [/(?:^|\/)Pipfile\.lock$/, byPipenv],
];

/** Files that people or other tools write a version into. */
const inFile = /(?:^|\/)pylock(?:\.[^/.]+)?\.toml$|\.txt$/;

/** uv keeps the lock file of a script beside it. */
function ofScript({ name, to, paths }: Replacement): string {
  const script = paths.find((path) => path.endsWith('.py.lock'))?.slice(0, -'.lock'.length) ?? '';
  return `uv lock --script ${quoted(script)} --upgrade-package ${quoted(`${name}==${to}`)}`;
}
