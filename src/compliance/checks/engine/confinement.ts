import { fail, pass } from '../../judgement.ts';
import { engineCheck, failUnlessInForce, inFile } from './engine-check.ts';

/** What holds for containers that ask for nothing: users, privileges, system calls, namespaces, limits. */
export const confinementChecks = [
  engineCheck({
    id: 'DMN-001',
    title: 'The engine runs without root',
    why: 'If it runs as root, whoever breaks into the engine is root on the host.',
    remedy: { engine: 'Install the engine in rootless mode: dockerd-rootless-setuptool.sh install' },
    severity: 'low',
    nist: ['4.4.3', '4.5.2'],
    cis: ['2.1'],
    version: 1,
    needs: ['rootless'],
    judge: ({ rootless }) => (rootless ? pass : fail('the engine runs as root')),
  }),
  engineCheck({
    id: 'DMN-009',
    title: 'Root of a container is not root of the host',
    why: 'Without a user namespace, uid 0 in a container is uid 0 on the host: one vulnerability in the isolation gives the host away.',
    remedy: { engine: inFile('userns-remap', 'default') },
    severity: 'medium',
    nist: ['4.4.3', '4.5.2'],
    cis: ['2.9'],
    version: 1,
    needs: ['userNamespaces', 'rootless', 'notInForce'],
    judge: ({ userNamespaces, rootless, notInForce }) =>
      failUnlessInForce(userNamespaces || rootless ? [] : ['no user namespace'], 'userns-remap', notInForce),
  }),
  engineCheck({
    id: 'DMN-014',
    title: 'Containers gain no privileges by default',
    why: 'Otherwise a setuid program in a container can give its caller more rights than the container was started with.',
    remedy: { engine: inFile('no-new-privileges', true) },
    severity: 'medium',
    nist: ['4.4.3'],
    cis: ['2.14'],
    version: 1,
    needs: ['noNewPrivileges', 'notInForce'],
    judge: ({ noNewPrivileges, notInForce }) =>
      failUnlessInForce(noNewPrivileges ? [] : ['no-new-privileges is off'], 'no-new-privileges', notInForce),
  }),
  engineCheck({
    id: 'DMN-017',
    title: 'A profile limits the system calls of every container',
    why: 'Without one, each container can make every system call, also those that only attacks need.',
    remedy: {
      engine: 'Remove seccomp-profile from daemon.json, or name an approved profile, and restart the engine',
    },
    severity: 'high',
    nist: ['4.4.3', '4.4.4'],
    cis: ['2.17'],
    version: 1,
    needs: ['seccompProfile'],
    lists: ['approved-syscall-profiles'],
    judge: ({ seccompProfile }, { lists }) =>
      [...builtInProfiles, ...lists['approved-syscall-profiles']].includes(seccompProfile)
        ? pass
        : fail(seccompProfile),
  }),
  engineCheck({
    id: 'DMN-027',
    title: 'Containers see only their own cgroups by default',
    why: 'In the host’s cgroup namespace, a container sees the names and limits of all others.',
    remedy: { engine: inFile('default-cgroupns-mode', 'private') },
    severity: 'low',
    nist: ['4.4.3'],
    version: 1,
    needs: ['default-cgroupns-mode', 'notInForce'],
    judge: ({ 'default-cgroupns-mode': mode, notInForce }) =>
      failUnlessInForce(mode === 'private' ? [] : [mode], 'default-cgroupns-mode', notInForce),
  }),
  engineCheck({
    id: 'DMN-028',
    title: 'Containers share no memory with others by default',
    why: 'Other containers can join a shareable IPC namespace and read its memory.',
    remedy: { engine: inFile('default-ipc-mode', 'private') },
    severity: 'low',
    nist: ['4.4.3'],
    version: 1,
    needs: ['default-ipc-mode', 'notInForce'],
    judge: ({ 'default-ipc-mode': mode, notInForce }) =>
      failUnlessInForce(mode === 'private' ? [] : [mode], 'default-ipc-mode', notInForce),
  }),
  engineCheck({
    id: 'DMN-008',
    title: 'Every container gets limits on open files and processes',
    why: 'Without limits, one container can use up what all processes of the host share.',
    remedy: {
      engine: inFile('default-ulimits', {
        nofile: { Name: 'nofile', Soft: 64_000, Hard: 64_000 },
        nproc: { Name: 'nproc', Soft: 4096, Hard: 4096 },
      }),
    },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['2.8'],
    version: 1,
    needs: ['default-ulimits', 'notInForce'],
    judge: ({ 'default-ulimits': limits, notInForce }) =>
      failUnlessInForce(
        ['nofile', 'nproc'].filter((name) => !limits.includes(name)).map((name) => `no limit ${name}`),
        'default-ulimits',
        notInForce,
      ),
  }),
  engineCheck({
    id: 'DMN-010',
    title: 'Containers are placed below the usual cgroup',
    why: 'Another parent may lack the limits that are planned for this host.',
    remedy: { engine: 'Remove cgroup-parent from daemon.json, or approve the cgroup, and restart the engine' },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['2.10'],
    version: 1,
    needs: ['cgroup-parent'],
    lists: ['approved-cgroup-parents'],
    judge: ({ 'cgroup-parent': parent }, { lists }) =>
      parent === '' || lists['approved-cgroup-parents'].includes(parent) ? pass : fail(parent),
  }),
];

/** Names of the profile that the engine brings: `default` up to Docker 20.10, `builtin` since. */
const builtInProfiles = ['builtin', 'default'];
