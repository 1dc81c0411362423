/** One package of the installed database (apk-tools, `apk-package(5)`: P V A L m o F R). */
export interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly architecture?: string;
  readonly license?: string;
  readonly maintainer?: string;
  readonly origin?: string;
  readonly files: readonly string[];
}

export interface InstalledDatabase {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
}

const fields: Readonly<Record<string, Exclude<keyof Entry, 'files'>>> = {
  P: 'name',
  V: 'version',
  A: 'architecture',
  L: 'license',
  m: 'maintainer',
  o: 'origin',
};

/** Reads entries parted by blank lines; `R:` lies in the folder of the `F:` before it. Never throws. */
export function parseInstalled(text: string): InstalledDatabase {
  const blocks = text.split(/\n{2,}/).filter((block) => block.trim() !== '');
  const problems: string[] = [];
  const entries = blocks.map((block) => parseEntry(block, problems));
  return { entries, problems };
}

function parseEntry(block: string, problems: string[]): Entry {
  const values: Partial<Record<Exclude<keyof Entry, 'files'>, string>> = {};
  const files: string[] = [];
  let folder = '';
  for (const line of block.split('\n')) {
    const key = line.slice(0, 1);
    const value = line.slice(2);
    const field = fields[key];
    if (line === '') continue;
    if (!/^[A-Za-z]:/.test(line)) note(problems, line);
    else if (key === 'F') folder = value;
    else if (key === 'R') files.push(folder === '' ? value : `${folder}/${value}`);
    else if (field !== undefined) values[field] = value.trim();
  }
  return { ...values, files };
}

/** As many as are told; a hostile file has millions. */
const mostProblems = 100;

function note(problems: string[], line: string): void {
  if (problems.length < mostProblems) problems.push(`Not a field: ${line.slice(0, 80)}`);
}
