import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';

/** Containers that the engine starts without a seccomp profile. */
export const seccompOff = ruleFace({
  setting: z.object({ kind: z.literal('seccomp-off'), effect: ComplianceEffect }),
  name: 'Seccomp switched off',
  about: 'containers without a seccomp profile',
  fields: { effect: { label: 'Seccomp switched off', choices: complianceEffects } },
  beginning: { kind: 'seccomp-off', effect: 'ignore' },
  sentence: () => 'seccomp switched off',
});
