import { nearlyAll, notAllowed } from '../../confinement.ts';
import type { SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';

export const addedCapabilities: SettingsRuleKind<SettingsRuleOf<'added-capabilities'>> = {
  id: 'added-capabilities',
  version: 1,
  summary: 'Capabilities beyond the engine’s usual set, but those that the rule allows',
  evaluate({ addedCapabilities: added }, { allow }) {
    const names = notAllowed(added, allow);
    if (names.length === 0) return [];
    if (names.length >= nearlyAll) {
      return [
        {
          message: 'It has nearly every capability.',
          remedies: {
            docker: 'Add the capabilities that it needs one by one.',
            pod: 'Name the capabilities that it needs one by one in securityContext.capabilities.add.',
          },
        },
      ];
    }
    const list = names.join(', ');
    const options = names.map((name) => `--cap-add ${name}`).join(' ');
    return [
      {
        message: `It adds the ${names.length === 1 ? 'capability' : 'capabilities'} ${list}.`,
        remedies: {
          docker: `Leave out ${options}, or let the rule allow ${list}.`,
          pod: `Leave ${list} out of securityContext.capabilities.add, or let the rule allow ${list}.`,
        },
      },
    ];
  },
};
