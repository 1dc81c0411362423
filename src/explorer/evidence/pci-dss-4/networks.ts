import { ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { asked, beyond, checked, mapped, outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { networks, papers, wireless } = outsideReasons;

/** Requirements 1 and 2: networks, and how systems are configured. */
export const networkRequirements: readonly Control[] = [
  ...outside(papers, { '1.1': 'Duties for network security are written down' }),
  ...outside(networks, {
    '1.2.1': 'Rules of firewalls follow a standard',
    '1.2.2': 'Changes of networks are approved',
    '1.2.3': 'A diagram shows the networks around card data',
    '1.2.4': 'A diagram shows where card data flows',
  }),
  mapped(
    {
      id: '1.2.5',
      title: 'Only approved services and ports are open',
      definition:
        'Containers publish approved ports, images declare allowed ones, and only known services of a host accept connections.',
    },
    [
      ...asked('4.4.2/ports'),
      checked('Images declare allowed ports, and only known services of the host accept connections', [
        ...ids('IMG', [16]),
        ...ids('HST', [26]),
      ]),
      beyond('Services of other systems are not seen. A list of them with reasons would assess this.'),
    ],
  ),
  ...outside(networks, {
    '1.2.6': 'Insecure services that are needed are guarded',
    '1.2.7': 'Rules of firewalls are reviewed twice a year',
    '1.2.8': 'Settings of firewalls are protected and in force',
  }),
  mapped(
    {
      id: '1.3.1',
      title: 'Incoming connections are limited',
      definition:
        'The packet filter of a host refuses what no rule allows. Published ports are bound to one address, and addresses of containers are not reached directly.',
    },
    [
      checked('The host and its engine refuse connections that nobody allowed', [
        ...ids('HST', [55]),
        ...ids('DMN', [4, 25]),
        ...ids('CTR', [29]),
      ]),
      beyond('Firewalls before the hosts are not seen. A review of their rules would assess this.'),
    ],
  ),
  ...outside(
    'Connections of containers to the outside are not limited or observed yet. A network policy for each container would assess this.',
    { '1.3.2': 'Outgoing connections are limited' },
  ),
  ...outside(wireless, { '1.3.3': 'Wireless networks are kept apart from card data' }),
  ...outside(networks, {
    '1.4': 'Trusted and untrusted networks are kept apart',
    '1.5': 'Devices that join both kinds of networks are guarded',
  }),
  ...outside(papers, { '2.1': 'Duties for secure settings are written down' }),
  mapped(
    {
      id: '2.2.1',
      title: 'Systems follow a standard for secure settings',
      definition:
        'Images, containers, engines and kernels are configured as the checks of this product require, and what hosts report is evaluated within 10 minutes.',
    },
    asked('4.1.2/configuration', '4.4.3/containers', '4.4.3/engines', '4.5.2/kernel', '4.4.3/evaluated'),
  ),
  mapped(
    {
      id: '2.2.2',
      title: 'Accounts that vendors ship cannot be abused',
      definition: 'No account of an image or a host has an empty password, and only root has uid 0.',
    },
    [
      checked('No account has an empty password, and only root has uid 0', [
        ...ids('IMG', [47, 48]),
        ...ids('HST', [61, 62]),
      ]),
      beyond('Passwords of applications and databases are not seen. A test of each login would assess this.'),
    ],
  ),
  mapped(
    {
      id: '2.2.3',
      title: 'Functions of different sensitivity are kept apart',
      definition:
        'Containers of one host, of one network and of shared namespaces have one sensitivity, as the label seawall.sensitivity says.',
    },
    [
      ...asked('4.3.4/networks', '4.3.4/hosts'),
      checked('Containers of different sensitivity share no network and no processes', ids('CTR', [31, 39])),
    ],
  ),
  mapped(
    {
      id: '2.2.4',
      title: 'Systems hold only what they need',
      definition:
        'Images hold no build tools, network tools or SSH server. Hosts have few packages, known services and no rare protocols, and no swarm that nobody uses.',
    },
    [
      ...asked('4.5.1/small'),
      checked('Images, hosts and engines have no program, module or mode that they do not need', [
        ...ids('IMG', [13, 14, 50]),
        ...ids('HST', [67]),
        ...ids('DMN', [20]),
      ]),
    ],
  ),
  mapped(
    {
      id: '2.2.5',
      title: 'Insecure services are off or guarded',
      definition:
        'No remote shell is in images or containers, SSH refuses weak ciphers, and the engine enables no old version of its API.',
    },
    [
      checked('Remote shells and old protocols are off', [
        ...ids('IMG', [14, 15]),
        ...ids('CTR', [25]),
        ...ids('HST', [63]),
        ...ids('DMN', [30]),
      ]),
      beyond('Services inside applications are not seen. A list of them with reasons would assess this.'),
    ],
  ),
  mapped(
    {
      id: '2.2.6',
      title: 'Settings keep systems from being misused',
      definition: 'Containers gain no privileges, system calls are filtered, and the kernel of the host is hardened.',
    },
    [
      ...asked('4.5.2/kernel', '4.4.4/settings'),
      checked('Containers gain no privileges, and system calls are filtered', [
        ...ids('CTR', [47, 56, 66, 67]),
        ...ids('DMN', [14, 17]),
        ...ids('HST', [64, 66]),
      ]),
    ],
  ),
  mapped(
    {
      id: '2.2.7',
      title: 'Administrators connect by encrypted connections',
      definition:
        'The engine’s API asks for a client certificate, kubelets refuse strangers, and SSH refuses passwords and weak ciphers.',
    },
    [
      ...asked('4.3.2/engine-api', '4.3.2/kubelet'),
      checked('SSH refuses passwords and weak ciphers', ids('HST', [27, 63])),
      beyond('Administration of applications is not seen. A review of their listeners would assess this.'),
    ],
  ),
  ...outside(wireless, { '2.3': 'Wireless networks have settings and keys of their own' }),
];
