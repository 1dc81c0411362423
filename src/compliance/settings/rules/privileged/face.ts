import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';

/** All privileges of the host. */
export const privileged = ruleFace({
  setting: z.object({ kind: z.literal('privileged'), effect: ComplianceEffect }),
  name: 'Privileged containers',
  about: 'containers with all privileges of the host',
  fields: { effect: { label: 'Privileged containers', choices: complianceEffects } },
  beginning: { kind: 'privileged', effect: 'ignore' },
  sentence: () => 'privileged containers',
});
