import type { ModeOfFile } from '#catalog/index.ts';
import { failIfAny } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';
import { setgid, setuid, usualCapabilities, usualPrivileges } from './usual-privileges.ts';

const about = { nist: ['4.1.2'], version: 1, severity: 'medium' } as const;

const otherWrite = 0o002;
const sticky = 0o1000;
/** Folders that are everybody's by design: what lies in them is left out, and they need the sticky bit. */
const sharedFolders = ['/tmp', '/var/tmp'];

/** What files of the image may do, and what lies there. */
export const fileChecks = [
  imageCheck({
    ...about,
    id: 'IMG-025',
    title: 'No unexpected program is setuid or setgid',
    why: 'Such a program runs with its owner’s rights: a vulnerability in it makes any user root in the container.',
    remedy: {
      dockerfile: 'Remove the bits: RUN chmod u-s,g-s PATH',
      docker: 'Run with --security-opt no-new-privileges, which makes the bits ineffective',
      kubernetes: 'Set securityContext.allowPrivilegeEscalation: false, which makes the bits ineffective',
    },
    cis: ['4.8'],
    needs: ['specialModes'],
    lists: ['own-setuid-programs'],
    judge: ({ specialModes }, { lists }) => {
      const own = new Set(lists['own-setuid-programs']);
      return failIfAny(specialModes.filter((file) => !own.has(file.path) && !isUsual(file)).map(shownMode));
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-026',
    title: 'No unexpected program has file capabilities',
    why: 'Any user who starts such a program gets its capabilities, which are parts of root’s rights.',
    remedy: {
      dockerfile: 'Remove them: RUN setcap -r PATH',
      docker: '--cap-drop ALL --security-opt no-new-privileges',
    },
    cis: ['4.8'],
    needs: ['fileCapabilities'],
    lists: ['own-capable-programs'],
    judge: ({ fileCapabilities }, { lists }) => {
      const own = new Set(lists['own-capable-programs']);
      return failIfAny(
        fileCapabilities.flatMap(({ path, capabilities, package: owner }) => {
          const usual = owner === undefined ? [] : (usualCapabilities.get(nameOf(path)) ?? []);
          const unusual = capabilities.filter((name) => !usual.includes(name));
          return own.has(path) || unusual.length === 0 ? [] : [`${path} ${unusual.join(', ')}`];
        }),
      );
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-049',
    title: 'Nothing outside the temporary folders is writable by everyone',
    why: 'Any process of the container can change what others run or read.',
    remedy: { dockerfile: 'Remove the right: RUN chmod o-w PATH; a shared folder needs chmod 1777' },
    needs: ['worldWritable'],
    judge: ({ worldWritable }) =>
      failIfAny(
        worldWritable
          .filter(({ path, mode, kind }) => {
            if (sharedFolders.some((folder) => path.startsWith(`${folder}/`))) return false;
            return (mode & otherWrite) !== 0 && (kind === 'file' || (mode & sticky) === 0);
          })
          .map(shownMode),
      ),
  }),
  imageCheck({
    ...about,
    id: 'IMG-060',
    title: 'Caches of package managers are removed',
    why: 'They make the image larger, and old lists install old versions.',
    severity: 'low',
    remedy: {
      dockerfile:
        'Remove them in the step that installs: rm -rf /var/lib/apt/lists/*, apk add --no-cache, dnf clean all',
    },
    cis: ['4.3'],
    needs: ['packageCaches', 'baseLayers'],
    judge: ({ packageCaches, baseLayers }) =>
      failIfAny(packageCaches.filter(({ layer }) => layer >= baseLayers).map(({ path }) => path)),
  }),
] as const;

/** A package brought the program, and distributions give a program of this name just these bits. */
function isUsual({ path, mode, package: owner }: ModeOfFile): boolean {
  const bits = mode & (setuid | setgid);
  return owner !== undefined && (bits & ~(usualPrivileges.get(nameOf(path)) ?? 0)) === 0;
}

function shownMode({ path, mode }: ModeOfFile): string {
  return `${path} ${mode.toString(8).padStart(4, '0')}`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
