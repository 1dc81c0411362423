import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector } from '../package-collector.ts';

/**
 * An installation of Apache Tomcat, by its release notes. It is published on Maven Central too, as `org.apache.tomcat:tomcat`,
 * and advisories name it beside the jars in it.
 */
export const tomcat: Analyzer = {
  id: 'tomcat',
  version: 1,
  summary: 'Apache Tomcat as a whole, by RELEASE-NOTES of its installation',
  places: [],
  wants: (path, size) => path.endsWith('RELEASE-NOTES') && size <= largest,
  analyze,
};

const largest = 1024 ** 2;
/** It stands behind the licence. */
const stated = /^ {0,60}Apache Tomcat Version (\d[\w.-]{0,40})\s*$/m;
const foundBy = { analyzer: tomcat.id, evidence: 'RELEASE-NOTES' };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(tomcat.id, path);
  const version = stated.exec(Buffer.from(content.subarray(0, 4096)).toString('latin1'))?.[1];
  if (version !== undefined) collector.add({ type: 'maven', name: 'org.apache.tomcat:tomcat', version, path, foundBy });
  return collector.analysis();
}
