/** What of Seawall a machine has: the command line is everywhere. */
export type Part = 'cli' | 'console' | 'agent';
