import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradleLock } from './gradle.ts';
import { pom } from './pom.ts';

const limits = { archiveDepth: 1, unpackedBytes: 1, entries: 1 };

async function analyze(path: string, text: string) {
  const reader = [gradleLock, pom].find((one) => one.wants(path, text.length, 0o644));
  return await reader?.analyze({ path, content: Buffer.from(text), limits });
}

/** Packages as `name@version`, then the codes of faults. */
async function reported(path: string, text: string): Promise<string> {
  const { packages = [], faults = [] } = (await analyze(path, text)) ?? {};
  return [...packages.map(({ name, version }) => `${name}@${version}`), ...faults.map(({ code }) => code)].join(' ');
}

/** `happy.lockfile` of aquasecurity/trivy. */
const lock = `# This is a Gradle generated file for dependency locking.
# Manual edits can break the build and are not advised.
# This file is expected to be part of source control.
cglib:cglib-nodep:2.1.2=testRuntimeClasspath,classpath
junit:junit:4.13.2=testCompileClasspath,testRuntimeClasspath
 org.springframework:spring-asm:3.1.3.RELEASE=classpath
org.springframework:spring-beans:5.0.5.RELEASE=compileClasspath, runtimeClasspath
 # io.grpc:grpc-api:1.21.1=classpath
empty=
`;
const ofOne = '# Gradle\norg.yaml:snakeyaml:1.26\n';

describe('locks of Gradle', () => {
  test.each([
    ['app/gradle.lockfile', lock, 'org.springframework:spring-beans@5.0.5.RELEASE'],
    ['app/gradle.lockfile', lock.replaceAll('\n', '\r\n'), 'org.springframework:spring-beans@5.0.5.RELEASE'],
    ['app/gradle.lockfile', 'a:b:1=releaseRuntimeClasspath\na:c:1=releaseUnitTestRuntimeClasspath\n', 'a:b@1'],
    ['app/gradle.lockfile', 'a:b=runtimeClasspath\na:b:c:1=runtimeClasspath\n', 'corrupt-package-database'],
    ['app/gradle.lockfile', 'a:b=runtimeClasspath', 'corrupt-package-database'],
    ['app/gradle.lockfile', '', ''],
    ['gradle/dependency-locks/runtimeClasspath.lockfile', ofOne, 'org.yaml:snakeyaml@1.26'],
    ['gradle/dependency-locks/testRuntimeClasspath.lockfile', ofOne, ''],
    ['buildscript-gradle.lockfile', lock, ''],
    ['other/runtimeClasspath.lockfile', ofOne, ''],
  ])('%s', async (path, text, expected) => expect(await reported(path, text)).toBe(expected));
});

function dependency(text: string): string {
  const [group = '', artifact = '', version = '', scope = ''] = text.split(':');
  const part = (name: string, value: string) => (value === '' ? '' : `<${name}>${value}</${name}>`);
  const parts = [part('groupId', group), part('artifactId', artifact), part('version', version), part('scope', scope)];
  return `<dependency>${parts.join('')}</dependency>`;
}

const dependencies = [
  'org.yaml:snakeyaml:1.26',
  'a:exact:[2.0]',
  'a:property:${some.version}',
  'a:nested:${nested}',
  '${project.groupId}:own:${project.version}',
  'a:parents:${project.parent.version}',
  'a:managed',
  'a:of-tests',
  'a:runtime:1:runtime',
  'a:test:1:test',
  'a:provided:1:provided',
  'a:range:[1.0,2.0)',
  'a:open:${nowhere}',
  'a:circle:${circle}',
  'a:word:LATEST',
  'a:of-parent',
  ':no-group:1',
  'a:long:${long}',
  'a:twice:${half}${half}',
];
const project = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>com.acme</groupId><artifactId>parent</artifactId><version>7</version></parent>
  <artifactId>app</artifactId>
  <properties>
    <some.version>3.1</some.version><nested>\${some.version}.2</nested><circle>1\${circle}</circle>
    <long>${'1'.repeat(600)}</long><half>${'1'.repeat(300)}</half>
  </properties>
  <dependencyManagement><dependencies>
    ${dependency('a:managed:4.0')}${dependency('a:of-tests:4.0:test')}${dependency('a:unused:1')}
  </dependencies></dependencyManagement>
  <dependencies>${dependencies.map(dependency).join('')}<other/></dependencies>
  <profiles><profile><dependencies>${dependency('a:profile:1')}</dependencies></profile></profiles>
  <build><plugins><plugin><dependencies>${dependency('a:plugin:1')}</dependencies></plugin></plugins></build>
</project>`;

const found =
  'org.yaml:snakeyaml@1.26 a:exact@2.0 a:property@3.1 a:nested@3.1.2 com.acme:own@7 a:parents@7 a:managed@4.0 a:runtime@1';

describe('projects of Maven', () => {
  test.each([
    ['app/pom.xml', project, found],
    ['app/pom.xml', '<project/>', ''],
    ['app/pom.xml', '<html/>', 'corrupt-package-database'],
    ['app/pom.xml', project.slice(0, 400), 'corrupt-package-database'],
    ['app/other.xml', project, ''],
  ])('%s', async (path, text, expected) => expect(await reported(path, text)).toBe(expected));

  test('whose properties grow without end are bounded', async () => {
    const grown = (count: number) =>
      Array.from({ length: count }, (_, at) => `<p${at}>${`\${p${at + 1}}`.repeat(50)}</p${at}>`).join('');
    const text = `<project><properties>${grown(12)}</properties><dependencies>${dependency('a:b:${p0}')}</dependencies></project>`;
    expect(await reported('pom.xml', text)).toBe('');
  });
});

test.each([
  ['gradle.lockfile', lock],
  ['pom.xml', project],
])('%s that is damaged never throws', async (path, text) => {
  const damage = fc.tuple(fc.nat(text.length), fc.nat(30), fc.string({ maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(damage, async ([at, cut, put]) => {
      expect(await analyze(path, text.slice(0, at) + put + text.slice(at + cut))).toBeDefined();
    }),
    { numRuns: 200 },
  );
});
