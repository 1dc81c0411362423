/** Environment variables of a process, read once at its start. */
export type Environment = Readonly<Record<string, string | undefined>>;
