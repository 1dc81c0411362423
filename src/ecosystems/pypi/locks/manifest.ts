import { asFields, type Fields, textIn, textsIn } from '../../fields.ts';
import { linesOf, manifestReader, type Requirements } from '../../manifest.ts';
import { parseToml } from '../../toml.ts';

/** What files of Python's package managers ask for to run. What requirements files leave open, `pypi-lock` tells. */
export const pypiManifest = manifestReader({
  id: 'pypi-manifest',
  summary:
    'What pyproject.toml, Pipfile, setup.cfg and setup.py ask for, where no lock file and nothing installed tells the versions',
  file: /(?:^|\/)(?:pyproject\.toml|Pipfile|setup\.cfg|setup\.py)$/,
  answeredBy: /(?:^|\/)(?:poetry\.lock|pdm\.lock|uv\.lock|pylock(?:\.[^./]+)?\.toml|Pipfile\.lock)$/,
  command: '`uv lock`',
  read(text, path) {
    if (path.endsWith('.toml')) return inProject(text);
    if (path.endsWith('Pipfile')) return inPipfile(text);
    return path.endsWith('.cfg') ? inSetupFile(text) : inSetupProgram(text);
  },
});

const compile = '`uv pip compile FILE -o requirements.txt` with this file';

/** `project.dependencies` of PEP 621, and those of Poetry before its version 2. */
function inProject(text: string): Requirements | string {
  const toml = parseToml(text);
  if (toml.kind !== 'read') return toml.why;
  const project = asFields(toml.value['project']);
  const tools = asFields(toml.value['tool']);
  const poetry = asFields(tools?.['poetry']);
  const listed = namesOf(textsIn(project, 'dependencies') ?? []);
  const mapped = namesIn(asFields(poetry?.['dependencies']) ?? {}).filter((name) => name.toLowerCase() !== 'python');
  const own = textIn(project, 'name') ?? textIn(poetry, 'name');
  const command = poetry !== undefined ? '`poetry lock`' : tools?.['pdm'] !== undefined ? '`pdm lock`' : undefined;
  return { names: [...listed, ...mapped], ...(own && { own }), ...(command && { command }) };
}

function inPipfile(text: string): Requirements | string {
  const toml = parseToml(text);
  if (toml.kind !== 'read') return toml.why;
  return { names: namesIn(asFields(toml.value['packages']) ?? {}), command: '`pipenv lock`' };
}

/** Folders, repositories and files are no packages of PyPI. */
function namesIn(dependencies: Fields): readonly string[] {
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const one = asFields(value);
    return one !== undefined && ['path', 'git', 'url', 'file'].some((other) => other in one) ? [] : [name];
  });
}

/**
 * `requests[socks] >= 2`; what has an address behind it is not taken from PyPI. What is for some systems alone, by a
 * marker, need not be installed here, and is left out beside others.
 */
function namesOf(requirements: readonly string[]): readonly string[] {
  const always = requirements.filter((each) => !each.includes(';'));
  return (always.length > 0 ? always : requirements).flatMap((each) => {
    const [, name] = /^\s*([A-Za-z0-9][\w.-]{0,255})\s*(?:\[[^\]]*\]\s*)?(?=[(<>=!~;,]|$)/.exec(each) ?? [];
    return name === undefined ? [] : [name];
  });
}

/** `install_requires` of `[options]`, its lines indented. */
function inSetupFile(text: string): Requirements {
  const requirements: string[] = [];
  let [section, key, own]: readonly (string | undefined)[] = [];
  for (const line of linesOf(text, /(?:^|\s)#.*$/)) {
    const head = /^\[([\w.:-]{1,100})\]/.exec(line)?.[1];
    const [, stated, value = ''] = /^(\w{1,100})\s{0,20}[=:](.*)$/.exec(line) ?? [];
    if (head !== undefined) [section, key] = [head, undefined];
    else if (stated !== undefined) key = stated;
    if (section === 'metadata' && stated === 'name') own = value.trim();
    if (section !== 'options' || key !== 'install_requires') continue;
    requirements.push(stated === undefined ? line : value);
  }
  return { names: namesOf(requirements.filter((each) => each.trim() !== '')), command: compile, ...(own && { own }) };
}

/**
 * A list of texts in the program. Where it is read from a requirements file, that file says it; of any other, what it asks for
 * is not known.
 */
function inSetupProgram(text: string): Requirements {
  const program = linesOf(text, /(?:^|\s)#.*$/).join('\n');
  const own = /\bname\s{0,20}=\s{0,20}["']([\w.-]{1,256})["']/.exec(program)?.[1];
  const named = own === undefined ? {} : { own };
  const stated = /\binstall_requires["']?\s{0,20}[=:]\s{0,100}(\w{0,100})/.exec(program);
  if (stated === null) return { names: [], ...named };
  const variable = stated[1] ?? '';
  const start = variable === '' ? stated : new RegExp(`^\\s{0,20}${variable}\\s{0,20}=\\s{0,20}`, 'm').exec(program);
  const from = start === null ? program.length : start.index + start[0].length;
  const list = /^\[(?:[^\]"']|"[^"\n]*"|'[^'\n]*')*\]/.exec(program.slice(from, from + longestList))?.[0];
  const texts = list?.match(/"[^"\n]*"|'[^'\n]*'/g) ?? [];
  const isKnown = list !== undefined || /\brequirements\b/i.test(program);
  return {
    names: namesOf(texts.map((each) => each.slice(1, -1))),
    others: isKnown ? 0 : 1,
    command: compile,
    ...named,
  };
}

const longestList = 50_000;
