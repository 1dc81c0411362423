import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Package } from '../../contract.ts';
import { jar } from './index.ts';

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

/** The archive with the only entry of its directory twice. */
function doubled(archive: Buffer): Buffer {
  const end = archive.length - 22;
  const start = archive.readUInt32LE(end + 16);
  const entry = archive.subarray(start, end);
  const tail = Buffer.from(archive.subarray(end));
  for (const at of [8, 10]) tail.writeUInt16LE(2, at);
  tail.writeUInt32LE(entry.length * 2, 12);
  return Buffer.concat([archive.subarray(0, start), entry, entry, tail]);
}

const spring = { 'org/springframework/core/Ordered.class': bytes('x') };

describe('what a jar is', () => {
  it('goes by pom.properties first', async () => {
    const content = { ...pom('org.yaml', 'snakeyaml', '1.26'), ...manifest('Implementation-Version: 9.9') };
    expect(await found('lib/renamed.jar', content)).toEqual(['org.yaml:snakeyaml@1.26 by pom.properties']);
  });

  it('lists what was shaded in, and itself', async () => {
    const poms = { ...pom('io.netty', 'netty-codec', '4.1.1'), ...pom('com.google.guava', 'guava', '20.0') };
    expect(await found('lib/mine-2.0.jar', { ...poms, 'com/acme/Mine.class': bytes('x') })).toEqual([
      'io.netty:netty-codec@4.1.1 by pom.properties',
      'com.google.guava:guava@20.0 by pom.properties',
      'mine@2.0 by file name, version by file name',
    ]);
  });

  it('believes no pom.properties that disagrees with its path', async () => {
    const text = bytes('groupId=org.yaml\nartifactId=snakeyaml\nversion=1.26\n');
    expect(await found('a.jar', { 'META-INF/maven/x/y/pom.properties': text, 'pom.properties': text })).toEqual([]);
  });

  it('keeps the evidence of a jar that states no coordinates, and invents none', async () => {
    const osgi = manifest('Bundle-SymbolicName: com.example.lo', ' ng.tool;singleton:=true', 'Bundle-Version: 3.1.0');
    const content = zip({ ...osgi, 'com/example/long/tool/inner/deep/A.class': bytes('x'), 'B.class': bytes('x') });
    const { packages, faults } = await analyze('opt/tool-3.1.jar', content);
    expect(faults).toEqual([]);
    expect(packages).toMatchObject([{ name: 'tool', version: '3.1', purl: 'pkg:generic/tool@3.1', type: 'maven' }]);
    expect(packages[0]?.archive).toEqual({
      file: 'tool-3.1',
      names: ['com.example.long.tool', 'tool', 'long-tool'],
      versions: [{ text: '3.1.0', by: 'Bundle-Version' }],
      groups: ['com.example.long.tool'],
      folders: ['com/example/long/tool'],
      sha1: createHash('sha1').update(content).digest('hex'),
    });
  });

  it('has no version where nothing tells it, and keeps a sole pom that is of something shaded in for that', async () => {
    expect(await found('renamed.jar', spring)).toEqual(['renamed@ by file name, no version']);
    const shaded = { ...pom('org.apache.bcel', 'bcel', '6.0'), 'org/apache/bcel/A.class': bytes('x') };
    const own = { 'org/apache/xalan/A.class': bytes('x'), 'org/apache/xalan/B.class': bytes('x') };
    expect(await found('xalan.jar', { ...shaded, ...own })).toEqual([
      'org.apache.bcel:bcel@6.0 by pom.properties',
      'xalan@ by file name, no version',
    ]);
    expect(await found('renamed.jar', shaded)).toEqual(['org.apache.bcel:bcel@6.0 by pom.properties']);
  });

  it('names coordinates that a pom states without a version', async () => {
    const path = {
      'META-INF/maven/org.yaml/snakeyaml/pom.xml': bytes('<project/>'),
      'org/yaml/snakeyaml/A.class': bytes('x'),
    };
    expect(await found('snakeyaml-1.26.jar', path)).toEqual([
      'org.yaml:snakeyaml@1.26 by pom path, version by file name',
    ]);
    const { packages } = await analyze('snakeyaml.jar', zip(path));
    expect(packages).toMatchObject([{ name: 'org.yaml:snakeyaml', version: '', purl: 'pkg:maven/org.yaml/snakeyaml' }]);
  });

  it('bounds the evidence, whatever a jar holds', async () => {
    const folders = Array.from({ length: 300 }, (_, at) => [`com/acme/p${at}/A.class`, bytes('x')] as const);
    const long = [`com/${'x'.repeat(500)}/A.class`, bytes('x')] as const;
    const titled = manifest(
      `Implementation-Title: ${'t'.repeat(60)}`,
      ` ${'t'.repeat(100)}`,
      'Implementation-Version: 1 (b)',
    );
    const { packages } = await analyze(
      `${'n'.repeat(400)}.jar`,
      zip({ ...Object.fromEntries([...folders, long]), ...titled }),
    );
    const [one] = packages;
    expect(Package.safeParse({ ...one, layer: 0 }).error).toBeUndefined();
    expect(one?.archive).toMatchObject({ names: [], versions: [] });
    expect(one?.archive?.folders).toHaveLength(64);
  });

  it('says nothing of sources, of documentation and of what holds nothing', async () => {
    expect(await found('a-1.0-sources.jar', manifest('Implementation-Title: a'))).toEqual([]);
    expect(await found('a.jar', { 'readme.txt': bytes('x') })).toEqual([]);
    expect(await found('a-1.0-sources.jar', spring)).toEqual(['a@1.0 by file name, version by file name']);
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

  it('names wars and ears by their own file, and what lies in them by its path', async () => {
    const jars: Zippable = {
      'WEB-INF/lib/we!rd-1.0.jar': [zip(spring), { level: 0 }],
      'WEB-INF/classes/com/acme/A.class': bytes('x'),
    };
    const ear = zip({ 'x!/shop-2.war': zip(jars), ...manifest('Implementation-Version: 2.0') });
    const { packages } = await analyze('opt/shop-2.ear', ear);
    expect(packages.map((one) => [one.name, one.version, one.paths[0]])).toEqual([
      ['shop', '2', 'opt/shop-2.ear'],
      ['shop', '2', 'opt/shop-2.ear!/x!/shop-2.war'],
      ['we!rd', '1.0', 'opt/shop-2.ear!/x!/shop-2.war!/WEB-INF/lib/we!rd-1.0.jar'],
    ]);
    expect(packages[1]?.archive?.folders).toEqual(['com/acme']);
    expect(packages[2]?.purl).toBe('pkg:generic/we!rd@1.0');
  });

  it('goes by the first of doubled entries, and names a doubled jar as often as it is there', async () => {
    const twice = doubled(zip({ 'a.jar': [zip(pom('org.yaml', 'snakeyaml', '1.26')), { level: 0 }] }));
    const { packages, faults } = await analyze('x.war', twice);
    expect(faults).toEqual([]);
    expect(packages.map(({ name, paths }) => `${name} ${paths[0]}`)).toEqual(
      Array.from({ length: 2 }, () => 'org.yaml:snakeyaml x.war!/a.jar'),
    );
  });

  it('finds jars in an application of Spring Boot and in a resource adapter', async () => {
    const library = zip(pom('org.yaml', 'snakeyaml', '1.26'));
    const at = async (path: string, name: string) =>
      (await analyze(path, zip({ [name]: [library, { level: 0 }] }))).packages.map(({ paths }) => paths[0]);
    expect(await at('app.jar', 'BOOT-INF/lib/snakeyaml-1.26.jar')).toEqual([
      'app.jar!/BOOT-INF/lib/snakeyaml-1.26.jar',
    ]);
    expect(await at('mq.rar', 'snakeyaml-1.26.jar')).toEqual(['mq.rar!/snakeyaml-1.26.jar']);
    expect((await analyze('photos.rar', bytes('Rar!'))).faults).toEqual([]);
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
