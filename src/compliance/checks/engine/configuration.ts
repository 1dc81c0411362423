import type { EngineShape } from '#inventory/index.ts';
import { fail, failIfAny, type Judgement, notApplicable, pass, warn } from '../../judgement.ts';
import { engineCheck, failUnlessInForce, inFile } from './engine-check.ts';

/** How the engine is set up as a whole. */
export const configurationChecks = [
  engineCheck({
    id: 'DMN-005',
    title: 'The engine verifies the TLS of every registry',
    why: 'Otherwise anyone on the way can serve any image under a trusted name, and read the password.',
    remedy: {
      engine: 'Remove the entries of insecure-registries from daemon.json; give the registry a certificate',
    },
    severity: 'high',
    nist: ['4.2.1'],
    cis: ['2.5'],
    version: 1,
    needs: ['insecureRegistries'],
    judge: ({ insecureRegistries }) => failIfAny(insecureRegistries.filter((one) => !isBuiltIn(one))),
  }),
  engineCheck({
    id: 'DMN-015',
    title: 'Containers keep running while the engine restarts',
    why: 'Otherwise an update of the engine stops every application, and people put it off.',
    remedy: { engine: inFile('live-restore', true) },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['2.15'],
    version: 1,
    needs: ['liveRestore', 'swarmState', 'notInForce'],
    judge: ({ liveRestore, swarmState, notInForce }) =>
      swarmState === 'active'
        ? notApplicable('An engine in a swarm cannot keep containers while it restarts.')
        : failUnlessInForce(liveRestore ? [] : ['live-restore is off'], 'live-restore', notInForce),
  }),
  engineCheck({
    id: 'DMN-020',
    title: 'Swarm is off where nobody uses it',
    why: 'A swarm opens ports, and its managers can start containers on this host.',
    remedy: {
      engine: 'Run docker swarm leave --force, or add this engine to the list of engines in a swarm',
    },
    severity: 'medium',
    nist: ['4.3.5'],
    cis: ['5.1'],
    version: 1,
    needs: ['swarmState', 'name'],
    lists: ['swarm-engines'],
    judge: ({ swarmState, name }, { lists }) =>
      swarmState === 'inactive' || lists['swarm-engines'].includes(name) ? pass : fail(`swarm is ${swarmState}`),
  }),
  engineCheck({
    id: 'DMN-026',
    title: 'Builds cannot leave their sandbox',
    why: 'With these entitlements, a build can run steps with every privilege, or in the host’s network.',
    remedy: {
      engine: inFile('builder', { Entitlements: { 'network-host': false, 'security-insecure': false } }),
    },
    severity: 'high',
    nist: ['4.4.3'],
    version: 1,
    needs: ['builderEntitlements'],
    judge: ({ builderEntitlements: { securityInsecure, networkHost } }) => {
      if (securityInsecure) return fail('security.insecure', ...(networkHost ? ['network.host'] : []));
      return networkHost ? warn('network.host') : pass;
    },
  }),
  engineCheck({
    id: 'DMN-029',
    title: 'The engine records where images came from',
    why: 'Only containerd’s image store records the registry from which an image was pulled.',
    remedy: { engine: inFile('features', { 'containerd-snapshotter': true }) },
    severity: 'low',
    nist: ['4.1.5'],
    version: 1,
    needs: ['hasContainerdStore'],
    judge: ({ hasContainerdStore }) => (hasContainerdStore ? pass : fail('Docker’s own image store')),
  }),
  engineCheck({
    id: 'DMN-030',
    title: 'Old versions of the API are not enabled again',
    why: 'They lack restrictions of newer ones, and clients that need them are no longer maintained.',
    remedy: {
      engine: 'Remove DOCKER_MIN_API_VERSION from the unit and min-api-version from daemon.json; restart',
    },
    severity: 'low',
    nist: ['4.4.3'],
    version: 1,
    needs: ['minimumApi'],
    judge: ({ minimumApi }) =>
      minimumApi.setBy === 'default' || isAtLeast140(minimumApi.version)
        ? pass
        : fail(
            `API ${minimumApi.version} by ${minimumApi.setBy === 'environment' ? 'DOCKER_MIN_API_VERSION' : 'min-api-version'}`,
          ),
  }),
  engineCheck({
    id: 'DMN-034',
    title: 'Proxy settings hold no password',
    why: 'Everyone who may ask the engine for its settings can read them.',
    remedy: {
      engine: 'Remove user and password from the address of the proxy; let the proxy accept this host by its address',
    },
    severity: 'low',
    nist: ['4.1.4'],
    version: 1,
    needs: ['proxiesWithCredentials'],
    judge: ({ proxiesWithCredentials }) => failIfAny(proxiesWithCredentials),
  }),
  engineCheck({
    id: 'DMN-036',
    title: 'The engine runs with the configuration that was approved',
    why: 'A change that nobody approved matters even if every other check passes.',
    remedy: { engine: 'Undo the change and restart the engine, or approve the new configuration' },
    severity: 'medium',
    nist: ['4.4.3'],
    version: 1,
    needs: ['configuration', 'notInForce'],
    lists: ['engine-configurations'],
    judge: (facts, { lists }) => baseline(facts, lists['engine-configurations']),
  }),
];

function baseline(
  { configuration, notInForce }: Pick<EngineShape, 'configuration' | 'notInForce'>,
  approved: readonly string[],
): Judgement {
  if (!approved.includes(configuration)) return fail(configuration);
  return notInForce.length === 0 ? pass : warn(...notInForce.map((name) => `${name} is written, not in force`));
}

/** Loopback, which every engine asks without TLS whatever its settings are. */
function isBuiltIn(registry: string): boolean {
  return (
    ['127.0.0.0/8', '::1/128'].includes(registry) ||
    /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?$/.test(registry)
  );
}

function isAtLeast140(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 40);
}
