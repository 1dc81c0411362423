import { describe, expect, test } from 'vitest';
import type { ArchiveEvidence } from '../../contract.ts';
import { likelyReading } from './file-name.ts';
import { identify } from './identify.ts';
import { publisherOf } from './support.ts';
import { manifestVersions, versionOf } from './versions.ts';

const advised = [
  'axis:axis',
  'bouncycastle:bcprov-jdk15',
  'c3p0:c3p0',
  'ch.qos.logback:logback-core',
  'com.acme.other:client',
  'com.google.guava:guava',
  'com.h2database:h2',
  'com.mchange:c3p0',
  'com.oracle.database.jdbc:ojdbc8',
  'com.other:core',
  'com.squareup.okhttp3:okhttp',
  'com.squareup.okhttp:okhttp',
  'commons-collections:commons-collections',
  'commons-io:commons-io',
  'dom4j:dom4j',
  'info.picocli:picocli',
  'io.netty:netty',
  'jline:jline',
  'junit:junit',
  'log4j:log4j',
  'mysql:mysql-connector-java',
  'org.apache.ant:ant',
  'org.apache.axis:axis',
  'org.apache.commons:commons-io',
  'org.apache.httpcomponents:httpclient',
  'org.apache.logging.log4j:log4j',
  'org.apache.logging.log4j:log4j-1.2-api',
  'org.apache.logging.log4j:log4j-core',
  'org.apache.santuario:xmlsec',
  'org.apache.struts:core',
  'org.apache.tomcat:catalina',
  'org.apache.tomcat:tomcat-catalina',
  'org.codehaus.plexus:plexus-utils',
  'org.dom4j:dom4j',
  'org.eclipse.jetty.http2:http2-common',
  'org.jboss.netty:netty',
  'org.jetbrains.kotlin:kotlin-stdlib',
  'org.quartz-scheduler:quartz',
  'org.springframework:spring-core',
  'org.yaml:snakeyaml',
  'pl.droidsonroids.yaml:snakeyaml',
  'xml-security:xmlsec',
];

const exact = 'd'.repeat(40);
const known = {
  names: (own: string) => advised.filter((name) => name.endsWith(`:${own}`)),
  hasGroup: (group: string) => advised.some((name) => name.startsWith(`${group}:`)),
  fingerprint: (sha1: string) => (sha1 === exact ? { name: 'com.h2database:h2', version: '2.1.210' } : undefined),
};

/** `FILE FOLDER… hint:GROUP… name:NAME…` */
function evidenceOf(text: string): ArchiveEvidence {
  const [file = '', ...words] = text.split(' ');
  const of = (start: string) => words.filter((word) => word.startsWith(start)).map((word) => word.slice(start.length));
  return {
    file,
    names: of('name:'),
    versions: [],
    groups: of('hint:'),
    folders: words.filter((word) => !word.includes(':')),
  };
}

