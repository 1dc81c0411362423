/** One way to read the name of a jar; without version where none that can be one follows the artifact. */
export interface FileName {
  readonly artifact: string;
  readonly version?: string;
}

/** Words behind a dash in versions of Maven Central; any other is rather part of a name (`log4j-1.2-api`). */
const qualifiers = new Set(
  (
    'a alpha android b beta build cr dev ea fix final ga hotfix incubating jbossorg jdk jre java m milestone nightly p ' +
    'patch pre preview r rc redhat release rev snapshot sp stable v'
  ).split(' '),
);

/** Classifiers: what a build adds behind the version, and no part of it. */
const classifier =
  /-(?:all|bin|boot|classes|debug|dist|exec|fat|jar-with-dependencies|javadoc|minimal|no_aop|nodep|shaded|shadow|sources|standalone|tests?|uber|with-dependencies|(?:linux|osx|macos|windows|win)(?:-(?:x86_64|x86_32|x86|amd64|arm64|aarch_64|aarch64|ppcle_64|riscv64|s390_64))?)$/;

/** A number before another version is rather the end of a name: `log4j-1.2-1.2.17`; but for builds of snapshots. */
const numberBefore = /^[\d.]+-(?!\d{8}\.\d{6}-)\d+\./;

/**
 * Every way to read `NAME-VERSION`, the form in which Maven and Gradle store jars, longest artifact first; the first is
 * the whole name. Names may hold numbers too (`log4j-1.2-api-2.19.0`), so only what is known of names tells which holds.
 */
export function readingsOf(file: string): readonly FileName[] {
  const starts = [...file.matchAll(/(?<=.)[-_](?=\d)/g)].map(({ index }) => index).slice(-8);
  const parted = starts.toReversed().map((at): FileName => {
    const version = fileVersion(file.slice(at + 1));
    return { artifact: file.slice(0, at), ...(version !== undefined && { version }) };
  });
  return [{ artifact: file }, ...parted];
}

/** The reading to go by where nothing is known of names: the longest version that holds no other one. */
export function likelyReading(file: string): FileName {
  const parted = readingsOf(file).filter(({ version }) => version !== undefined);
  return parted.findLast(({ version = '' }) => !numberBefore.test(version)) ?? { artifact: file };
}

function fileVersion(text: string): string | undefined {
  const version = text.replace(classifier, '');
  const words = [...version.toLowerCase().matchAll(/(-|_|\+)?([^\d.\-_+]+)/g)];
  const isVersion = words.every(([, separator, word = '']) => {
    return word !== 'x' && (separator === undefined || qualifiers.has(word));
  });
  return version.length <= 64 && isVersion && !/\s/.test(version) ? version : undefined;
}
