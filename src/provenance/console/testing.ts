import { userNamed } from '#http/console/testing.ts';

/** Who may do everything here. */
export const ada = userNamed('ada', ['read', 'write-rules', 'administer']);
