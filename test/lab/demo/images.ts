import { readFileSync } from 'node:fs';
import { dockerArchive, type MadeImage } from '../../make/image.ts';
import { apkInstalled, type ApkPackage, mavenJar, npmPackage, osRelease } from '../../make/packages.ts';
import { type ServerImages, serverImages } from '../../make/servers/servers.ts';
import { directory, file, makeTar, symlink } from '../../make/tar.ts';

/** Images of the storm surge service, small enough to be recorded, and all of them run. */
export interface DemoImages extends Pick<ServerImages, 'nginx' | 'tomcat' | 'tomcatChanged'> {
  /** Builds of the portal by their numbers. */
  readonly portals: Readonly<Record<'911' | '915' | '916' | '917' | '918', MadeImage>>;
  /** With a flaw of openssl, and without it. */
  readonly pumps: Readonly<Record<'flawed' | 'mended', MadeImage>>;
  readonly tideClock: MadeImage;
}

export async function demoImages(): Promise<DemoImages> {
  const { nginx, tomcat, tomcatChanged } = await serverImages({
    tomcat: libraries({ 'log4j-core': '2.14.1', 'commons-text': '1.9' }),
    tomcatChanged: libraries({ 'log4j-core': '2.25.4', 'commons-text': '1.15.0' }),
  });
  return {
    nginx,
    tomcat,
    tomcatChanged,
    portals: {
      911: portal('surge/portal:5.0', { minimist: '1.2.0' }),
      915: portal('surge/portal:5.1', { minimist: '1.2.8' }),
      916: portal('surge/portal:5.2', { minimist: '1.2.8', semver: '7.7.3' }),
      917: portal('surge/portal:5.3', { minimist: '1.2.8', semver: '7.7.3', ms: '2.1.3' }),
      918: portal('surge/portal:5.4', {
        minimist: '1.2.8',
        semver: '7.7.3',
        ms: '2.1.3',
        lodash: '4.17.15',
        handlebars: '4.0.11',
      }),
    },
    pumps: { flawed: pump('surge/pump:1', '3.3.0-r0'), mended: pump('surge/pump:2', '3.3.7-r0') },
    tideClock: alpineImage({ name: 'surge/tide-clock:2.0', packages: [], command: ['/bin/sleep', '86400'] }),
  };
}

const groups: Readonly<Record<string, string>> = {
  'log4j-core': 'org.apache.logging.log4j',
  'commons-text': 'org.apache.commons',
};

/** A layer of jars. */
function libraries(versions: Readonly<Record<string, string>>): Uint8Array {
  const jars = Object.entries(versions).map(([artifact, version]) =>
    mavenJar(`opt/surge/lib/${artifact}-${version}.jar`, { group: groups[artifact] ?? artifact, artifact, version }),
  );
  return makeTar([directory('opt/surge/lib'), ...jars]);
}

function portal(name: string, versions: Readonly<Record<string, string>>): MadeImage {
  const modules = Object.entries(versions).map(([one, version]) => npmPackage(one, version, 'srv/portal/node_modules'));
  const command = ['/bin/httpd', '-f', '-p', '8080', '-h', '/srv'];
  return alpineImage({ name, packages: [], command, above: makeTar(modules), step: 'COPY portal/ /srv/portal/' });
}

function pump(name: string, version: string): MadeImage {
  const packages = [{ name: 'libcrypto3', version, origin: 'openssl' }];
  return alpineImage({ name, packages, command: ['/bin/sleep', '86400'] });
}

interface AlpineImage {
  readonly name: string;
  readonly packages: readonly ApkPackage[];
  readonly command: readonly string[];
  /** A layer above the packages, and the build step that made it. */
  readonly above?: Uint8Array;
  readonly step?: string;
}

/** Packages of every image, of which nothing is known to be wrong. */
const base: readonly ApkPackage[] = [
  { name: 'musl', version: '1.2.5-r99', origin: 'musl' },
  { name: 'busybox', version: '1.37.0-r99', origin: 'busybox', files: ['bin/busybox'] },
];

function alpineImage({ name, packages, command, above, step = 'COPY . /' }: AlpineImage): MadeImage {
  const links = ['sh', 'sleep', 'httpd', 'date', 'cat'].map((applet) => symlink(`bin/${applet}`, 'busybox'));
  const root = makeTar([
    directory('bin'),
    file('bin/busybox', readFileSync('/bin/busybox'), 0o755),
    ...links,
    osRelease('alpine', '3.20.3'),
  ]);
  const added = makeTar([apkInstalled([...packages, ...base]), file('etc/release', name)]);
  return dockerArchive([root, added, ...(above === undefined ? [] : [above])], {
    names: [name],
    steps: ['ADD alpine-minirootfs.tar.gz /', 'RUN apk add --no-cache openssl', ...(above === undefined ? [] : [step])],
    config: { config: { Cmd: [...command] } },
  });
}
