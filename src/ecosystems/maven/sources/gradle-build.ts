import { linesOf, manifestReader } from '../../manifest.ts';

/**
 * What `build.gradle` and `build.gradle.kts` ask for, line by line: both are programs. Entries of a catalog of versions
 * (`libs.guava`) are counted, their names lie in another file. What is for tests, for the compiler or of the build itself is
 * left out.
 */
export const gradleBuild = manifestReader({
  id: 'gradle-build',
  summary: 'What build.gradle asks for, where no lock file and nothing installed tells the versions',
  file: /(?:^|\/)build\.gradle(?:\.kts)?$/,
  answeredBy: /(?:^|\/)(?:gradle\.lockfile|gradle\/dependency-locks\/[^/]+\.lockfile)$/,
  command: '`gradle dependencies --write-locks`, with dependency locking on,',
  read(text) {
    const names: string[] = [];
    let others = 0;
    for (const line of linesOf(text, /(?:^|\s)\/\/.*$/)) {
      const [, configuration = '', value = ''] = asking.exec(line) ?? [];
      if (configuration === '' || /test/i.test(configuration)) continue;
      const name = nameIn(value);
      if (name !== undefined) names.push(name);
      else if (/^(?:kotlin\(|libs\.(?!versions\b))/.test(value)) others += 1;
    }
    return { names, others };
  },
});

const asking =
  /^\s{0,200}((?:\w{0,100}[iI]mplementation|\w{0,100}[aA]pi|\w{0,100}[rR]untimeOnly|compile|runtime)\b)[\s(]{1,20}(.{1,1000})$/;

/** `"group:artifact:version"`, or `group: "…", name: "…"`, with `=` in Kotlin. */
function nameIn(value: string): string | undefined {
  const [, short] = /^["']([\w.-]{1,256}:[\w.-]{1,256})(?=[:@"'])/.exec(value) ?? [];
  if (short !== undefined) return short;
  const [, group, artifact] =
    /^group\s?[:=]\s?["']([\w.-]{1,256})["'],\s{0,20}name\s?[:=]\s?["']([\w.-]{1,256})["']/.exec(value) ?? [];
  return group === undefined ? undefined : `${group}:${artifact}`;
}
