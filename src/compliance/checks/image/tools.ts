import { fail, pass, warn } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

const about = { nist: ['4.1.2'], version: 1 } as const;

/** They are in most base images, so that they are there is worth a look and no more. */
const packageManagers: ReadonlySet<string> = new Set(
  'apt apt-get apk dnf dnf5 microdnf yum zypper tdnf pip pip3 npm yarn'.split(' '),
);
const sshServers: ReadonlySet<string> = new Set(['sshd', 'dropbear', 'tinysshd', 'sshd-session']);
const sshPackages: ReadonlySet<string> = new Set(['openssh-server', 'dropbear', 'dropbear-bin', 'tinysshd']);
const helpers: ReadonlySet<string> = new Set(['sudo', 'sudo-rs', 'doas', 'pkexec']);
/** They help only where they are setuid; without the bit they are how an entrypoint gives its rights up. */
const helpersIfSetuid: ReadonlySet<string> = new Set(['su-exec', 'gosu', 'setpriv', 'runuser']);
const setuid = 0o4000;
/** Where a shell finds programs. */
const programFolders = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/;

/** Programs that a running application does not need. */
export const toolChecks = [
  imageCheck({
    ...about,
    id: 'IMG-013',
    title: 'The image has no build tools and no network tools',
    why: 'An attacker who gets in uses them to build programs, to listen and to download more.',
    remedy: {
      dockerfile:
        'Build in a separate stage and copy the result: COPY --from=build /out /srv/app; or use a distroless base image',
    },
    severity: 'medium',
    cis: ['4.3'],
    needs: ['programs'],
    lists: ['unwanted-tools'],
    judge: ({ programs }, { lists }) => {
      const unwanted = new Set(lists['unwanted-tools']);
      const reachable = programs.filter((path) => programFolders.test(path));
      const tools = reachable.filter((path) => unwanted.has(nameOf(path)));
      if (tools.length > 0) return fail(...tools);
      const managers = reachable.filter((path) => packageManagers.has(nameOf(path)));
      return managers.length > 0 ? warn(...managers) : pass;
    },
  }),
  imageCheck({
    ...about,
    version: 2,
    id: 'IMG-014',
    title: 'The image has no SSH server',
    why: 'It is a second way in, with its own keys and updates, and the engine does not record its use.',
    remedy: { dockerfile: 'Remove it: RUN apt-get purge -y openssh-server; look inside with docker exec' },
    severity: 'high',
    cis: ['4.3'],
    needs: ['programs', 'packages'],
    findings: {
      programs: (paths) => paths.filter((path) => sshServers.has(nameOf(path))),
      packages: (all) =>
        all.filter(({ name }) => sshPackages.has(name)).map(({ name, version }) => `package ${name} ${version}`),
    },
  }),
  imageCheck({
    ...about,
    version: 2,
    id: 'IMG-050',
    title: 'The image has no program for becoming another user',
    why: 'Applications need none; a wrong rule or a vulnerability in it makes any user root in the container.',
    remedy: { dockerfile: 'Remove it: RUN apt-get purge -y sudo; start as the right user with USER' },
    severity: 'medium',
    cis: ['4.8'],
    needs: ['programs', 'specialModes'],
    lists: ['allowed-privilege-helpers'],
    findings: {
      programs: (paths, { lists }) =>
        notIn(
          lists,
          paths.filter((path) => helpers.has(nameOf(path))),
        ),
      specialModes: (files, { lists }) =>
        notIn(
          lists,
          files
            .filter(({ path, mode }) => helpersIfSetuid.has(nameOf(path)) && (mode & setuid) !== 0)
            .map(({ path }) => path),
        ),
    },
  }),
] as const;

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

type Allowing = Readonly<Record<'allowed-privilege-helpers', readonly string[]>>;

function notIn(lists: Allowing, found: readonly string[]): readonly string[] {
  const allowed = new Set(lists['allowed-privilege-helpers']);
  return found.filter((path) => !allowed.has(path));
}
