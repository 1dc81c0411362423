import { byChecks, byDocument, byNothing, byProduct, ids } from '../ask.ts';
import type { Control } from '../control.ts';

/** Section 4.3: the orchestrator. Without a cluster the engine's API and this console stand in for it. */
export const orchestratorControls: readonly Control[] = [
  {
    id: '4.3.1',
    title: 'Least privilege of administrators',
    definition:
      'Each administrator of the console is one person who still signs in, and each token may only do what it is for. Only named accounts control the engine, and a plugin judges every request to it. Where no cluster is connected, the engine’s API stands in for the orchestrator.',
    sp80053: ['AC-2', 'AC-6'],
    questions: [
      byProduct(
        { id: 'administrators', text: 'Each administrator of the console is one person who still signs in' },
        'console-administrators',
      ),
      byProduct({ id: 'scopes', text: 'Tokens of the console are limited to what they are for' }, 'console-scopes'),
      byChecks({ id: 'engine-accounts', text: 'Only named accounts control the engine' }, ids('HST', [2])),
      byChecks({ id: 'engine-requests', text: 'A plugin judges every request to the engine' }, ids('DMN', [12])),
      byProduct({ id: 'cluster-roles', text: 'No service account administers a cluster' }, 'cluster-roles'),
    ],
  },
  {
    id: '4.3.2',
    title: 'Access to the orchestrator',
    definition:
      'The engine’s API asks for a client certificate and listens on no wildcard address. Managers of a swarm and kubelets are as closed. No account of the console is dormant for more than 90 days. A person confirms that the identity provider asks for a second factor.',
    sp80053: ['IA-2', 'AC-17'],
    questions: [
      byChecks({ id: 'engine-api', text: 'The engine’s API is closed to strangers' }, [
        ...ids('DMN', [7, 21, 23]),
        ...ids('SWM', [2]),
      ]),
      byChecks({ id: 'kubelet', text: 'The kubelet is closed to strangers' }, ids('HST', [47, 48, 49])),
      byProduct({ id: 'dormant', text: 'No account of the console is dormant' }, 'console-dormant'),
      byDocument({ id: 'second-factor', text: 'The identity provider asks for a second factor' }, 'second-factor'),
    ],
  },
  {
    id: '4.3.3',
    title: 'Traffic between containers is separated',
    definition:
      'Containers of different sensitivity share no network and do not reach each other. Overlay networks are encrypted. What containers really talk to is compared with their labels.',
    sp80053: ['SC-7', 'AC-4'],
    questions: [
      byChecks({ id: 'separate', text: 'Networks separate containers of different sensitivity' }, [
        ...ids('DMN', [2]),
        ...ids('CTR', [30, 61, 83]),
      ]),
      byChecks({ id: 'encrypted', text: 'Overlay networks are encrypted' }, ids('SWM', [3])),
      byNothing(
        { id: 'flows', text: 'No observed connection crosses a level of sensitivity' },
        'Connections between containers are not observed yet. Observing them would assess this.',
      ),
    ],
  },
  {
    id: '4.3.4',
    title: 'Sensitivity levels are not mixed',
    definition:
      'All containers of a network, and all containers of a host, have one level of sensitivity, as the label seawall.sensitivity says.',
    sp80053: ['SC-2', 'SC-3'],
    questions: [
      byChecks({ id: 'networks', text: 'All containers of a network have one sensitivity' }, ids('CTR', [83])),
      byChecks({ id: 'hosts', text: 'All containers of a host have one sensitivity' }, ids('CTR', [84])),
    ],
  },
  {
    id: '4.3.5',
    title: 'Trusted nodes',
    definition:
      'Every engine and node has an agent that joined, whose certificate is valid, and which reports. Managers of a swarm stay locked after a restart, and certificates of nodes are renewed.',
    sp80053: ['IA-3', 'CM-8'],
    questions: [
      byProduct({ id: 'joined', text: 'The host has an agent that joined' }, 'agent-joined'),
      byProduct({ id: 'certificate', text: 'The certificate of its agent is valid' }, 'agent-certificate'),
      byProduct({ id: 'reporting', text: 'Its agent reports' }, 'agent-reporting'),
      byChecks({ id: 'swarm', text: 'Keys and certificates of the swarm are guarded' }, ids('SWM', [5, 6, 7, 8])),
    ],
  },
];
