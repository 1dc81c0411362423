import { strToU8, zipSync } from 'fflate';
import { makeElf } from './elf.ts';
import { dockerArchive, type MadeImage } from './image.ts';
import { dpkgStatus, jarBytes, npmPackage, osRelease } from './packages.ts';
import { file, makeTar, type TarEntry } from './tar.ts';

/** An image of an operating system and every language that users commonly mix, and the base that it is built on. */
export interface MixedImage {
  readonly base: MadeImage;
  /** The base with the fixes of its distribution. */
  readonly newerBase: MadeImage;
  readonly image: MadeImage;
  readonly names: { readonly base: string; readonly newerBase: string; readonly image: string };
}

const names = {
  base: 'registry.harbour.example/base/node:13.1',
  newerBase: 'registry.harbour.example/base/node:13.2',
  image: 'registry.harbour.example/surge/mixed:4.2',
};

/** Debian with npm below; Java, Python, Node with pnpm, Go and .NET above. */
export function mixedImage(): MixedImage {
  const system = layersOf('3.5.1-1', '2.7.1-1');
  const newer = layersOf('3.5.4-1~deb13u2', '2.7.3-1');
  const baseSteps = ['ADD rootfs.tar.xz /', 'RUN install-node.sh'];
  const own = ownLayers();
  const tars = [...system, ...own.map(({ entries }) => makeTar(entries))];
  const steps = [...baseSteps, ...own.map(({ step }) => step)];
  return {
    base: dockerArchive(system, { names: [names.base], steps: baseSteps }),
    newerBase: dockerArchive(newer, { names: [names.newerBase], steps: baseSteps }),
    image: dockerArchive(tars, { names: [names.image], steps }),
    names,
  };
}

function layersOf(openssl: string, expat: string): readonly Uint8Array[] {
  const packages = [
    { name: 'libssl3t64', source: 'openssl', version: openssl },
    { name: 'openssl', version: openssl },
    { name: 'libexpat1', source: 'expat', version: expat },
    { name: 'apt', version: '3.0.3' },
  ];
  const forAll = 'usr/local/lib/node_modules';
  const npm = [npmPackage('npm', '10.8.2', forAll), npmPackage('semver', '7.5.1', `${forAll}/npm/node_modules`)];
  return [makeTar([osRelease('debian', '13'), dpkgStatus(packages)]), makeTar(npm)];
}

interface OwnLayer {
  readonly step: string;
  readonly entries: readonly TarEntry[];
}

function ownLayers(): readonly OwnLayer[] {
  return [
    { step: 'COPY surge.war /opt/surge/', entries: [file('opt/surge/surge.war', war())] },
    { step: 'RUN pip install -r requirements.txt', entries: [wheel('requests', '2.2.1'), wheel('Jinja2', '2.7.1')] },
    { step: 'RUN pnpm install --prod', entries: nodeApplication() },
    { step: 'COPY tided /usr/local/bin/', entries: [file('usr/local/bin/tided', goProgram(), 0o755)] },
    { step: 'COPY gauge /opt/gauge', entries: [dotNet()] },
  ];
}

function war(): Uint8Array {
  const log4j = jarBytes({ group: 'org.apache.logging.log4j', artifact: 'log4j-core', version: '2.14.1' });
  return zipSync({ 'WEB-INF/web.xml': strToU8('<web-app/>'), 'WEB-INF/lib/log4j-core-2.14.1.jar': log4j });
}

function wheel(name: string, version: string): TarEntry {
  const folder = `usr/lib/python3.13/site-packages/${name}-${version}.dist-info`;
  return file(`${folder}/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
}

/** As pnpm lays it out. */
function nodeApplication(): readonly TarEntry[] {
  const manifest = { name: 'portal', version: '1.0.0', dependencies: { lodash: '4.17.15', minimist: '1.2.0' } };
  return [
    file('srv/portal/package.json', JSON.stringify(manifest)),
    npmPackage('lodash', '4.17.15', 'srv/portal/node_modules/.pnpm/lodash@4.17.15/node_modules'),
    npmPackage('minimist', '1.2.0', 'srv/portal/node_modules/.pnpm/minimist@1.2.0/node_modules'),
  ];
}

/** Build information as Go writes it since 1.18 (debug/buildinfo). */
function goProgram(): Uint8Array {
  const lines = [
    'path\texample.org/tided',
    'mod\texample.org/tided\tv1.0.0\t',
    'dep\tgolang.org/x/net\tv0.15.0\th1:x=',
  ];
  const fence = '0123456789abcdef';
  const head = Buffer.concat([Buffer.from('\xff Go buildinf:', 'latin1'), Buffer.from([0, 2]), Buffer.alloc(16)]);
  const content = Buffer.concat([head, counted('go1.25.12'), counted(`${fence}${lines.join('\n')}\n${fence}`)]);
  return makeElf([{ name: '.go.buildinfo', content, isWritable: true }]);
}

/** A text behind its length, which is below 2^14. */
function counted(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 0x80 ? [length] : [(length % 0x80) + 0x80, Math.floor(length / 0x80)];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}

function dotNet(): TarEntry {
  const target = '.NETCoreApp,Version=v8.0';
  const library = (type: string) => ({ type, serviceable: type === 'package', sha512: '' });
  const text = JSON.stringify({
    runtimeTarget: { name: target, signature: '' },
    targets: {
      [target]: {
        'gauge/1.0.0': { dependencies: { 'Newtonsoft.Json': '12.0.3' }, runtime: { 'gauge.dll': {} } },
        'Newtonsoft.Json/12.0.3': { runtime: { 'lib/netstandard2.0/Newtonsoft.Json.dll': {} } },
      },
    },
    libraries: { 'gauge/1.0.0': library('project'), 'Newtonsoft.Json/12.0.3': library('package') },
  });
  return file('opt/gauge/gauge.deps.json', text);
}
