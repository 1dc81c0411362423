import { z } from 'zod';
import { ruleFace } from '#rules/contract.ts';
import { AdmissionEffect, effectChoices } from '../../../contract-effect.ts';

/** All privileges of the host. */
export const privileged = ruleFace({
  setting: z.object({ kind: z.literal('privileged'), effect: AdmissionEffect }),
  name: 'Privileged containers',
  about: 'containers with all privileges of the host',
  fields: { effect: { label: 'Privileged containers', choices: effectChoices } },
  beginning: { kind: 'privileged', effect: 'ignore' },
  sentence: () => 'privileged containers',
});
