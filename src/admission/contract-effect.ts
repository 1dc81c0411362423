import { z } from 'zod';

/** What an admission rule does about what it catches. `block` keeps it from starting. */
export const AdmissionEffect = z.enum(['ignore', 'alert', 'block']);
export type AdmissionEffect = z.infer<typeof AdmissionEffect>;

/** Its words in a form, in their order. */
export const effectChoices = { ignore: 'Allow', alert: 'Alert', block: 'Block' } as const;
