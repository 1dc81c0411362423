import { type Analysis, type AnalyzedFile, type Analyzer, type Asked, nothing } from './analyzer.ts';
import { clean, textOf } from './package-collector.ts';

/** What a manifest says, before it is bounded. */
export type Requirements = Pick<Partial<Asked>, 'own' | 'others' | 'command' | 'isVersioned'> & {
  readonly names: readonly string[];
};

interface ManifestFile {
  readonly id: string;
  readonly summary: string;
  readonly file: RegExp;
  /** Folders where they are of installed packages. */
  readonly except?: RegExp;
  readonly answeredBy: RegExp;
  readonly command: string;
  /** Reads one; why not, where it is none. */
  read(text: string, path: string): Requirements | string;
}

/** The largest that are published have some 100 KB and 500 names. */
const longest = { bytes: 1024 ** 2, names: 2000, name: 256, why: 200 };

/** Folders of what is installed or copied from others, and hidden ones, which are tools' own. */
const ofOthers =
  /(?:^|\/)(?:node_modules|bower_components|site-packages|dist-packages|vendor|third[_-]party|Pods|\.[^/]+)\//;

/** A reader of the manifests of one tool. It finds no packages: a lock file, or what is installed, tells their versions. */
export function manifestReader({ id, summary, file, except, answeredBy, command, read }: ManifestFile): Analyzer {
  return {
    id,
    version: 1,
    of: 'sources',
    answeredBy,
    summary,
    places: [],
    wants: (path) => file.test(path) && !ofOthers.test(path) && except?.test(path) !== true,
    analyze({ path, content }: AnalyzedFile): Analysis {
      const tooLong = `it is larger than ${longest.bytes} bytes`;
      const found = content.length > longest.bytes ? tooLong : read(textOf(content).replace(/^\ufeff/, ''), path);
      return { ...nothing, asks: askedBy(found, command) };
    },
  };
}

/** What a manifest asks for, within the bounds; names that are none count among the others. */
export function askedBy(found: Requirements | string, command: string): Asked {
  if (typeof found === 'string') return { names: [], others: 0, problem: clean(found, longest.why), command };
  const all = [...new Set(found.names)];
  const names = all.filter(isName).slice(0, longest.names);
  return {
    ...(found.own !== undefined && isName(found.own) && { own: found.own }),
    names,
    ...(found.isVersioned && { isVersioned: true as const }),
    others: (found.others ?? 0) + all.length - names.length,
    command: found.command ?? command,
  };
}

function isName(text: string): boolean {
  return text.length <= longest.name && /^[\w@][^\s\p{Cc}]*$/u.test(text);
}

/** Lines of a program that are short enough to be looked at, without what follows the sign of a comment. */
export function linesOf(text: string, comment: RegExp): readonly string[] {
  const longestLine = 2000;
  return text
    .split(/\r?\n/)
    .filter(({ length }) => length <= longestLine)
    .map((line) => line.replace(comment, ''));
}
