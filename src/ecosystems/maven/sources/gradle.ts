import { type Analysis, type AnalyzedFile, type Analyzer } from '../../analyzer.ts';
import { packageCollector, textOf } from '../../package-collector.ts';

/**
 * Locks of Gradle (docs.gradle.org, "Locking Versions"): `gradle.lockfile`, whose lines name for which configurations they
 * hold, and before Gradle 7 a file for each configuration. What is only for tests or for the build is left out.
 */
export const gradleLock: Analyzer = {
  id: 'gradle-lock',
  version: 1,
  of: 'sources',
  summary: 'Maven artifacts, as listed in gradle.lockfile',
  places: [],
  wants: (path) => path.endsWith('.lockfile') && (wholeLock.test(path) || configurationAt(path) !== undefined),
  analyze,
};

const wholeLock = /(?:^|\/)gradle\.lockfile$/;
const foundBy = { analyzer: gradleLock.id, evidence: 'lock file' };
const form = /^([^\s:=]+):([^\s:=]+):([^\s:=]+)$/;

/** Before Gradle 7: `gradle/dependency-locks/runtimeClasspath.lockfile`. */
function configurationAt(path: string): string | undefined {
  const name = /(?:^|\/)gradle\/dependency-locks\/([^/]+)\.lockfile$/.exec(path)?.[1];
  return name !== undefined && isDelivered(name) ? name : undefined;
}

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(gradleLock.id, path);
  const lines = textOf(content)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  let unread = 0;
  for (const line of lines) {
    const [coordinates = '', configurations = configurationAt(path) ?? ''] = line.split('=', 2);
    const [, group, artifact, version] = form.exec(coordinates) ?? [];
    if (coordinates === 'empty') continue;
    if (group === undefined || version === undefined) unread += 1;
    else if (configurations.split(',').some((name) => isDelivered(name.trim())))
      collector.add({ type: 'maven', name: `${group}:${artifact}`, version, path, foundBy });
  }
  if (unread > 0) collector.fault('corrupt-package-database', `${unread} lines of this lock file are not read.`);
  return collector.analysis();
}

/** `runtimeClasspath`, `releaseRuntimeClasspath`; a file for one configuration is asked about by its name. */
function isDelivered(configuration: string): boolean {
  return /runtimeClasspath$/i.test(configuration) && !/test/i.test(configuration);
}
