import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { jar } from './index.ts';
import known from './known-artifacts.json' with { type: 'json' };

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 28, entries: 100_000 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const zip = (content: Zippable): Buffer => Buffer.from(zipSync(content));

function analyze(path: string, content: Uint8Array, bounds = limits) {
  return Promise.resolve(jar.analyze({ path, content, limits: bounds }));
}

/** Packages as `name@version by evidence`. */
async function found(path: string, content: Zippable): Promise<readonly string[]> {
  const { packages } = await analyze(path, zip(content));
  return packages.map((pkg) => `${pkg.name}@${pkg.version} by ${pkg.foundBy.evidence}`);
}

function pom(group: string, artifact: string, version: string): Zippable {
  const text = `#Created by Apache Maven\nartifactId=${artifact}\ngroupId=${group}\nversion=${version}\n`;
  return { [`META-INF/maven/${group}/${artifact}/pom.properties`]: bytes(text) };
}

function manifest(...lines: readonly string[]): Zippable {
  return { 'META-INF/MANIFEST.MF': bytes(['Manifest-Version: 1.0', ...lines, '', ''].join('\r\n')) };
}

const spring = { 'org/springframework/core/Ordered.class': bytes('x') };

describe('what a jar is', () => {
  it('goes by pom.properties first', async () => {
    const content = { ...pom('org.yaml', 'snakeyaml', '1.26'), ...manifest('Implementation-Version: 9.9') };
    expect(await found('lib/renamed.jar', content)).toEqual(['org.yaml:snakeyaml@1.26 by pom.properties']);
  });

  it('lists what was shaded in, and itself', async () => {
    const content = { ...pom('io.netty', 'netty-codec', '4.1.1'), ...pom('com.google.guava', 'guava', '20.0') };
    expect(await found('lib/mine-2.0.jar', content)).toEqual([
      'io.netty:netty-codec@4.1.1 by pom.properties',
      'com.google.guava:guava@20.0 by pom.properties',
      'mine@2.0 by file name, no group',
    ]);
  });

  it('believes no pom.properties that disagrees with its path', async () => {
    const text = bytes('groupId=org.yaml\nartifactId=snakeyaml\nversion=1.26\n');
    expect(await found('a.jar', { 'META-INF/maven/x/y/pom.properties': text, 'pom.properties': text })).toEqual([]);
  });

  it('takes name and version from manifest and file name, and the group that the classes bear out', async () => {
    const title = manifest('Implementation-Title: spring-core', 'Implementation-Version: 5.3.9');
    const name = 'org.springframework:spring-core@5.3.9';
    expect(await found('spring-core-5.3.9.jar', { ...spring, ...title })).toEqual([
      `${name} by manifest, group by advisories`,
    ]);
    expect(await found('spring-core-5.3.9.jar', spring)).toEqual([`${name} by file name, group by advisories`]);
    expect(await found('renamed.jar', { ...spring, ...title })).toEqual([`${name} by manifest, group by advisories`]);
    const others = { 'com/example/Main.class': bytes('x') };
    expect(await found('spring-core-5.3.9.jar', others)).toEqual(['spring-core@5.3.9 by file name, no group']);
  });

  it('reads the group from the manifest, continued lines and Windows line ends', async () => {
    const osgi = manifest('Bundle-SymbolicName: com.example.lo', ' ng.tool;singleton:=true', 'Bundle-Version: 3.1.0');
    expect(await found('tool-3.1.jar', { ...osgi, 'A.class': bytes('x') })).toEqual([
      'com.example.long:tool@3.1 by file name, group by manifest',
    ]);
  });

  it('tells of a jar without version only if its classes are of a publisher that advisories name', async () => {
    const { faults, packages } = await analyze('opt/lib.jar', zip(spring));
    expect([faults[0]?.code, packages.length]).toEqual(['unidentified-package', 0]);
    expect(await analyze('opt/app.jar', zip({ 'com/acme/App.class': bytes('x') }))).toEqual({
      packages: [],
      faults: [],
    });
  });
});

