import { byFile, changeByCommand, changeInFile, type Changes, type Replacement } from '../changes.ts';
import { quoted } from '../face.ts';

export const pypi: Changes = {
  id: 'pypi',
  change(wanted) {
    const { name, installed, to, paths } = wanted;
    const lines = { before: `${name}==${installed}`, after: `${name}==${to}` };
    const file = paths.find((path) => inFile.test(path));
    const command = byFile(paths, commands);
    if (command === undefined && file !== undefined) return changeInFile(file, lines);
    return changeByCommand(lines, (command ?? byPip)(wanted));
  },
};

type Command = (wanted: Replacement) => string;

const byPip: Command = ({ name, to }) => `pip install ${quoted(`${name}==${to}`)}`;

/** By the lock file of each. What a project does not name itself is replaced all the same. */
const commands: readonly (readonly [RegExp, Command])[] = [
  [/(?:^|\/)uv\.lock$/, ({ name, to }) => `uv lock --upgrade-package ${quoted(`${name}==${to}`)}`],
  [/\.py\.lock$/, ofScript],
  [/(?:^|\/)poetry\.lock$/, ({ name, to }) => `poetry add ${quoted(`${name}@^${to}`)}`],
  [/(?:^|\/)pdm\.lock$/, ({ name, to }) => `pdm add ${quoted(`${name}>=${to}`)}`],
  [/(?:^|\/)Pipfile\.lock$/, ({ name, to }) => `pipenv upgrade ${quoted(`${name}==${to}`)}`],
];

/** Files that people or other tools write a version into. */
const inFile = /(?:^|\/)pylock(?:\.[^/.]+)?\.toml$|\.txt$/;

/** uv keeps the lock file of a script beside it. */
function ofScript({ name, to, paths }: Replacement): string {
  const script = paths.find((path) => path.endsWith('.py.lock'))?.slice(0, -'.lock'.length) ?? '';
  return `uv lock --script ${quoted(script)} --upgrade-package ${quoted(`${name}==${to}`)}`;
}