describe('a jar without pom', () => {
  test.each([
    // The whole group, or enough of it, begins a folder.
    ['spring-core-5.3.9 org/springframework/core', 'org.springframework:spring-core@5.3.9 likely'],
    ['log4j-core-2.14.1 org/apache/logging/log4j', 'org.apache.logging.log4j:log4j-core@2.14.1 likely'],
    ['snakeyaml-1.26 org/yaml/snakeyaml', 'org.yaml:snakeyaml@1.26 likely'],
    ['logback-core ch/qos/logback/core', 'ch.qos.logback:logback-core@ likely'],
    ['plexus-utils-3.4 org/codehaus/plexus/util', 'org.codehaus.plexus:plexus-utils@3.4 likely'],
    ['netty-3.2 org/jboss/netty/channel', 'org.jboss.netty:netty@3.2 likely'],
    ['netty-4.1 io/netty/channel', 'io.netty:netty@4.1 likely'],
    // The folder of the project spells the artifact, or is a name of the group.
    ['httpclient-4.5 org/apache/http/client', 'org.apache.httpcomponents:httpclient@4.5 likely'],
    ['h2-1.4.200 org/h2 org/h2/jdbc', 'com.h2database:h2@1.4.200 likely'],
    ['quartz-2.3 org/quartz/core', 'org.quartz-scheduler:quartz@2.3 likely'],
    ['picocli-4.6.1 picocli', 'info.picocli:picocli@4.6.1 likely'],
    ['okhttp-3.13.1 okhttp3/internal', 'com.squareup.okhttp3:okhttp@3.13.1 likely'],
    ['okhttp-2.7 com/squareup/okhttp', 'com.squareup.okhttp:okhttp@2.7 likely'],
    ['kotlin-stdlib-1.4 kotlin/collections', 'org.jetbrains.kotlin:kotlin-stdlib@1.4 likely'],
    ['ojdbc8-19.3 oracle/jdbc', 'com.oracle.database.jdbc:ojdbc8@19.3 likely'],
    // A group without dots that is the project's folder.
    ['log4j-1.2.17 org/apache/log4j', 'log4j:log4j@1.2.17 likely'],
    ['junit-3.8 junit/framework', 'junit:junit@3.8 likely'],
    ['jline-2.14.6 jline/console', 'jline:jline@2.14.6 likely'],
    ['commons-collections-3.2 org/apache/commons/collections', 'commons-collections:commons-collections@3.2 likely'],
    ['mysql-connector-java-5.1 com/mysql/jdbc', 'mysql:mysql-connector-java@5.1 likely'],
    // A project that moved is asked about under both names.
    ['commons-io-2.4 org/apache/commons/io', 'commons-io:commons-io org.apache.commons:commons-io@2.4 likely'],
    ['axis-1.4 org/apache/axis', 'axis:axis org.apache.axis:axis@1.4 likely'],
    ['dom4j-2.1 org/dom4j', 'org.dom4j:dom4j dom4j:dom4j@2.1 likely'],
    ['c3p0-0.9 com/mchange/v2/c3p0', 'com.mchange:c3p0 c3p0:c3p0@0.9 likely'],
    ['xmlsec-2.1 org/apache/xml/security', 'org.apache.santuario:xmlsec xml-security:xmlsec@2.1 likely'],
    // The manifest tells what the folders do not.
    ['guava-20.0 com/google/common hint:com.google.guava', 'com.google.guava:guava@20.0 likely'],
    ['jar name:spring-core org/springframework/core', 'org.springframework:spring-core@ likely'],
    [
      'tomcat-catalina org/apache/catalina hint:org.apache.tomcat-catalina',
      'org.apache.tomcat:tomcat-catalina@ likely',
    ],
    [
      'tomcat10-catalina-10.1.60 org/apache/catalina hint:org.apache.tomcat-catalina name:tomcat-catalina',
      'org.apache.tomcat:tomcat-catalina@10.1.60 likely',
    ],
    // The manifest names the artifact better than the file does; without it the file does.
    [
      'catalina org/apache/catalina hint:org.apache.tomcat-catalina name:org.apache.tomcat-catalina name:tomcat-catalina',
      'org.apache.tomcat:tomcat-catalina@ likely',
    ],
    ['catalina org/apache/catalina', 'org.apache.tomcat:catalina@ likely'],
    // The name is the project's own, and nothing contradicts it.
    ['guava-20.0 com/google/common', 'com.google.guava:guava@20.0 possible'],
    ['ant-1.10 org/apache/tools/ant', 'org.apache.ant:ant@1.10 possible'],
    // Numbers in names.
    ['log4j-1.2-api-2.19 org/apache/log4j', 'org.apache.logging.log4j:log4j-1.2-api@2.19 possible'],
    ['http2-common-9.4 org/eclipse/jetty/http2', 'org.eclipse.jetty.http2:http2-common@9.4 likely'],
  ])('%s', (text, expected) => {
    const found = identify(evidenceOf(text), known);
    expect(`${found?.names.join(' ')}@${found?.version} ${found?.confidence}`).toBe(expected);
  });

  test.each([
    // Names that anybody uses, in the folders of somebody else.
    'core-1.0 com/acme/core',
    'core-1.0 com/acme/other',
    'core-1.0 org/apache/acme',
    'core-1.0 core',
    'client-2.0 com/acme/client',
    'client-2.0 com/acme/api',
    'core-1.0 hint:com.acme',
    'core',
    // The name of a project, in the folders of somebody else.
    'h2-1.0 com/acme/h2',
    'h2-1.0 org/acme/h2',
    'quartz-1.0 com/acme/quartz',
    'log4j-1.0 com/acme/log4j',
    'log4j-1.0 com/acme hint:com.acme.log4j',
    'picocli-1.0 com/acme/picocli',
    'okhttp-1.0 com/acme/okhttp3',
    'kotlin-stdlib-1.0 com/acme/kotlin',
    'spring-core-1.0 com/acme',
    'spring-core-1.0 org/acme',
    'guava-1.0 com/acme/google/common',
    'junit-1.0 com/acme/junit',
    'spring-core-5.3.9',
    // A part of a name, a name by the manifest alone, a domain that moved on.
    'spring-core-ext-1.0 org/springframework/core',
    'mine name:httpclient org/apache/http/client',
    'jline-3.3.1 org/jline/reader hint:org.jline',
    'unheard-of-1.0 org/springframework/core',
    // Forks under names of their own keep the folders of the original.
    'bcprov-jdk15-1.0 com/acme/bouncycastle',
  ])('%s is nobody’s', (text) => {
    expect(identify(evidenceOf(text), known)).toBeUndefined();
  });

  test('is what has its very bytes, whatever it is called', () => {
    expect(identify({ ...evidenceOf('core-9.9 com/acme'), sha1: exact }, known)).toEqual({
      names: ['com.h2database:h2'],
      version: '2.1.210',
      confidence: 'certain',
      by: 'SHA-1 of the file',
    });
    expect(identify({ ...evidenceOf('core-9.9 com/acme'), sha1: 'e'.repeat(40) }, known)).toBeUndefined();
  });
});

