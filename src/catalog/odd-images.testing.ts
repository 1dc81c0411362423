import { gzipSync } from 'node:zlib';
import { directory, file, hardLink, opaque, symlink, type TarEntry, whiteout } from '../../test/make/tar.ts';

function stanza(name: string): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n`;
}
const debian = file('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian 13"\n');
const alpine = file('etc/os-release', 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n');
const statusText = stanza('a') + stanza('b');
const status = file('var/lib/dpkg/status', statusText);
const installedText = 'P:a\nV:1-r0\nA:all\n\nP:b\nV:1-r0\nA:all\n\n';
const manifest = (name: string): string => JSON.stringify({ name, version: '1.0.0' });
const lib = (path: string, name = 'left-pad'): TarEntry => file(`${path}/package.json`, manifest(name));
const device = (path: string): TarEntry => ({ ...file(path), flag: '3' });
const fifo = (path: string): TarEntry => ({ ...file(path), flag: '6' });

/** An odd image, and what a scan must say of it. */
export interface Odd {
  readonly what: string;
  /** Lowest first. */
  readonly layers: readonly (readonly TarEntry[])[];
  /** `a b`: names of what is listed, sorted. */
  readonly found: string;
  /** Codes of faults, sorted, each once. */
  readonly faults?: string;
}

const missing = 'no-system-packages';
const corrupt = 'corrupt-package-database';

/** Images whose packages lie behind links. */
export const links: readonly Odd[] = [
  {
    what: 'a status file behind a link',
    layers: [[debian, symlink('var/lib/dpkg/status', '/opt/s'), file('opt/s', statusText)]],
    found: 'a b',
  },
  {
    what: 'a status file behind a relative link that climbs',
    layers: [[debian, symlink('var/lib/dpkg/status', '../../../opt/s'), file('opt/s', statusText)]],
    found: 'a b',
  },
  {
    what: 'a status file behind three links',
    layers: [
      [debian, symlink('var/lib/dpkg/status', '/one'), symlink('one', 'two'), symlink('two', 'opt/s')],
      [file('opt/s', statusText)],
    ],
    found: 'a b',
  },
  {
    what: 'a linked status file in a linked folder',
    layers: [[debian, symlink('var/lib/dpkg', '/d'), symlink('d/status', '/opt/s'), file('opt/s', statusText)]],
    found: 'a b',
  },
  {
    what: 'a file behind a link that a later layer writes anew',
    layers: [
      [debian, symlink('var/lib/dpkg/status', '/opt/s'), file('opt/s', statusText)],
      [file('opt/s', stanza('c'))],
    ],
    found: 'c',
  },
  {
    what: 'a link that a later layer puts over the database',
    layers: [[debian, status, file('opt/s', stanza('c'))], [symlink('var/lib/dpkg/status', '/opt/s')]],
    found: 'c',
  },
  {
    what: 'a link to nothing in the place of the database',
    layers: [[debian, status], [symlink('var/lib/dpkg/status', '/nowhere')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'links in a circle in the place of the database',
    layers: [[debian, symlink('var/lib/dpkg/status', 'other'), symlink('var/lib/dpkg/other', 'status')]],
    found: '',
    faults: `${missing} nothing-recognised symlink-loop`,
  },
  {
    what: 'an Alpine database in a linked folder',
    layers: [[alpine, symlink('lib/apk', '/data'), file('data/db/installed', installedText)]],
    found: 'a b',
  },
  {
    what: 'an Alpine database behind a link',
    layers: [[alpine, symlink('lib/apk/db/installed', '/data'), file('data', installedText)]],
    found: 'a b',
  },
  {
    what: 'an os-release elsewhere',
    layers: [[symlink('etc/os-release', '/opt/release'), file('opt/release', 'ID=debian\nVERSION_ID=13\n'), status]],
    found: 'a b',
  },
  {
    what: 'a linked node_modules',
    layers: [[symlink('app/node_modules', '/deps'), lib('deps/left-pad')]],
    found: 'left-pad',
  },
  {
    what: 'a linked scope',
    layers: [[symlink('app/node_modules/@tide', '/deps'), lib('deps/gauge', '@tide/gauge')]],
    found: '@tide/gauge',
  },
  {
    what: 'a package of a workspace, linked',
    layers: [[symlink('app/node_modules/gauge', '../packages/gauge'), lib('app/packages/gauge', 'gauge')]],
    found: 'gauge',
  },
  {
    what: 'a package.json behind a link',
    layers: [[symlink('app/node_modules/x/package.json', '/blob'), file('blob', manifest('x'))]],
    found: 'x',
  },
  {
    what: 'a hard link that is a package.json',
    layers: [[file('blob', manifest('x')), hardLink('app/node_modules/x/package.json', 'blob')]],
    found: 'x',
  },
  {
    what: 'a jar behind a link without its ending',
    layers: [[symlink('app/x.jar', 'data'), file('app/data', 'no archive')]],
    found: '',
    faults: 'corrupt-archive nothing-recognised',
  },
  {
    what: 'two links to one folder of packages',
    layers: [[symlink('a/node_modules', '/deps'), symlink('b/node_modules', '/deps'), lib('deps/left-pad')]],
    found: 'left-pad',
  },
];

/** Images from which something is taken away. */
export const removals: readonly Odd[] = [
  { what: 'no database', layers: [[debian]], found: '', faults: `${missing} nothing-recognised` },
  {
    what: 'a deleted database',
    layers: [[debian, status], [whiteout('var/lib/dpkg/status')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a deleted folder above it',
    layers: [[debian, status], [whiteout('var')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'an opaque folder',
    layers: [[debian, status], [opaque('var/lib')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a folder in its place',
    layers: [[debian, status], [directory('var/lib/dpkg/status')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a file in the place of its folder',
    layers: [[debian, status], [file('var/lib/dpkg', 'x')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a device in its place',
    layers: [[debian, status], [device('var/lib/dpkg/status')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a pipe in the place of a folder',
    layers: [[debian, status], [fifo('var/lib')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a hard link to nothing in its place',
    layers: [[debian, status], [hardLink('var/lib/dpkg/status', 'gone')]],
    found: '',
    faults: `corrupt-archive ${missing} nothing-recognised`,
  },
  {
    what: 'an emptied database',
    layers: [[debian, status], [file('var/lib/dpkg/status')]],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a renamed database',
    layers: [
      [debian, status],
      [whiteout('var/lib/dpkg/status'), file('var/lib/dpkg/status-old', statusText)],
    ],
    found: '',
    faults: `${missing} nothing-recognised`,
  },
  {
    what: 'a deleted os-release',
    layers: [[debian, status], [whiteout('etc/os-release')]],
    found: 'a b',
    faults: 'unknown-distribution',
  },
  {
    what: 'a database that comes back',
    layers: [[debian, status], [whiteout('var/lib/dpkg')], [file('var/lib/dpkg/status', stanza('c'))]],
    found: 'c',
  },
  {
    what: 'a file in the place of an application',
    layers: [[lib('app/node_modules/x')], [file('app', 'x')]],
    found: '',
    faults: 'nothing-recognised',
  },
  {
    what: 'an application over a file',
    layers: [[file('app', 'x')], [lib('app/node_modules/left-pad')]],
    found: 'left-pad',
  },
];

/** Images with odd content. */
export const contents: readonly Odd[] = [
  {
    what: 'a database that is cut',
    layers: [[debian, file('var/lib/dpkg/status', statusText.slice(0, -30))]],
    found: 'a',
    faults: corrupt,
  },
  {
    what: 'a database in UTF-16',
    layers: [[debian, file('var/lib/dpkg/status', Buffer.from(statusText, 'utf16le'))]],
    found: '',
    faults: `${corrupt} ${missing} nothing-recognised`,
  },
  {
    what: 'a packed database',
    layers: [[debian, file('var/lib/dpkg/status', gzipSync(statusText))]],
    found: '',
    faults: `${corrupt} ${missing} nothing-recognised`,
  },
  {
    what: 'a database of one long line',
    layers: [[debian, file('var/lib/dpkg/status', 'x'.repeat(100_000))]],
    found: '',
    faults: `${corrupt} ${missing} nothing-recognised`,
  },
  {
    what: 'a database of carriage returns',
    layers: [[debian, file('var/lib/dpkg/status', statusText.replaceAll('\n', '\r\n'))]],
    found: 'b',
    faults: corrupt,
  },
  {
    what: 'stanzas of their own beside what else packages bring',
    layers: [
      [
        debian,
        file('var/lib/dpkg/status.d/a', stanza('a')),
        file('var/lib/dpkg/status.d/b.config', stanza('b')),
        file('var/lib/dpkg/status.d/a.postinst', '#!/bin/sh\nset -e\n'),
        file('var/lib/dpkg/status.d/a.conffiles', '/etc/a.conf\n'),
      ],
    ],
    found: 'a b',
  },
  {
    what: 'the release of Debian alone',
    layers: [[file('etc/debian_version', '13.2\n'), status]],
    found: 'a b',
  },
  {
    what: 'the release of Alpine alone',
    layers: [[file('etc/alpine-release', '3.20.3\n'), file('lib/apk/db/installed', installedText)]],
    found: 'a b',
  },
  {
    what: 'a package listed twice',
    layers: [[debian, file('var/lib/dpkg/status', statusText + stanza('a'))]],
    found: 'a b',
  },
  {
    what: 'the database of another system beside its own',
    layers: [[debian, status, file('lib/apk/db/installed', installedText.replaceAll('P:', 'P:apk-'))]],
    found: 'a apk-a apk-b b',
  },
  {
    what: 'an Alpine database in both places',
    layers: [
      [
        alpine,
        file('lib/apk/db/installed', installedText),
        file('usr/lib/apk/db/installed', installedText.replaceAll('P:', 'P:new-')),
      ],
    ],
    found: 'a b new-a new-b',
  },
  {
    what: 'entries with a leading slash',
    layers: [
      [directory('/'), file('/etc/os-release', 'ID=debian\nVERSION_ID=13\n'), file('/var/lib/dpkg/status', statusText)],
    ],
    found: 'a b',
  },
  {
    what: 'entries with ./ and doubled slashes',
    layers: [[debian, file('.//var//lib/./dpkg//status', statusText)]],
    found: 'a b',
  },
  {
    what: 'one file twice in a layer',
    layers: [[debian, status, file('var/lib/dpkg/status', stanza('c'))]],
    found: 'c',
  },
  {
    what: 'a deleted and a new file of one name in one layer',
    layers: [
      [debian, status],
      [whiteout('var/lib/dpkg/status'), file('var/lib/dpkg/status', stanza('c'))],
    ],
    found: 'c',
  },
];
