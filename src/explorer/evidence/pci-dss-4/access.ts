import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { data, logins, papers, people, premises } = outsideReasons;

const otherAccounts = beyond(
  'Accounts of applications and directories are not seen. A review of them would assess this.',
);

/** Requirements 7, 8 and 9: access by need, logins, and premises. */
export const accessRequirements: readonly Control[] = [
  ...outside(papers, { '7.1': 'Duties for access are written down', '7.2.1': 'A model says who may do what' }),
  mapped(
    {
      id: '7.2.2',
      title: 'People get the rights that their work needs',
      definition: 'Only named accounts control engines, and tokens of this console are limited to what they are for.',
    },
    [...asked('4.3.1/scopes', '4.3.1/engine-accounts', '4.5.4/accounts'), otherAccounts],
  ),
  ...outside(people, {
    '7.2.3': 'Rights are approved',
    '7.2.4': 'Accounts are reviewed twice a year',
  }),
  mapped(
    {
      id: '7.2.5',
      title: 'Accounts of programs have few rights',
      definition:
        'Images and processes do not run as root, containers have few capabilities, and tokens, service accounts and rights to push are limited.',
    },
    [
      ...asked('4.3.1/scopes', '4.3.1/cluster-roles', '4.2.3/push-rights'),
      checked('Programs run without root and without unusual capabilities', [
        ...ids('IMG', [1, 2]),
        ...ids('CTR', [1, 5, 65]),
      ]),
    ],
  ),
  ...outside(data, { '7.2.6': 'Queries of stored card data are limited' }),
  mapped(
    {
      id: '7.3.1',
      title: 'A system limits access',
      definition:
        'A plugin judges every request to an engine, registries refuse callers who have not signed in, and kubelets ask the cluster.',
    },
    [
      ...asked('4.3.1/engine-requests', '4.2.3/anonymous'),
      checked('The kubelet asks the cluster what a caller may do', ids('HST', [48])),
      otherAccounts,
    ],
  ),
  ...outside(logins, { '7.3.2': 'The system enforces the rights of groups and roles' }),
  mapped(
    {
      id: '7.3.3',
      title: 'What nobody allowed is refused',
      definition:
        'Sockets of engines are closed to others, kubelets refuse anonymous calls, and a gate of every host blocks.',
    },
    [
      ...asked('4.1.5/gate-blocks'),
      checked('Sockets and kubelets are closed to strangers', [...ids('FIL', [15, 16, 24]), ...ids('HST', [47])]),
      otherAccounts,
    ],
  ),
  ...outside(papers, { '8.1': 'Duties for logins are written down' }),
  mapped(
    {
      id: '8.2.1',
      title: 'Each person has an own account',
      definition: 'Each administrator of the console is one person, and only root has uid 0.',
    },
    [
      ...asked('4.3.1/administrators'),
      checked('No two accounts are one', [...ids('HST', [61]), ...ids('IMG', [48])]),
      otherAccounts,
    ],
  ),
  mapped(
    {
      id: '8.2.2',
      title: 'Shared accounts are an exception',
      definition: 'No administrator of the console is shared, and it is known who had each container made.',
    },
    [...asked('4.3.1/administrators', '4.4.5/principal'), otherAccounts],
  ),
  ...outside(logins, { '8.2.3': 'Providers log in differently at each customer' }),
  ...outside(people, {
    '8.2.4': 'Accounts are added and removed by approval',
    '8.2.5': 'People who left have no access',
  }),
  mapped(
    {
      id: '8.2.6',
      title: 'Accounts that nobody uses are closed',
      definition: 'No account of the console is dormant for more than 90 days.',
    },
    [...asked('4.3.2/dormant'), otherAccounts],
  ),
  ...outside(logins, {
    '8.2.7': 'Access of vendors is open only while it is needed',
    '8.2.8': 'Sessions that nobody uses ask for a login again',
  }),
  mapped(
    {
      id: '8.3.1',
      title: 'Every login asks for a proof',
      definition:
        'No account has an empty password, nobody logs in over SSH with a password, and engines ask for client certificates.',
    },
    [
      ...asked('4.3.2/engine-api'),
      checked('No login works without a proof', [...ids('HST', [27, 62]), ...ids('IMG', [47])]),
      otherAccounts,
    ],
  ),
  mapped(
    {
      id: '8.3.2',
      title: 'Passwords are never kept or sent in the clear',
      definition: 'Hosts keep no password of a registry in clear text, and proxy settings of engines hold none.',
    },
    [...asked('4.2.3/passwords'), checked('Proxy settings hold no password', ids('DMN', [34])), otherAccounts],
  ),
  ...outside(logins, {
    '8.3.3': 'Who asks for another password is identified first',
    '8.3.4': 'Wrong logins lock an account for some time',
    '8.3.5': 'First passwords are unique and changed at once',
    '8.3.6': 'Passwords are long and mixed',
    '8.3.7': 'Old passwords are not used again',
    '8.3.8': 'People know how to guard their passwords',
    '8.3.9': 'Passwords that stand alone are changed regularly',
    '8.3.10': 'Customers of providers get advice about passwords',
    '8.3.11': 'Tokens and certificates belong to one person',
  }),
  mapped(
    {
      id: '8.4.1',
      title: 'Administrators prove themselves twice',
      definition:
        'Nobody logs in to a host over SSH with a password alone. A person confirms that the identity provider of the console asks for a second factor.',
    },
    [
      ...asked('4.3.2/second-factor'),
      checked('Nobody logs in over SSH with a password', ids('HST', [27])),
      otherAccounts,
    ],
  ),
  ...outside(logins, {
    '8.4.2': 'All access to card data asks for two proofs',
    '8.4.3': 'Access from outside asks for two proofs',
    '8.5': 'Second proofs cannot be replayed or left out',
    '8.6.1': 'Nobody signs in with an account of a program unless it is needed',
  }),
  mapped(
    {
      id: '8.6.2',
      title: 'No password is written into programs and settings',
      definition:
        'Layers, build history, environment variables, labels and command lines hold no secret, and services get theirs from the swarm.',
    },
    asked('4.1.4/images', '4.1.4/containers', '4.1.4/services'),
  ),
  ...outside(logins, { '8.6.3': 'Passwords of programs are changed regularly' }),
  ...outside(papers, { '9.1': 'Duties for premises are written down' }),
  ...outside(premises, {
    '9.2': 'Entry to rooms with card data is controlled',
    '9.3': 'Staff and visitors are admitted and identified',
    '9.4': 'Media with card data are guarded and destroyed',
    '9.5': 'Payment terminals are guarded from tampering',
  }),
];
