import type { OptionEntry } from '../command.ts';

export const quiet: OptionEntry = { flags: '--quiet', summary: 'no progress' };

/** For programs that start this one: progress as JSON, one object a line on standard output. */
export const news: OptionEntry = { flags: '--news', summary: 'progress as JSON lines on standard output' };

/** Which vulnerability database is used, and who must have signed it. */
export const dbOptions: readonly OptionEntry[] = [
  { flags: '--db <file>', summary: 'vulnerability database (SEAWALL_DB, else the one of this user)' },
  { flags: '--db-key <file>', summary: 'public key that the database must be signed with' },
  { flags: '--allow-unsigned-db', summary: 'accept a database that no known key signed' },
];

/** Which console is asked. */
export const consoleOptions: readonly OptionEntry[] = [
  { flags: '--console <url>', summary: 'console to ask (SEAWALL_CONSOLE), else the one that runs here' },
  { flags: '--token <token>', summary: 'token for it (SEAWALL_TOKEN)' },
];

/** The same for commands that ask no console but a named one. */
export const namedConsoleOptions: readonly OptionEntry[] = [
  { flags: '--console <url>', summary: 'console to ask (SEAWALL_CONSOLE)' },
  { flags: '--token <token>', summary: 'token for it (SEAWALL_TOKEN)' },
];
