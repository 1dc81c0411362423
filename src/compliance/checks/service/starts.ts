import { parseImageName, repositoryOf } from '#image/index.ts';
import { holdsPath } from '#inventory/index.ts';
import { fail, failIfAny, pass } from '../../judgement.ts';
import { isWithin } from '../repository.ts';
import { serviceCheck } from './service-check.ts';

/** What services of a swarm start with; their tasks start without a request to the engine that runs them. */
export const startChecks = [
  serviceCheck({
    id: 'SWM-004',
    title: 'The service gets its secrets from the swarm, not from its environment',
    why: 'Everyone who may inspect the service, its tasks or their processes can read the environment.',
    remedy: {
      docker:
        'Run `docker secret create NAME FILE`, then `docker service update --secret-add NAME --env-rm VARIABLE SERVICE`.',
      compose: 'Name it under `secrets`, and let the program read `/run/secrets/NAME`.',
    },
    severity: 'high',
    nist: ['4.1.4'],
    cis: ['7.4'],
    version: 1,
    needs: ['secretVariables'],
    judge: ({ secretVariables }) => failIfAny(secretVariables),
  }),
  serviceCheck({
    id: 'SWM-010',
    title: 'The service’s image is named by digest, in a trusted repository',
    why: 'Each node asks the registry for itself: after a tag was moved, some nodes run another image.',
    remedy: { docker: 'Run `docker service update --image REPOSITORY@sha256:… SERVICE`.' },
    severity: 'critical',
    nist: ['4.1.5'],
    cis: ['4.2'],
    version: 1,
    needs: ['image'],
    lists: ['trusted-repositories'],
    judge: ({ image }, { lists }) => {
      const name = parseImageName(image);
      if (name === undefined) return fail(`${image} is no name of an image`);
      if (name.digest === undefined) return fail(`${image} without a digest`);
      const repository = repositoryOf(name);
      return lists['trusted-repositories'].some((trusted) => isWithin(repository, trusted)) ? pass : fail(repository);
    },
  }),
  serviceCheck({
    id: 'SWM-011',
    title: 'The service asks for no mounts or privileges that open the host',
    why: 'Its tasks get them on every node; whoever takes over one task has its host.',
    remedy: {
      docker: 'Run `docker service update` with `--mount-rm`, `--cap-add-rm` or `--sysctl-rm`.',
      compose: 'Remove the bind mount, `cap_add`, `security_opt` or `sysctls` of the service.',
    },
    severity: 'high',
    nist: ['4.4.3'],
    cis: ['5.4', '5.6'],
    version: 1,
    needs: ['hostPaths', 'addedCapabilities', 'confinement', 'kernelParameters'],
    judge: ({ hostPaths, addedCapabilities, confinement, kernelParameters }) =>
      failIfAny([
        ...addedCapabilities.filter((name) => !harmless.includes(name)).map((name) => `CAP_${name}`),
        ...hostPaths.filter((path) => guarded.some((own) => holdsPath(path, own) || holdsPath(own, path))),
        ...(['seccomp', 'appArmor', 'selinux'] as const)
          .filter((part) => confinement[part] === 'off')
          .map((part) => `${part} is off`),
        ...kernelParameters.filter((name) => !isOfNamespace(name)).map((name) => `sysctl ${name}`),
      ]),
  }),
];

/** Capabilities that engines give to every container anyway, apart from NET_RAW. */
const harmless = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]; // prettier-ignore

/** Folders and files of the host that no task is to see, nor a folder that holds them. */
const guarded = [
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/root',
  '/sys',
  '/usr',
  '/bin',
  '/sbin',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/run/docker.sock',
  '/var/run/docker.sock',
  '/run/containerd',
  '/var/run/containerd',
  '/run/docker',
]; // prettier-ignore

/** Whether a kernel parameter is the container’s own, and none of the host’s. */
function isOfNamespace(name: string): boolean {
  return /^(?:net|fs\.mqueue)\./.test(name) || /^kernel\.(?:shm|msg|sem)/.test(name);
}
