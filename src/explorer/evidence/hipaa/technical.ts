import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { data, logins, recovery } = outsideReasons;

const applications = beyond(
  'What applications do with health data is not seen. A review of each of them would assess this.',
);

/** 164.312: technical safeguards. */
export const technicalSafeguards: readonly Control[] = [
  mapped(
    {
      id: '164.312(a)(1)',
      title: 'Only who is allowed to has access',
      definition:
        'Only named accounts control engines, sockets are closed to others, files of engines belong to root, and containers mount nothing sensitive of their host.',
    },
    [
      ...asked('4.3.1/engine-accounts', '4.3.1/engine-requests', '4.5.5/mounts', '4.5.5/engine-files'),
      checked('Programs run without root and without unusual capabilities', [
        ...ids('IMG', [1, 2]),
        ...ids('CTR', [1, 5, 65]),
      ]),
      applications,
    ],
  ),
  mapped(
    {
      id: '164.312(a)(2)(i)',
      title: 'Each user has an own name',
      definition: 'Each administrator of the console is one person, and only root has uid 0.',
    },
    [
      ...asked('4.3.1/administrators'),
      checked('No two accounts are one', [...ids('HST', [61]), ...ids('IMG', [48])]),
      applications,
    ],
  ),
  ...outside(recovery, { '164.312(a)(2)(ii)': 'Health data can be reached in an emergency' }),
  ...outside(logins, { '164.312(a)(2)(iii)': 'Sessions end when nobody uses them' }),
  ...outside(data, { '164.312(a)(2)(iv)': 'Stored health data is encrypted' }),
  mapped(
    {
      id: '164.312(b)',
      title: 'Activity is recorded',
      definition:
        'Hosts audit what controls their engines, logs are kept and logins are recorded elsewhere. It is known who had each container made and who pushed images.',
    },
    [...asked('4.5.4/audited', '4.5.4/logs', '4.5.4/delivered', '4.4.5/principal', '4.2.3/push-records'), applications],
  ),
  mapped(
    {
      id: '164.312(c)(1)',
      title: 'Data and programs are not changed unseen',
      definition:
        'Something watches the files of hosts, programs of packages are unchanged, root file systems are read-only, and the origin of images is proven.',
    },
    [
      ...asked('4.5.5/host-files', '4.1.3/unchanged', '4.1.3/no-drift', '4.4.4/settings', '4.1.5/origin-proven'),
      applications,
    ],
  ),
  ...outside(data, { '164.312(c)(2)': 'It can be shown that health data was not changed' }),
  mapped(
    {
      id: '164.312(d)',
      title: 'People and programs prove who they are',
      definition:
        'Engines ask for client certificates, registries and kubelets refuse strangers, and agents hold valid certificates. A person confirms that the identity provider of the console asks for a second factor.',
    },
    [
      ...asked('4.3.2/engine-api', '4.3.2/kubelet', '4.2.3/anonymous', '4.3.5/certificate', '4.3.2/second-factor'),
      checked('Nobody logs in over SSH with a password', ids('HST', [27])),
      applications,
    ],
  ),
  mapped(
    {
      id: '164.312(e)(1)',
      title: 'Data is guarded on its way',
      definition: 'Registries and engines are reached over TLS that is verified, and overlay networks are encrypted.',
    },
    [...asked('4.2.1/encrypted', '4.2.1/no-exceptions', '4.3.2/engine-api', '4.3.3/encrypted'), applications],
  ),
  ...outside(data, { '164.312(e)(2)(i)': 'Changes of data on its way are noticed' }),
  mapped(
    {
      id: '164.312(e)(2)(ii)',
      title: 'Data is encrypted on its way',
      definition: 'Overlay networks are encrypted, and no image switches the verification of certificates off.',
    },
    [
      ...asked('4.3.3/encrypted'),
      checked('Images verify the certificates of servers', ids('IMG', [38, 55])),
      applications,
    ],
  ),
];
