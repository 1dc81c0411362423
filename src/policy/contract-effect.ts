import { z } from 'zod';

/** What a broken rule does. */
export const Effect = z.enum(['block', 'alert', 'ignore']);
export type Effect = z.infer<typeof Effect>;
