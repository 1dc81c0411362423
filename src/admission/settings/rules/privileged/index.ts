import type { SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';

/** Rules that open all devices count as privileged: with the usual capabilities they give the host's disks. */
export const privileged: SettingsRuleKind<SettingsRuleOf<'privileged'>> = {
  id: 'privileged',
  version: 1,
  summary: 'Containers to which every device of the host is open, as `--privileged` makes it',
  evaluate({ everyDevice }) {
    if (!everyDevice) return [];
    return [
      {
        message: 'It is privileged: every device of the host is open to it.',
        remedies: {
          docker:
            'Leave out --privileged and rules for all devices; give single devices with --device and single capabilities with --cap-add.',
          pod: 'Set securityContext.privileged: false (on Windows windowsOptions.hostProcess: false); give single capabilities with securityContext.capabilities.add.',
        },
      },
    ];
  },
};
