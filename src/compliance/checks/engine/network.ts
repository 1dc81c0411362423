import { fail, failIfAny, notApplicable, pass } from '../../judgement.ts';
import { engineCheck, failUnlessInForce, inFile } from './engine-check.ts';
import { isLoopback, isWildcard, shown } from './address.ts';

/** Traffic of containers, and doors of the engine itself. */
export const networkChecks = [
  engineCheck({
    id: 'DMN-002',
    title: 'Containers on the default bridge do not reach each other',
    why: 'Otherwise a container that is taken over can attack every other one that names no network.',
    remedy: { engine: inFile('icc', false) },
    severity: 'medium',
    nist: ['4.3.3', '4.4.2'],
    cis: ['2.2'],
    version: 1,
    needs: ['defaultBridge', 'notInForce'],
    judge: ({ defaultBridge, notInForce }) =>
      defaultBridge.kind === 'none'
        ? notApplicable('The engine has no default bridge.')
        : failUnlessInForce(
            defaultBridge.letsContainersTalk ? ['containers on the default bridge reach each other'] : [],
            'icc',
            notInForce,
          ),
  }),
  engineCheck({
    id: 'DMN-004',
    title: 'The engine manages the packet filter',
    why: 'Without its rules, container networks are not separated and published ports are not limited.',
    remedy: { engine: 'Remove "iptables": false and "ip6tables": false from daemon.json and restart the engine' },
    severity: 'high',
    nist: ['4.4.2', '4.3.3'],
    cis: ['2.4'],
    version: 1,
    needs: ['iptables', 'ip6tables', 'usesIpv6'],
    judge: ({ iptables, ip6tables, usesIpv6 }) =>
      failIfAny([
        ...(iptables ? [] : ['iptables is off']),
        ...(usesIpv6 && !ip6tables ? ['ip6tables is off and a network has IPv6'] : []),
      ]),
  }),
  engineCheck({
    id: 'DMN-007',
    title: 'Every TCP listener of the engine requires a client certificate',
    why: 'Whoever can use the API is root on the host.',
    remedy: {
      engine: 'Remove the tcp:// host, or start the engine with --tlsverify and --tlscacert, --tlscert, --tlskey',
    },
    severity: 'critical',
    nist: ['4.3.2', '4.4.3'],
    cis: ['2.7'],
    version: 1,
    needs: ['apiAnswers'],
    judge: ({ apiAnswers }) =>
      failIfAny(
        apiAnswers
          .filter(({ answer }) => answer !== 'refused')
          .map((one) => `${shown(one)} ${one.answer === 'plain' ? 'without TLS' : 'without a client certificate'}`),
      ),
  }),
  engineCheck({
    id: 'DMN-021',
    title: 'The engine’s API listens on no wildcard address',
    why: 'Otherwise it is open on every network that the host joins.',
    remedy: { engine: 'Name one address of the management network in hosts: tcp://10.0.0.5:2376' },
    severity: 'high',
    nist: ['4.3.2'],
    cis: ['2.7'],
    version: 1,
    needs: ['apiListeners'],
    judge: ({ apiListeners }) => failIfAny(apiListeners.filter(isWildcard).map(shown)),
  }),
  engineCheck({
    id: 'DMN-016',
    title: 'No userland proxy runs for published ports',
    why: 'Each proxy is one more process of root that handles traffic from outside; the kernel can do the same.',
    remedy: { engine: inFile('userland-proxy', false) },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['2.16'],
    version: 1,
    needs: ['userland-proxy', 'proxyProcesses', 'notInForce'],
    judge: ({ 'userland-proxy': isOn, proxyProcesses, notInForce }) =>
      failUnlessInForce(
        [
          ...(isOn ? ['userland-proxy is on'] : []),
          ...(proxyProcesses === 'none' ? [] : ['docker-proxy processes run']),
        ],
        'userland-proxy',
        notInForce,
      ),
  }),
  engineCheck({
    id: 'DMN-023',
    title: 'The engine’s metrics are private',
    why: 'They show anyone what runs here, how much and how it fails.',
    remedy: { engine: 'Remove metrics-addr from daemon.json, or name an address of loopback: 127.0.0.1:9323' },
    severity: 'medium',
    nist: ['4.3.2'],
    version: 1,
    needs: ['metrics-addr'],
    judge: ({ 'metrics-addr': address }) => (address === '' || isLoopback(address) ? pass : fail(address)),
  }),
  engineCheck({
    id: 'DMN-024',
    title: 'The network diagnostic port is closed',
    why: 'It lets anyone on the host read and change the networks of containers.',
    remedy: { engine: inFile('network-diagnostic-port', 0) },
    severity: 'medium',
    nist: ['4.3.2'],
    version: 1,
    needs: ['network-diagnostic-port'],
    judge: ({ 'network-diagnostic-port': port }) => (port === 0 ? pass : fail(`port ${port}`)),
  }),
  engineCheck({
    id: 'DMN-025',
    title: 'Other machines cannot reach addresses of containers directly',
    why: 'Otherwise ports that were never published are open to every machine of the same network.',
    remedy: {
      engine: 'Remove allow-direct-routing and ip-forward-no-drop from daemon.json and restart the engine',
    },
    severity: 'medium',
    nist: ['4.4.2', '4.3.3'],
    version: 1,
    needs: ['allow-direct-routing', 'ip-forward-no-drop'],
    judge: (settings) =>
      failIfAny((['allow-direct-routing', 'ip-forward-no-drop'] as const).filter((name) => settings[name])),
  }),
];