describe('a file name', () => {
  test.each([
    ['spring-core-6.2.1', 'spring-core 6.2.1'],
    ['spring-core', 'spring-core '],
    ['guava-32.0.1-jre', 'guava 32.0.1-jre'],
    ['hibernate-5.3.6.Final', 'hibernate 5.3.6.Final'],
    ['jetty-http-9.4.57.v20241219', 'jetty-http 9.4.57.v20241219'],
    ['bsh-2.0b4', 'bsh 2.0b4'],
    ['a-1.0-alpha-2.1', 'a 1.0-alpha-2.1'],
    ['a-1.0-20240131.101500-3', 'a 1.0-20240131.101500-3'],
    ['a-1.0-2', 'a 1.0-2'],
    ['a-1.0-SNAPSHOT', 'a 1.0-SNAPSHOT'],
    ['a_1.2.3', 'a 1.2.3'],
    ['akka-actor_2.13-2.6.0', 'akka-actor_2.13 2.6.0'],
    ['log4j-1.2-1.2.17', 'log4j-1.2 1.2.17'],
    ['log4j-1.2-api', 'log4j-1.2-api '],
    ['log4j-1.2-api-2.19.0', 'log4j-1.2-api 2.19.0'],
    ['spring3-core-3.x', 'spring3-core-3.x '],
    ['netty-tcnative-2.0.1.Final-linux-x86_64', 'netty-tcnative 2.0.1.Final'],
    ['a-1.0-shaded', 'a 1.0'],
    ['-1.0', '-1.0 '],
  ])('%s', (file, expected) => {
    const { artifact, version = '' } = likelyReading(file);
    expect(`${artifact} ${version}`).toBe(expected);
  });

  test('costs no more than its length, whatever it holds', () => {
    const start = performance.now();
    for (const part of ['-1', '-1.', '_2-', '1'.repeat(9)]) likelyReading(part.repeat(255 / part.length));
    const hostile = performance.now() - start;
    const again = performance.now();
    for (let round = 0; round < 100; round += 1) likelyReading('spring-core-6.2.1');
    expect(hostile).toBeLessThan((performance.now() - again) * 100 + 50);
  });
});

describe('the version of a jar', () => {
  test.each([
    ['a-1.0', 'Implementation-Version: 1.8', '1.0'],
    ['a', 'Implementation-Version: 1.8', '1.8'],
    ['a', 'Implementation-Version: 4.4, Bundle-Version: 4.4.0', '4.4'],
    ['a', 'Implementation-Version: 1.0-beta1, Bundle-Version: 1.0.0.beta1', '1.0-beta1'],
    ['a', 'Implementation-Version: 1.8, Bundle-Version: 3.1.0', undefined],
    ['a', 'Bundle-Version: 2.11.0', undefined],
    ['a', 'Bundle-Version: 2.11.0, Created-By: Apache Maven Bundle Plugin', '2.11.0'],
    ['a', 'Bundle-Version: 1.0.0.alpha-1, Created-By: Apache Maven Bundle Plugin', '1.0.0-alpha-1'],
    ['a', 'Bundle-Version: 4.1.48.Final, Created-By: Apache Maven Bundle Plugin', '4.1.48.Final'],
    ['a', 'Specification-Version: 1.0', undefined],
    ['a', 'Implementation-Version: private-19991231', undefined],
    ['a', 'Implementation-Version: 5.15.0 (b0)', undefined],
    ['a', 'Implementation-Version: ${version}', undefined],
    ['a-3.x', 'Implementation-Version: 4.3.30.RELEASE', '4.3.30.RELEASE'],
  ])('%s with %s', (file, attributes, expected) => {
    const manifest = new Map(
      attributes.split(', ').map((line): [string, string] => {
        const [name = '', value = ''] = line.split(': ');
        return [name.toLowerCase(), value];
      }),
    );
    expect(versionOf({ file, versions: manifestVersions(manifest) })?.text).toBe(expected);
  });

  test('of a name that is known is what follows it, if the manifest bears that out', () => {
    const stated = (text: string) => ({ versions: [{ text, by: 'Bundle-Version' }] });
    expect(versionOf({ file: 'log4j-1.2-1.2.17', ...stated('1.2.17') }, 'log4j')?.text).toBe('1.2.17');
    expect(versionOf({ file: 'log4j-1.2-1.2.17', ...stated('3.0') }, 'log4j')?.text).toBeUndefined();
    expect(versionOf({ file: 'log4j-1.2-1.2.17', versions: [] }, 'log4j-1.2')?.text).toBe('1.2.17');
  });
});

test.each([
  ['x org/springframework/core', 'org.springframework'],
  ['x com/acme org/apache/logging/log4j', 'org.apache.logging.log4j'],
  ['x org/apache/acme', undefined],
  ['x org', undefined],
  ['x', undefined],
])('classes of %s are of %s', (text, publisher) => {
  expect(publisherOf(evidenceOf(text), known)).toBe(publisher);
});
