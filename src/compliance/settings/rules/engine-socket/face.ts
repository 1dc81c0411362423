import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';

/** The socket of an engine, containerd or the agent mounted into it, by any of its paths. */
export const engineSocket = ruleFace({
  setting: z.object({ kind: z.literal('engine-socket'), effect: ComplianceEffect }),
  name: 'Engine or agent socket mounts',
  about: 'sockets that command an engine or the agent',
  fields: { effect: { label: 'Engine or agent socket mounts', choices: complianceEffects } },
  beginning: { kind: 'engine-socket', effect: 'ignore' },
  sentence: () => 'engine or agent socket mounts',
});
