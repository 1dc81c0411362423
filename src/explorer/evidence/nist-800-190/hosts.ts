import { byChecks, byChecksOrDocument, byDocument, byProduct, ids } from '../ask.ts';
import type { Control } from '../control.ts';

/** Sections 4.5 and 4.6: hosts and their hardware. */
export const hostControls: readonly Control[] = [
  {
    id: '4.5.1',
    title: 'Small host systems',
    definition:
      'Hosts have few packages and only known services, and the policies do not fail what is installed. A person confirms the choice of the operating system.',
    sp80053: ['CM-7'],
    questions: [
      byProduct({ id: 'packages', text: 'The policies do not fail the packages of the host' }, 'host-verdict'),
      byChecks({ id: 'small', text: 'The host has few packages and only known services' }, ids('HST', [25, 26])),
      byDocument({ id: 'system', text: 'The operating system was chosen for running containers' }, 'host-system'),
    ],
  },
  {
    id: '4.5.2',
    title: 'The shared kernel',
    definition:
      'What containers share with their host is hardened: the kernel hides its addresses, root of a container is not root of the host, and only known services accept connections. A person confirms that the hosts run containers only.',
    sp80053: ['SC-39'],
    questions: [
      byChecks(
        { id: 'kernel', text: 'The kernel of the host is hardened' },
        ids('HST', [26, 29, 32, 33, 34, 35, 36, 37]),
      ),
      byChecks({ id: 'root', text: 'Root of a container is not root of the host' }, ids('DMN', [9])),
      byDocument({ id: 'containers-only', text: 'The host runs containers only' }, 'containers-only'),
    ],
  },
  {
    id: '4.5.3',
    title: 'Vulnerabilities of host systems',
    definition:
      'Every host was scanned, and the policies do not fail it. Its kernel is of a known package, and no restart is pending.',
    sp80053: ['SI-2'],
    questions: [
      byProduct({ id: 'verdict', text: 'The policies do not fail the host' }, 'host-verdict'),
      byProduct({ id: 'kernel-known', text: 'The running kernel is of a known package' }, 'kernel-known'),
      byProduct({ id: 'no-restart-pending', text: 'No restart is pending' }, 'no-restart-pending'),
    ],
  },
  {
    id: '4.5.4',
    title: 'Access to hosts',
    definition:
      'Only named accounts control the engine, root signs in with no password, and the engine’s files are audited. Logins and uses of sudo are recorded on another machine, and a person reviews them.',
    sp80053: ['AU-2', 'AC-6(9)'],
    questions: [
      byChecks({ id: 'accounts', text: 'Accounts of the host are guarded' }, ids('HST', [2, 27, 60, 61, 62, 63])),
      byChecks(
        { id: 'audited', text: 'The host audits what controls its engine' },
        ids('HST', [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 68]),
      ),
      byChecks({ id: 'logs', text: 'Logs are kept, with the right time' }, ids('HST', [54, 56])),
      byChecks({ id: 'delivered', text: 'Logins and uses of sudo are recorded elsewhere' }, ids('HST', [28])),
      byDocument({ id: 'reviewed', text: 'Logins are reviewed' }, 'login-review'),
    ],
  },
  {
    id: '4.5.5',
    title: 'File systems of hosts',
    definition:
      'Containers mount no sensitive folder of their host. The engine’s files belong to root, and only root can change them. Programs that run containers are unchanged, and something watches the host’s files.',
    sp80053: ['SI-7', 'AC-6'],
    questions: [
      byChecks(
        { id: 'mounts', text: 'The container mounts nothing sensitive of its host' },
        ids('CTR', [17, 18, 19, 20, 21, 22, 23]),
      ),
      byChecks(
        { id: 'engine-files', text: 'Only root can change the engine’s files' },
        ids('FIL', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]),
      ),
      byChecks({ id: 'host-files', text: 'Files of the host are guarded' }, ids('HST', [38, 58, 59, 69])),
    ],
  },
  {
    id: '4.6',
    title: 'Trust rooted in hardware',
    definition:
      'The host starts only what its hardware proves: secure boot is on, a TPM proves what started, and the kernel is locked down. Where the hardware is a provider’s, a person confirms its contract until a date.',
    sp80053: ['SI-7(9)'],
    questions: [
      byChecksOrDocument(
        { id: 'measured', text: 'The hardware proves what the host started' },
        ids('HST', [42, 43, 44]),
        'hardware-trust',
      ),
    ],
  },
];
