import { byChecks, byNothing, byProduct, ids } from '../ask.ts';
import type { Control } from '../control.ts';
import { blockLinesTried, blockRuleInForce, gateRefuses } from './shared-questions.ts';

/** Section 4.4: containers and what runs them. */
export const containerControls: readonly Control[] = [
  {
    id: '4.4.1',
    title: 'Vulnerabilities of the runtime',
    definition:
      'The packages of the engine, containerd and runc are known on every host, and advisories name no vulnerability of them that is high or critical.',
    sp80053: ['RA-5', 'SI-2'],
    questions: [
      byProduct(
        { id: 'packages', text: 'The programs that run containers have no vulnerability that fails' },
        'runtime-packages',
      ),
    ],
  },
  {
    id: '4.4.2',
    title: 'Network access of containers',
    definition:
      'Containers reach only what they need: a policy limits their connections to the outside, no refused connection is unexplained, and only approved ports are published.',
    sp80053: ['SC-7'],
    questions: [
      byChecks({ id: 'ports', text: 'Only approved ports are published' }, ids('CTR', [26, 27, 28, 29])),
      byNothing(
        { id: 'egress', text: 'A policy limits the connections of each container to the outside' },
        'Connections of containers to the outside are not limited yet. A network policy for each container would assess this.',
      ),
      byNothing(
        { id: 'flows', text: 'Listeners and connections are declared, and each refused connection is explained' },
        'Connections of containers are not observed yet. Observing them would assess this.',
      ),
    ],
  },
  {
    id: '4.4.3',
    title: 'Configuration of containers and runtime',
    definition:
      'Containers and engines are configured as required, and the configuration that takes effect is the one that was looked at, within the last 10 minutes. In prod a rule blocks what fails, and the gates were seen to refuse.',
    sp80053: ['CM-6', 'AC-6', 'CA-7'],
    questions: [
      byChecks(
        { id: 'containers', text: 'The container is configured as required' },
        ids(
          'CTR',
          [
            1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24, 30, 32, 33, 34, 37, 38, 39, 40, 41, 42, 43, 44,
            45, 46, 47, 49, 53, 54, 55, 56, 58, 60, 63, 66, 67, 68, 69, 70,
          ],
        ),
      ),
      byChecks(
        { id: 'engines', text: 'The engine is configured as required' },
        ids('DMN', [1, 7, 8, 9, 10, 14, 15, 16, 17, 22, 26, 27, 28, 30, 31, 32, 33, 36]),
      ),
      byProduct({ id: 'evaluated', text: 'What the host reported was evaluated within 10 minutes' }, 'evaluated'),
      blockRuleInForce,
      gateRefuses,
      blockLinesTried,
    ],
  },
  {
    id: '4.4.4',
    title: 'Anomalies at run time',
    definition:
      'Every running container has an active model of its behaviour and is armed with it at its current version. The sensor lost no event. Root file systems are read-only, system calls are filtered, and no incident is left open.',
    sp80053: ['SI-4', 'SI-7'],
    questions: [
      byProduct({ id: 'model-active', text: 'A model of the container’s behaviour is active' }, 'model-active'),
      byProduct({ id: 'armed', text: 'The container is armed at the current version' }, 'container-armed'),
      byProduct({ id: 'no-lost-events', text: 'The sensor of the host lost no event' }, 'no-lost-events'),
      byChecks(
        { id: 'settings', text: 'The container cannot change itself or gain privileges' },
        ids('CTR', [35, 48, 57]),
      ),
      byProduct({ id: 'image-programs', text: 'No incident about programs of others is open' }, 'no-drift'),
      byProduct({ id: 'incidents', text: 'Each incident of the container is handled' }, 'incidents-handled'),
    ],
  },
  {
    id: '4.4.5',
    title: 'No rogue containers',
    definition:
      'Every running container was admitted by a gate, and it is known who had it made. No container runs outside the engine’s view. Hosts of dev, test and prod joined with tokens of their own.',
    sp80053: ['CM-5', 'CM-8(3)', 'AU-10'],
    questions: [
      byProduct({ id: 'admitted', text: 'A gate admitted the container' }, 'container-admitted'),
      byChecks({ id: 'engine-view', text: 'Nothing runs outside the engine’s view' }, ids('HST', [39, 40])),
      byProduct({ id: 'principal', text: 'It is known who had the container made' }, 'creation-principal'),
      byProduct({ id: 'apart', text: 'A join token names one environment of the host' }, 'host-environment'),
    ],
  },
];
