import { z } from 'zod';

/** What a compliance rule does about a check that fails. What it blocks depends on where: a build, a start, a container. */
export const ComplianceEffect = z.enum(['ignore', 'alert', 'block']);
export type ComplianceEffect = z.infer<typeof ComplianceEffect>;

/** Its words, in the order of a form. */
export const complianceEffects = { ignore: 'Ignore', alert: 'Alert', block: 'Block' } as const;
