import type { FileSink, LayerWatcher } from '#image/index.ts';
import {
  createSecretSearch,
  longestWhole,
  type SecretFinding,
  type SecretSearch,
  type SecretsOfFile,
  searchWhole,
} from '#secrets/index.ts';

/** Secrets in the files of one layer: where, never what. Files that a higher layer removes are told of as well. */
export interface LayerSecrets {
  readonly found: readonly SecretInFile[];
  /** Whether every file was searched to its end, and all that was found is told. */
  readonly isComplete: boolean;
}

export interface SecretInFile extends Pick<SecretFinding, 'detector' | 'certainty' | 'offset'> {
  readonly path: string;
}

/** Searches the files of a layer while it is read. */
export interface SecretCollector {
  readonly watcher: LayerWatcher;
  result(): LayerSecrets;
}

/** Findings kept of one file, each detector once, and of one layer. */
const mostOfFile = 20;
const mostOfLayer = 1000;
/** Larger files are searched where they are text: keys in a binary form are small. */
const largestBinary = 64 * 1024;
/** Bytes of the beginning in which a zero tells a binary file. */
const beginning = 4096;

export function createSecretCollector(): SecretCollector {
  const byPath = new Map<string, readonly SecretInFile[]>();
  const incomplete = new Set<string>();
  const sink = sinkOf((path, { found, isComplete }) => {
    if (found.length > 0) byPath.set(path, found);
    if (!isComplete) incomplete.add(path);
  });
  const release = (path: string): void => {
    byPath.delete(path);
    incomplete.delete(path);
  };
  return {
    watcher: {
      file(path, size) {
        release(path);
        return size === 0 ? undefined : sink.of(path, size);
      },
      hardLink: release,
      other: release,
    },
    result() {
      const found = [...byPath.values()].flat();
      return { found: found.slice(0, mostOfLayer), isComplete: incomplete.size === 0 && found.length <= mostOfLayer };
    },
  };
}

/** One sink for all files, which come one after the other. */
function sinkOf(report: (path: string, secrets: LayerSecrets) => void) {
  let file = { path: '', size: 0 };
  let search: SecretSearch | undefined;
  let whole: SecretsOfFile | undefined;
  let seen = 0;
  let isBinary = false;
  const sink: FileSink = {
    write(chunk) {
      const { path, size } = file;
      if (size > largestBinary && seen < beginning) isBinary ||= chunk.subarray(0, beginning - seen).includes(0);
      const isWhole = seen === 0 && chunk.length === size && size <= longestWhole;
      seen += chunk.length;
      if (isBinary) return;
      if (isWhole) whole = searchWhole(path, chunk);
      else (search ??= createSecretSearch(path)).add(chunk);
    },
    end() {
      const secrets = whole ?? search?.end();
      if (!isBinary && secrets !== undefined && saysAnything(secrets)) report(file.path, secretsIn(file.path, secrets));
      [whole, search] = [undefined, undefined];
    },
  };
  const of = (path: string, size: number): FileSink => {
    file = { path, size };
    [search, whole, seen, isBinary] = [undefined, undefined, 0, false];
    return sink;
  };
  return { of };
}

function saysAnything({ findings, dropped, isComplete }: SecretsOfFile): boolean {
  return findings.length > 0 || dropped > 0 || !isComplete;
}

function secretsIn(path: string, { findings, dropped, isComplete }: SecretsOfFile): LayerSecrets {
  const first = [...new Map(findings.toReversed().map((one) => [one.detector, one])).values()].toReversed();
  const found = first
    .slice(0, mostOfFile)
    .map(({ detector, certainty, offset }) => ({ path, detector, certainty, offset }));
  return { found, isComplete: isComplete && dropped === 0 };
}
