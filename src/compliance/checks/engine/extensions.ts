import type { EngineRuntime } from '#inventory/index.ts';
import { fail, failIfAny, notApplicable, pass } from '../../judgement.ts';
import { isApprovedRuntime } from '../approved-runtime.ts';
import { engineCheck } from './engine-check.ts';

/** Programs and files that change what the engine does. */
export const extensionChecks = [
  engineCheck({
    id: 'DMN-012',
    title: 'An authorization plugin judges every request',
    why: 'Without one, whoever reaches the socket may start anything, and no record says who did.',
    remedy: { engine: 'Run seawall gate install on the host' },
    severity: 'critical',
    nist: ['4.3.1', '4.4.5'],
    cis: ['2.12'],
    version: 1,
    needs: ['authorizationPlugins'],
    lists: ['authorization-plugins'],
    judge: ({ authorizationPlugins: plugins }, { lists }) =>
      plugins.some((name) => lists['authorization-plugins'].includes(name))
        ? pass
        : fail(plugins.length === 0 ? 'no authorization plugin' : `only ${plugins.join(', ')}`),
  }),
  engineCheck({
    id: 'DMN-022',
    title: 'Only approved runtimes start containers',
    why: 'A runtime runs as root at every start, and can leave out any part of the isolation.',
    remedy: {
      engine: 'Remove the runtime from runtimes and default-runtime in daemon.json, or approve its path or hash',
    },
    severity: 'high',
    nist: ['4.4.1', '4.4.3'],
    version: 2,
    needs: ['runtimes', 'defaultRuntime'],
    lists: ['approved-runtimes'],
    judge: ({ runtimes, defaultRuntime }, { lists }) => {
      const isApproved = ({ name, path, sha256, isOurs }: EngineRuntime): boolean =>
        isOurs || isApprovedRuntime({ name, path, sha256 }, lists['approved-runtimes']);
      const unknown = runtimes.some(({ name }) => name === defaultRuntime)
        ? []
        : [`${defaultRuntime}, of no known path`];
      return failIfAny([
        ...unknown,
        ...runtimes
          .filter((runtime) => !isApproved(runtime))
          .toSorted((a, b) => Number(b.name === defaultRuntime) - Number(a.name === defaultRuntime))
          .map(({ name, path }) => `${name} ${path}${name === defaultRuntime ? ', the default' : ''}`),
      ]);
    },
  }),
  engineCheck({
    id: 'DMN-032',
    title: 'Only approved NRI plugins change containers',
    why: 'A plugin of the Node Resource Interface can rewrite a container after it was admitted.',
    remedy: { engine: 'Remove the plugin from its folder and restart the engine, or approve its hash' },
    severity: 'high',
    nist: ['4.4.3', '4.4.5'],
    version: 1,
    needs: ['nodeResourceInterface'],
    lists: ['nri-plugins'],
    judge: ({ nodeResourceInterface: nri }, { lists }) => {
      if (nri.kind === 'unknown-to-engine') return notApplicable('This engine has no Node Resource Interface.');
      if (nri.kind === 'off') return pass;
      return failIfAny(
        nri.plugins
          .filter(({ sha256 }) => !lists['nri-plugins'].includes(`sha256:${sha256}`))
          .map(({ path, sha256 }) => `${path} sha256:${sha256}`),
      );
    },
  }),
  engineCheck({
    id: 'DMN-033',
    title: 'Only approved managed plugins are enabled',
    why: 'A plugin runs on the host with the mounts and capabilities that it asked for when it was installed.',
    remedy: { engine: 'Run docker plugin disable NAME, or approve the plugin after reading what it may do' },
    severity: 'high',
    nist: ['4.4.3', '4.4.5'],
    version: 1,
    needs: ['managedPlugins'],
    lists: ['managed-plugins'],
    judge: ({ managedPlugins }, { lists }) =>
      failIfAny(
        managedPlugins
          .filter(({ reference }) => !lists['managed-plugins'].includes(reference))
          .map(({ reference, capabilities, mounts, allDevices }) =>
            [
              reference,
              ...capabilities.map((name) => `CAP_${name}`),
              ...mounts,
              ...(allDevices ? ['all devices'] : []),
            ].join(' '),
          ),
      ),
  }),
  engineCheck({
    id: 'DMN-035',
    title: 'Only root can change the device descriptions of the engine',
    why: 'Whoever can write to these folders decides which files and devices of the host a container gets.',
    remedy: { engine: 'Run chown root:root DIR && chmod 0755 DIR for each folder of cdi-spec-dirs' },
    severity: 'medium',
    nist: ['4.5.5'],
    version: 1,
    needs: ['deviceFolders', 'engineUid'],
    judge: ({ deviceFolders, engineUid }) => {
      if (deviceFolders.length === 0) return notApplicable('The engine reads no descriptions of devices.');
      return failIfAny(
        deviceFolders
          .filter(({ uid, mode }) => ![0, engineUid].includes(uid) || (mode & 0o022) !== 0)
          .map(({ path, uid, mode }) => `${path} uid ${uid} mode ${mode.toString(8).padStart(4, '0')}`),
      );
    },
  }),
];