describe('archives in archives', () => {
  it('finds jars in a war in an ear, and names the way', async () => {
    const inner = zip({ ...pom('org.yaml', 'snakeyaml', '1.26') });
    const war = zip({ 'WEB-INF/lib/snakeyaml.jar': [inner, { level: 0 }], ...pom('com.acme', 'shop', '1.0') });
    const { packages, faults } = await analyze('opt/shop.ear', zip({ 'shop.war': war }));
    expect(faults).toEqual([]);
    expect(packages.map((pkg) => [pkg.name, pkg.paths[0]])).toEqual([
      ['com.acme:shop', 'opt/shop.ear!/shop.war'],
      ['org.yaml:snakeyaml', 'opt/shop.ear!/shop.war!/WEB-INF/lib/snakeyaml.jar'],
    ]);
  });

  it('stops at the depth limit, however deep it goes', async () => {
    let content = zip(pom('org.yaml', 'snakeyaml', '1.26'));
    for (let depth = 0; depth < 200; depth += 1) content = zip({ 'a.jar': [content, { level: 0 }] });
    const { packages, faults } = await analyze('deep.jar', content);
    expect(packages).toEqual([]);
    expect(faults).toMatchObject([{ code: 'depth-limit', analyzer: 'jar' }]);
    expect(faults[0]?.path?.split('!/')).toHaveLength(limits.archiveDepth + 2);
  });

  it('unpacks no bomb', async () => {
    const bomb = zip({ 'lib/bomb.jar': new Uint8Array(5_000_000), ...pom('com.acme', 'app', '1.0') });
    const { packages, faults } = await analyze('app.jar', bomb, { ...limits, unpackedBytes: 1_000_000 });
    expect(packages.map(({ name }) => name)).toEqual(['com.acme:app']);
    expect(faults).toMatchObject([{ code: 'unpacked-limit', path: 'app.jar!/lib/bomb.jar' }]);
  });

  it('tells of a cut jar, of an inner one too, and of none that is no archive', async () => {
    const whole = zip(pom('org.yaml', 'snakeyaml', '1.26'));
    const cut = whole.subarray(0, whole.length - 30);
    expect((await analyze('a.jar', cut)).faults[0]?.code).toBe('truncated-archive');
    expect((await analyze('a.war', zip({ 'b.jar': cut }))).faults[0]).toMatchObject({ path: 'a.war!/b.jar' });
    expect((await analyze('a.jar', bytes('no archive'))).faults[0]?.code).toBe('corrupt-archive');
    expect((await analyze('photo.par', bytes('no archive'))).faults).toEqual([]);
  });
});

describe('the table of artifacts', () => {
  it('holds sorted coordinates', () => {
    expect(known.length).toBeGreaterThan(500);
    expect([...new Set(known)].sort()).toEqual(known);
    expect(known.filter((name) => !/^[^:\s]+:[^:\s]+$/.test(name))).toEqual([]);
  });
});

const repository = '/usr/share/maven-repo';

describe.runIf(existsSync(repository))('the jars of this machine', () => {
  it('are found with the coordinates under which Debian files them', async () => {
    const filed = new Map<string, Set<string>>();
    for (const path of readdirSync(repository, { recursive: true, encoding: 'utf8' })) {
      const parts = path.split('/');
      const [version = '', artifact = ''] = [parts.at(-2), parts.at(-3)];
      if (!path.endsWith(`/${artifact}-${version}.jar`)) continue;
      const file = realpathSync(join(repository, path));
      const names = filed.get(file) ?? new Set();
      filed.set(file, names.add(`${parts.slice(0, -3).join('.')}:${artifact}`));
    }
    expect(filed.size).toBeGreaterThan(10);
    for (const [file, names] of filed) {
      const { packages, faults } = await analyze(file.slice(1), readFileSync(file));
      expect(faults, file).toEqual([]);
      const byPom = packages.filter((pkg) => pkg.foundBy.evidence === 'pom.properties').map((pkg) => pkg.name);
      expect(packages.length, file).toBeGreaterThan(0);
      if (byPom.length > 0)
        expect(
          byPom.some((name) => names.has(name)),
          `${file}: ${byPom}`,
        ).toBe(true);
    }
  });
});
