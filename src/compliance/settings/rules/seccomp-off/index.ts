import { unfilteredBy } from '../../confinement.ts';
import type { SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';

export const seccompOff: SettingsRuleKind<SettingsRuleOf<'seccomp-off'>> = {
  id: 'seccomp-off',
  version: 1,
  summary: 'Containers without a seccomp profile, or with one that allows what it does not name',
  evaluate({ seccomp }) {
    const why = unfilteredBy(seccomp);
    if (why === undefined) return [];
    const message =
      why === 'no-filter'
        ? 'It runs without a seccomp profile: every system call is open to it.'
        : 'Its seccomp profile allows every system call that it does not name.';
    return [
      {
        message,
        remedies: {
          docker:
            'Leave out --security-opt seccomp=… and --privileged, so that the engine’s own profile holds, or give a profile that refuses by default.',
          pod: 'Set securityContext.seccompProfile.type: RuntimeDefault, and no securityContext.privileged: true.',
        },
      },
    ];
  },
};
