import { expect, test } from 'vitest';
import { foldersOf } from './create-mounts.ts';
import type { HostView } from './host-view.ts';
import { mountsAt } from './place.ts';

const root = '/var/lib/docker';
const id = 'ab'.repeat(32);

/** A host on which one place has these paths. */
function hostOf(paths: readonly string[]): HostView {
  return {
    engineRoot: root,
    places: async (asked) => new Map(asked.map((path) => [path, paths])),
    devices: async () => new Map(),
    devicePaths: async () => [],
    isHostNamespace: async () => false,
    sockets: async () => [],
  };
}

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['a volume', [`${root}/volumes/v/_data`], []],
  ['a folder in a volume', [`${root}/volumes/v/_data/a`], []],
  ['a file of a container', [`${root}/containers/${id}/hostname`], []],
  ['a volume that is a folder', [`${root}/volumes/v/_data`, '/etc'], ['/etc']],
  ['a volume that is the folder of the engine', [`${root}/volumes/v/_data`, root], [root]],
  [
    'a volume that is what the engine keeps of a container',
    [`${root}/volumes/v/_data`, `${root}/containers/${id}`],
    [`${root}/containers/${id}`],
  ],
  ['what holds volumes', [`${root}/volumes`], [`${root}/volumes`]],
])('%s is left out as far as it is no other place', async (_, paths, left) => {
  const mounts = await mountsAt([{ source: '/s', target: '/t', paths: ['/s'] }], hostOf(paths));
  expect(mounts.map(({ place }) => place)).toEqual(left.length === 0 ? [] : [{ kind: 'paths', paths: left }]);
});

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[] | 'own']>([
  ['an overlay', { type: 'overlay', device: 'overlay', o: 'lowerdir=/etc:/home' }, ['/etc', '/home']],
  ['an overlay with data alone', { type: 'overlay', device: 'overlay', o: 'lowerdir=/etc::/home' }, ['/etc', '/home']],
  ['an overlay of the engine’s working folder', { type: 'overlay', o: 'lowerdir=/home:etc' }, []],
  ['an overlay of an escaped folder', { type: 'overlay', o: 'lowerdir=/home/a\\:b:/home' }, []],
  ['programs of other systems', { type: 'binfmt_misc', device: 'binfmt_misc' }, ['/proc/sys/fs/binfmt_misc']],
  ['variables of the firmware', { type: 'efivarfs', device: 'efivarfs' }, ['/sys/firmware/efi/efivars']],
  ['a type that objects have', { type: 'constructor', device: 'x' }, []],
  ['a plain volume', {}, 'own'],
])('a volume shows folders of the host: %s', (_, options, folders) => {
  expect(foldersOf({ driver: 'local', options })).toEqual(folders);
});
