import { isAppError, messageOf } from '#base/index.ts';
import type { ExitCode, Terminal } from './command.ts';

/** Says what happened, what to do next and the code, the reason on the last line; a bug shows its stack. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  if (isAppError(error)) {
    terminal.err(`${error.next}\nseawall: ${error.message} [${error.code}]\n`);
    return error.code.startsWith('database-') ? 3 : 2;
  }
  terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  terminal.err(`seawall: a fault of Seawall itself: ${messageOf(error)} Please report it with the lines above.\n`);
  return 2;
}
