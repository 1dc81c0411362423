import type { FileSum } from '../analyzer.ts';

/** One package of the installed database (apk-tools, `apk-package(5)`: P V A L m o F R Z). */
export interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly architecture?: string;
  readonly license?: string;
  readonly maintainer?: string;
  readonly origin?: string;
  readonly files: readonly string[];
  /** Of files, and of the targets of links as texts; without those of settings. */
  readonly sums: readonly FileSum[];
}

export interface InstalledDatabase {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
}

type Named = Exclude<keyof Entry, 'files' | 'sums'>;

const fields: Readonly<Record<string, Named>> = {
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
  const values: Partial<Record<Named, string>> = {};
  const files: string[] = [];
  const sums: FileSum[] = [];
  let folder = '';
  for (const line of block.split('\n')) {
    const key = line.slice(0, 1);
    const value = line.slice(2);
    const field = fields[key];
    if (line === '') continue;
    if (!/^[A-Za-z]:/.test(line)) note(problems, line);
    else if (key === 'F') folder = value;
    else if (key === 'R') files.push(folder === '' ? value : `${folder}/${value}`);
    else if (key === 'Z') sums.push(...sumOf(files.at(-1), value));
    else if (field !== undefined) values[field] = value.trim();
  }
  return { ...values, files, sums };
}

/** `Q1` and base64 of SHA-1, `Q2` and that of SHA-256. What lies in /etc is there to be changed (apk's protected paths). */
function sumOf(path: string | undefined, value: string): readonly FileSum[] {
  if (path === undefined || path.startsWith('etc/')) return [];
  const digest = Buffer.from(value.slice(2), 'base64');
  const length = { Q1: 20, Q2: 32 }[value.slice(0, 2)];
  return digest.length === length ? [[path, digest.toString('hex')]] : [];
}

/** As many as are told; a hostile file has millions. */
const mostProblems = 100;

function note(problems: string[], line: string): void {
  if (problems.length < mostProblems) problems.push(`Not a field: ${line.slice(0, 80)}`);
}
