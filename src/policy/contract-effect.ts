import { z } from 'zod';

/** What a broken rule does. */
export const Effect = z.enum(['block', 'alert', 'ignore']);
export type Effect = z.infer<typeof Effect>;

/** What follows where something is not known; `cannot-judge` withholds the verdict. */
export const DoubtEffect = z.enum(['cannot-judge', 'block', 'alert', 'ignore']);

/** What an image does of which it is not known whether it keeps a rule of provenance. It never passes unseen. */
export const UnknownEffect = z.enum(['block', 'alert', 'cannot-judge']);
