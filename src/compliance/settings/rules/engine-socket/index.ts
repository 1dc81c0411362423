import { meetingWith, mountsMeeting } from '../../path-overlap.ts';
import { tooMany } from '../../too-many.ts';
import type { SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';

export const engineSocket: SettingsRuleKind<SettingsRuleOf<'engine-socket'>> = {
  id: 'engine-socket',
  version: 2,
  summary: 'The socket of an engine, containerd or the agent mounted into it, by any of its paths',
  evaluate({ mounts, tooMany: many, engineSockets }) {
    if (many.includes('mounts')) return [tooMany.mounts];
    return mountsMeeting(mounts, meetingWith(engineSockets)).map((met) => {
      const { source, target } = met.mount;
      const into = target === '' ? '' : ` into ${target}`;
      if (met.kind === 'not-seen') {
        return {
          message: `It mounts ${source}${into}, of which cannot be seen whether it holds an engine’s socket.`,
          remedies: {
            docker: `Leave out the mount of ${source}.`,
            pod: `Leave out the mount at ${target} and its hostPath volume.`,
          },
        };
      }
      return {
        message: `It mounts ${source}${into}, which gives it ${met.folder}: whoever has that rules the host.`,
        remedies: {
          docker: `Leave out the mount of ${source}; give single folders that hold no engine’s socket.`,
          pod: `Leave out the mount at ${target} and its hostPath volume; give single folders that hold no engine’s socket.`,
        },
      };
    });
  },
};
