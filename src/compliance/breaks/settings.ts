import { namespaceChecks, type SettingsRule } from '../contract.ts';
import type { Break } from './break.ts';
import { confinementBreaks } from './confinement.ts';
import { hostFileBreaks, mounting } from './host-files.ts';
import { granting } from './privileges.ts';

/** What breaks a rule over settings; `undefined`: it refuses nothing as it is set, or nothing here breaks its kind. */
export function breakOfSettings(rule: SettingsRule): Break | undefined {
  switch (rule.kind) {
    case 'privileged':
      return privileged;
    case 'engine-socket':
      return hostFileBreaks['CTR-020'];
    case 'host-paths': {
      const [path] = rule.deny;
      return path === undefined ? undefined : mounting(path, 'ro');
    }
    case 'host-namespaces': {
      const [namespace] = rule.deny;
      if (namespace === undefined) return undefined;
      return namespace === 'user' ? hostsUser : confinementBreaks[namespaceChecks[namespace]];
    }
    case 'added-capabilities': {
      const name = unusual.find((one) => !rule.allow.includes(one));
      return name === undefined ? undefined : granting(name);
    }
    case 'seccomp-off':
      return confinementBreaks['CTR-047'];
    default:
      return undefined;
  }
}

const privileged: Break = {
  host: { Privileged: true },
  spec: { linux: { resources: { devices: [{ allow: true, access: 'rwm' }] } } },
};

const hostsUser: Break = {
  host: confinementBreaks['CTR-063'].host,
  spec: confinementBreaks['CTR-064'].spec,
};

/** Beyond what engines give to every container, the harmless first. */
const unusual: readonly string[] = ['WAKE_ALARM', 'LEASE', 'SYS_NICE', 'NET_ADMIN'];
