import type { HostShape } from '#inventory/index.ts';
import type { Lists } from '../../lists/index.ts';
import { file, folder } from './host-testing.ts';

type State = 'pass' | 'fail' | 'warn' | 'not-applicable' | 'error';
/** A check, what is other than on a sound host, and what the check makes of it. */
export type Row = readonly [
  id: string,
  change: Partial<HostShape>,
  state: State,
  seen?: readonly string[] | undefined,
  lists?: Lists,
];

/** A way that only root can go. */
export const shut = [folder('/'), folder('/etc/secret', { mode: 0o700 })];

/** Rows of the checks of files. */
export const fileRows: readonly Row[] = [
  ['FIL-001', { engineService: [file('/u', { gid: 5 })] }, 'fail', ['/u 0:5']],
  ['FIL-001', { engineService: [file('/u'), file('/u.d/x.conf', { uid: 7 })] }, 'fail', ['/u.d/x.conf 7:0']],
  ['FIL-001', { engineService: [] }, 'not-applicable'],
  ['FIL-002', { engineService: [file('/u', { mode: 0o622 })] }, 'fail', ['/u 0622']],
  ['FIL-002', { engineService: [file('/u', { mode: 0o577 })] }, 'fail', ['/u 0577']],
  ['FIL-002', { engineService: [file('/u', { mode: 0o4644 })] }, 'fail', ['/u 4644']],
  ['FIL-002', { engineService: [file('/u', { mode: 0o600 })] }, 'pass'],
  ['FIL-003', { engineSocketUnit: [file('/s', { uid: 1 })] }, 'fail', ['/s 1:0']],
  ['FIL-004', { engineSocketUnit: [file('/s', { mode: 0o664 })] }, 'fail', ['/s 0664']],
  ['FIL-005', { engineFolder: [file('/etc/docker', { gid: 998 })] }, 'fail', ['/etc/docker 0:998']],
  ['FIL-006', { engineFolder: [file('/etc/docker', { mode: 0o775 })] }, 'fail', ['/etc/docker 0775']],
  ['FIL-007', { registryCertificates: [file('/c/ca.pem', { uid: 9 })] }, 'fail', ['/c/ca.pem 9:0']],
  ['FIL-007', { registryCertificates: [] }, 'not-applicable'],
  ['FIL-008', { registryCertificates: [file('/c/ca.crt')] }, 'fail', ['/c/ca.crt 0644']],
  ['FIL-008', { registryCertificates: [file('/c/a.key', { mode: 0o440 })] }, 'fail', ['/c/a.key 0440']],
  ['FIL-008', { registryCertificates: [] }, 'not-applicable'],
  ['FIL-009', { tlsAuthority: [file('/ca', { uid: 3 })] }, 'fail', ['/ca 3:0']],
  ['FIL-009', { tlsAuthority: [] }, 'not-applicable'],
  ['FIL-010', { tlsAuthority: [file('/ca', { mode: 0o464 })] }, 'fail', ['/ca 0464']],
  ['FIL-011', { tlsCertificate: [file('/cert', { uid: 3 })] }, 'fail', ['/cert 3:0']],
  ['FIL-012', { tlsCertificate: [file('/cert')] }, 'fail', ['/cert 0644']],
  ['FIL-013', { tlsKey: [file('/key', { gid: 3 })] }, 'fail', ['/key 0:3']],
  ['FIL-014', { tlsKey: [file('/key', { mode: 0o404 })] }, 'fail', ['/key 0404']],
  ['FIL-014', { tlsKey: [file('/key', { mode: 0o444, parents: shut })] }, 'pass'],
  ['FIL-014', { tlsKey: [file('/key', { mode: 0o600, parents: shut })] }, 'fail', ['/key 0600']],
  [
    'FIL-014',
    { tlsKey: [file('/key', { mode: 0o404, parents: [folder('/home/a', { mode: 0o700, uid: 1000 })] })] },
    'fail',
    ['/key 0404'],
  ],
  [
    'FIL-014',
    { tlsKey: [file('/key', { mode: 0o444, parents: [folder('/etc/x', { mode: 0o710 })] })] },
    'fail',
    ['/key 0444'],
  ],
  ['FIL-015', { engineSockets: [file('/d', { gid: 100 })] }, 'fail', ['/d 0:100']],
  ['FIL-015', { engineSockets: [file('/d', { uid: 1000, gid: 998 })] }, 'fail', ['/d 1000:998']],
  ['FIL-015', { engineSockets: [file('/d', { uid: 1000, gid: 1000 })], engineUser: 1000 }, 'pass'],
  [
    'FIL-015',
    { engineSockets: [file('/d', { gid: 100 })], engineGroup: { name: 'x', members: [] } },
    'fail',
    ['/d 0:100'],
  ],
  ['FIL-015', { engineSockets: [file('/d')] }, 'pass'],
  ['FIL-015', { engineSockets: [] }, 'not-applicable'],
  ['FIL-016', { engineSockets: [file('/d', { mode: 0o666 })] }, 'fail', ['/d 0666']],
  ['FIL-016', { engineSockets: [file('/d', { mode: 0o666, parents: shut })] }, 'fail', ['/d 0666']],
  ['FIL-016', { socketsWithAccessLists: ['/run/docker.sock'] }, 'fail', ['/run/docker.sock has an access list']],
  ['FIL-016', { engineSockets: [] }, 'not-applicable'],
  ['FIL-017', { engineConfig: [file('/d.json', { uid: 2 })] }, 'fail', ['/d.json 2:0']],
  ['FIL-017', { engineConfig: [] }, 'not-applicable'],
  ['FIL-018', { engineConfig: [file('/d.json', { mode: 0o646 })] }, 'fail', ['/d.json 0646']],
  ['FIL-019', { engineDefaults: [file('/d', { uid: 2 })] }, 'fail', ['/d 2:0']],
  ['FIL-020', { engineDefaults: [file('/d', { mode: 0o2644 })] }, 'fail', ['/d 2644']],
  ['FIL-021', { engineSysconfig: [file('/d', { mode: 0o666 })] }, 'fail', ['/d 0666']],
  ['FIL-022', { engineSysconfig: [file('/d', { gid: 2 })] }, 'fail', ['/d 0:2']],
  ['FIL-023', { containerdSocket: [file('/c', { gid: 2 })] }, 'fail', ['/c 0:2']],
  ['FIL-024', { containerdSocket: [file('/c', { mode: 0o661 })] }, 'fail', ['/c 0661']],
  ['FIL-024', { containerdSocket: [] }, 'not-applicable'],
  [
    'FIL-025',
    { tlsKey: [file('/srv/k/key', { parents: [folder('/srv', { mode: 0o777 }), folder('/srv/k', { uid: 8 })] })] },
    'fail',
    ['/srv 0777', '/srv/k 8:0'],
  ],
  ['FIL-025', { tlsKey: [file('/tmp/key', { parents: [folder('/tmp', { mode: 0o1777 })] })] }, 'fail', ['/tmp 1777']],
  ['FIL-026', { dataRoot: [file('/d', { mode: 0o751 })] }, 'fail', ['/d 0751']],
  ['FIL-026', { dataRoot: [file('/d', { uid: 6, mode: 0o700 })] }, 'fail', ['/d 6:0']],
  ['FIL-026', { dataRoot: [] }, 'not-applicable'],
];
