import { type Opening, openingsOf } from '../../confinement.ts';
import type { SettingsObjection, SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';

/** Rules that open all devices count as privileged: with the usual capabilities they give the host's disks. */
export const privileged: SettingsRuleKind<SettingsRuleOf<'privileged'>> = {
  id: 'privileged',
  version: 2,
  summary:
    'Containers to which every device of the host is open, as `--privileged` makes it, or the system paths in /proc and /sys, as `systempaths=unconfined` does',
  evaluate({ everyDevice, systemPaths }) {
    // What opens every device opens the paths as a rule: it is told once.
    const [first] = openingsOf({ everyDevice, systemPaths });
    return first === undefined ? [] : [objections[first]];
  },
};

const objections: Readonly<Record<Opening, SettingsObjection>> = {
  'every-device': {
    message: 'It is privileged: every device of the host is open to it.',
    remedies: {
      docker:
        'Leave out --privileged and rules for all devices; give single devices with --device and single capabilities with --cap-add.',
      pod: 'Set securityContext.privileged: false (on Windows windowsOptions.hostProcess: false); give single capabilities with securityContext.capabilities.add.',
    },
  },
  'system-paths': {
    message: 'Its system paths are open: parts of /proc and /sys that engines mask or keep read-only are not.',
    remedies: {
      docker:
        'Leave out --security-opt systempaths=unconfined, and give the engine’s own MaskedPaths and ReadonlyPaths.',
      pod: 'Leave out securityContext.procMount: Unmasked.',
    },
  },
};
