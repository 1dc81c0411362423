import { parseJsonWithin } from '#base/index.ts';
import { quoted } from '../../face.ts';
import { asFields, type Fields } from '../../fields.ts';
import type { Analysis, AnalyzedFile, Analyzer } from '../../analyzer.ts';
import { packageCollector, textOf } from '../../package-collector.ts';
import { parseToml } from '../../toml.ts';
import { askedBy } from '../../manifest.ts';
import { registryName } from '../name.ts';
import { fromRepository } from '../origin.ts';
import { isOfRepository, type Locked, type Unread } from './locked.ts';
import { readPdmLock } from './pdm.ts';
import { readPipfileLock } from './pipfile.ts';
import { readPoetryLock } from './poetry.ts';
import { readPylock } from './pylock.ts';
import { readRequirements } from './requirements.ts';
import { readUvLock } from './uv.ts';

/** Lock files of Python's package managers, and what requirements files pin. What is for development is left out. */
export const pypiLocks: Analyzer = {
  id: 'pypi-lock',
  version: 3,
  of: 'sources',
  summary: 'Packages of Python, as listed in lock files and requirements files',
  places: [],
  wants: (path) => formatOf(path) !== undefined,
  analyze,
};

interface Format {
  readonly name: RegExp;
  /** For people. */
  readonly evidence: string;
  read(text: string, locked: Locked): Unread;
}

const formats: readonly Format[] = [
  { name: /^poetry\.lock$/, evidence: 'poetry.lock', read: toml(readPoetryLock) },
  { name: /^pdm\.lock$/, evidence: 'pdm.lock', read: toml(readPdmLock) },
  { name: /^(?:uv|[^/]+\.py)\.lock$/, evidence: 'uv.lock', read: toml(readUvLock) },
  { name: /^pylock(?:\.[^.]+)?\.toml$/, evidence: 'pylock.toml', read: toml(readPylock) },
  { name: /^Pipfile\.lock$/, evidence: 'Pipfile.lock', read: json(readPipfileLock) },
  {
    name: /^(?:[\w.-]*[-_.])?requirements(?:[-_.][\w.-]*)?\.txt$/i,
    evidence: 'requirements file',
    read(text, locked) {
      readRequirements(text, locked);
      return undefined;
    },
  },
];

/** What a project installed itself, and what belongs to such a package. */
const installed = /(?:^|\/)(?:site-packages|dist-packages|node_modules)\//;
const forDevelopment = /(?:^|[-_./])(?:dev|devel|develop|development|docs?|lint|tests?|testing)(?=[-_.])/i;

function formatOf(path: string): Format | undefined {
  if (!/\.(?:lock|toml|txt)$/i.test(path) || installed.test(path)) return undefined;
  const base = path.slice(path.lastIndexOf('/') + 1);
  const name = /(?:^|\/)requirements\/[^/]+\.txt$/i.test(path) ? `requirements-${base}` : base;
  if (name.endsWith('.txt') && forDevelopment.test(name)) return undefined;
  return formats.find((format) => format.name.test(name));
}

/** Entries without a name are told of once. */
function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(pypiLocks.id, path);
  const format = formatOf(path);
  if (format === undefined) return collector.analysis();
  const found = new Map<
    string,
    { readonly name: string; readonly version: string; readonly origin: readonly string[] }
  >();
  const open: string[] = [];
  let damaged = 0;
  const unread = format.read(decoded(content), {
    add(name, version, fields = {}) {
      const origin = isOfRepository(fields) ? [fromRepository] : [];
      found.set(`${registryName(name)} ${version}`, { name, version, origin });
    },
    damaged: () => (damaged += 1),
    open: (name) => open.push(name),
  });
  for (const { name, version, origin } of found.values()) {
    const foundBy = { analyzer: pypiLocks.id, evidence: [format.evidence, ...origin].join(', ') };
    collector.add({ type: 'pypi', name, version, path, foundBy });
  }
  if (unread !== undefined) collector.fault('corrupt-package-database', `This lock file is not read: ${unread}.`);
  if (damaged > 0)
    collector.fault('corrupt-package-database', `${damaged} entries of this file name no package; they were left out.`);
  const asks = open.length > 0 && {
    asks: askedBy({ names: open }, freezing(path)),
  };
  return { ...collector.analysis(), ...asks };
}

/** Asks for what is installed, so that the file names each version. */
function freezing(path: string): string {
  const file = quoted(path.slice(path.lastIndexOf('/') + 1));
  return `\`pip install -r ${file} && pip freeze > ${file}\``;
}

/** PowerShell writes what `pip freeze` prints as UTF-16. */
function decoded(content: Uint8Array): string {
  const isWide = content[0] === 0xff && content[1] === 0xfe && content.length <= limits.bytes;
  const text = textOf(isWide ? Buffer.from(new TextDecoder('utf-16le').decode(content)) : content);
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

type Read = (lock: Fields, locked: Locked) => Unread;

function toml(read: Read): Format['read'] {
  return (text, locked) => {
    const lock = parseToml(text);
    return lock.kind === 'read' ? read(lock.value, locked) : lock.why;
  };
}

/** The largest have some thousand packages of hundreds of hashes. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 2_000_000, depth: 100 };

function json(read: Read): Format['read'] {
  return (text, locked) => {
    const lock = parseJsonWithin(text, limits);
    if (lock.kind !== 'read') return lock.why;
    const fields = asFields(lock.value);
    return fields === undefined ? 'it is no object' : read(fields, locked);
  };
}
