import { fail, pass } from '../../judgement.ts';
import { engineCheck, failUnlessInForce, inFile } from './engine-check.ts';

/** What holds for containers that ask for nothing: users, privileges, system calls, namespaces, limits. */
export const confinementChecks = [
  engineCheck({
    id: 'DMN-001',
    title: 'The engine runs without root',
    why: 'Whoever breaks out of a container or into the engine then has the rights of an ordinary user, not of the host.',
    remedy: { engine: 'Install the engine in rootless mode: `dockerd-rootless-setuptool.sh install`.' },
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
    why: 'Without a user namespace, uid 0 in a container is uid 0 on the host: one flaw of isolation gives away everything.',
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
    why: 'A setuid program in a container can otherwise give its caller more rights than the container was started with.',
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
    why: 'Without one, each container reaches the whole kernel, with every flaw in calls that no application needs.',
    remedy: {
      engine: 'Remove `seccomp-profile` from daemon.json, or name an approved profile, and restart the engine.',
    },
    severity: 'high',
    nist: ['4.4.3', '4.4.4'],
    cis: ['2.17'],
    version: 1,
    needs: ['seccompProfile'],
    lists: ['seccomp-profiles'],
    judge: ({ seccompProfile }, { lists }) =>
      [...builtInProfiles, ...lists['seccomp-profiles']].includes(seccompProfile) ? pass : fail(seccompProfile),
  }),
  engineCheck({
    id: 'DMN-027',
    title: 'Containers see only their own control groups by default',
    why: 'In the host’s namespace a container sees how all others are named and limited.',
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
    why: 'A shareable IPC namespace lets another container join it and read shared memory.',
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
    why: 'Without limits one container can use up what all processes of the host share.',
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
    title: 'Containers lie below the usual control group',
    why: 'Another parent may lack the limits that the host was planned with.',
    remedy: { engine: 'Remove `cgroup-parent` from daemon.json, or approve the group, and restart the engine.' },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['2.10'],
    version: 1,
    needs: ['cgroup-parent'],
    lists: ['cgroup-parents'],
    judge: ({ 'cgroup-parent': parent }, { lists }) =>
      parent === '' || lists['cgroup-parents'].includes(parent) ? pass : fail(parent),
  }),
];

/** Names of the profile that the engine brings: `default` up to Docker 20.10, `builtin` since. */
const builtInProfiles = ['builtin', 'default'];
