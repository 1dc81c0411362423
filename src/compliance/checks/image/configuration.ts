import { fail, failIfAny, notApplicable, pass } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

const about = { nist: ['4.1.2'], version: 1 } as const;

/** Ports by which people log in from elsewhere. */
const remoteShells: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [23, 'Telnet'],
  [512, 'rexec'],
  [513, 'rlogin'],
  [514, 'rsh'],
  [3389, 'remote desktop'],
  [5900, 'VNC'],
]);

/** Paths that the system of the container needs; a volume there hides or keeps what only the image should hold. */
const systemPaths = [
  '/',
  '/dev',
  '/proc',
  '/sys',
  '/etc',
  '/run',
  '/var/run',
  '/usr',
  '/lib',
  '/lib64',
  '/bin',
  '/sbin',
];
/** Of these, anything below counts too. */
const kernelPaths = ['/dev', '/proc', '/sys'];
/** Where a process has no business to stand. */
const noWorkplace = ['/proc', '/sys', '/dev', '/boot'];

/** What the image says of how to run it. */
export const configurationChecks = [
  imageCheck({
    ...about,
    id: 'IMG-015',
    title: 'No port of a remote shell is declared',
    why: 'Containers are replaced, not logged in to; a shell that listens is one more way in.',
    remedy: {
      dockerfile: 'Remove the port from EXPOSE and the server from the image; use docker exec to look inside',
    },
    severity: 'medium',
    cis: ['5.9'],
    needs: ['exposedPorts'],
    judge: ({ exposedPorts }) =>
      failIfAny(
        exposedPorts.flatMap((port) => {
          const name = [...remoteShells].find(([number]) => declares(port, number))?.[1];
          return name === undefined ? [] : [`${port} (${name})`];
        }),
      ),
  }),
  imageCheck({
    ...about,
    id: 'IMG-016',
    title: 'Only allowed ports are declared',
    why: '--publish-all opens every declared port, and people publish what an image declares.',
    nist: ['4.1.2', '4.4.2'],
    remedy: { dockerfile: 'Remove the port from EXPOSE, or add it to the list of ports that images may declare' },
    severity: 'low',
    cis: ['5.9'],
    needs: ['exposedPorts'],
    lists: ['allowed-image-ports'],
    judge: ({ exposedPorts }, { lists }) => {
      const allowed = new Set(lists['allowed-image-ports'].map((port) => (port.includes('/') ? port : `${port}/tcp`)));
      return failIfAny(exposedPorts.filter((port) => !allowed.has(port)));
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-023',
    title: 'The image has a health check',
    why: 'Without one, a program that hangs looks like one that works, and is not replaced.',
    remedy: {
      dockerfile: 'Add HEALTHCHECK CMD with a program that is in the image',
      kubernetes: 'Set livenessProbe and readinessProbe, and ignore this check there',
    },
    severity: 'low',
    cis: ['4.6'],
    needs: ['healthCheck'],
    judge: ({ healthCheck: [kind = '', command = ''] }) =>
      (kind === 'CMD' || kind === 'CMD-SHELL') && command.trim() !== '' ? pass : fail(kind === '' ? 'none' : kind),
  }),
  imageCheck({
    ...about,
    id: 'IMG-051',
    title: 'No volume covers a system path',
    why: 'The volume outlives the container and hides the image’s own files there, updates included.',
    nist: ['4.1.2', '4.5.5'],
    remedy: { dockerfile: 'Name the folder of the data in VOLUME, such as /var/lib/NAME, or leave VOLUME out' },
    severity: 'medium',
    cis: ['5.6'],
    needs: ['volumes'],
    judge: ({ volumes }) =>
      failIfAny(volumes.filter((path) => systemPaths.includes(path) || kernelPaths.some((one) => isBelow(path, one)))),
  }),
  imageCheck({
    ...about,
    id: 'IMG-052',
    title: 'The working directory is an absolute path outside system folders',
    why: 'A program that writes to its working directory would write among system files, or where nobody expects it.',
    remedy: {
      dockerfile: 'End the Dockerfile with the folder of the application: WORKDIR /srv/app',
      docker: '--workdir /srv/app',
    },
    severity: 'low',
    needs: ['workingDirectory', 'platform'],
    judge: ({ workingDirectory, platform }) => {
      if (platform.os === 'windows') return notApplicable('Windows has other paths.');
      const path = resolved(workingDirectory === '' ? '/' : workingDirectory);
      const isWrong = path === undefined || noWorkplace.some((one) => path === one || isBelow(path, one));
      return isWrong ? fail(workingDirectory) : pass;
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-053',
    title: 'The image has no ONBUILD instructions',
    why: 'ONBUILD runs unseen in builds that start from this image; an image that is deployed needs none.',
    remedy: { dockerfile: 'Remove ONBUILD, or build from an image without it' },
    severity: 'low',
    needs: ['onBuild'],
    judge: ({ onBuild }) => failIfAny(onBuild.map((line) => `ONBUILD ${line.trim().split(/\s/, 1)[0] ?? ''}`)),
  }),
  imageCheck({
    ...about,
    id: 'IMG-059',
    title: 'Labels name the image’s source, commit and vendor',
    why: 'When something is wrong, people must find the source, the commit and the owner within minutes.',
    nist: ['4.4.5'],
    remedy: {
      dockerfile:
        'Set org.opencontainers.image.source, org.opencontainers.image.revision and org.opencontainers.image.vendor with LABEL',
    },
    severity: 'low',
    needs: ['labels'],
    lists: ['owner-labels'],
    judge: ({ labels }, { lists }) => {
      const set = new Set(labels.filter(({ value }) => value.trim() !== '').map(({ name }) => name));
      const lacking = ['org.opencontainers.image.source', 'org.opencontainers.image.revision'].filter(
        (name) => !set.has(name),
      );
      const hasOwner = lists['owner-labels'].some((name) => set.has(name));
      return failIfAny(
        [...lacking, ...(hasOwner ? [] : ['a label that names the owner'])].map((name) => `lacks ${name}`),
      );
    },
  }),
] as const;

/** Whether a declared port or range of TCP ports holds this one. */
function declares(port: string, number: number): boolean {
  const [, from, to] = /^(\d+)(?:-(\d+))?\/tcp$/.exec(port) ?? [];
  return from !== undefined && Number(from) <= number && number <= Number(to ?? from);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** Without `.`, `..` and doubled slashes; `undefined`: it is not absolute. */
function resolved(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return `/${kept.join('/')}`;
}
