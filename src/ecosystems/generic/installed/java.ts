import { type InstalledKind, propertiesIn } from './kind.ts';

/**
 * A runtime of Java, by the file `release` at the top of its folder (JEP 220). Oracle marks builds under its own licence as
 * commercial; all others are OpenJDK, by whomever they are built.
 */
export const java: InstalledKind = {
  names: ['release'],
  place: /(?:^|\/)release$/,
  evidence: 'release file',
  read(text) {
    const properties = propertiesIn(text);
    const version = properties.get('JAVA_VERSION');
    if (version === undefined || version === '') return [];
    const implementor = properties.get('IMPLEMENTOR');
    const vendor = implementor === undefined || implementor === 'N/A' ? undefined : implementor;
    return properties.get('BUILD_TYPE') === 'commercial'
      ? [{ name: 'oracle-jdk', version, vendor: vendor ?? 'Oracle Corporation' }]
      : [{ name: 'openjdk', version, vendor }];
  },
};

/** What runtimes of Java are listed as. */
export const javaNames = ['openjdk', 'oracle-jdk'] as const;

/**
 * A version as advisories write it: `8.0.391` of `1.8.0_391`, `11.0.9` of `11.0.9.1`. What they say of version 8 alone is
 * mostly of JavaFX and its WebKit, which Oracle's builds bring along and OpenJDK does not: of its version 8 they do not speak.
 * Other programs keep theirs.
 */
export function javaVersion(name: string, version: string): string | undefined {
  if (!javaNames.some((one) => one === name)) return version;
  const [, old, update = '0'] = /^1\.([5-8])\.0(?:_(\d{1,4}))?(?:[-+].*)?$/.exec(version) ?? [];
  if (old !== undefined) return name === 'openjdk' ? undefined : `${old}.0.${Number(update)}`;
  const [, first, minor = '0', third = '0'] =
    /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:[.+-].*)?$/.exec(version) ?? [];
  return first === undefined ? version : `${first}.${minor}.${third}`;
}
