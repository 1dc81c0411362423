import { type ErrorCode, isAppError, messageOf } from '#base/index.ts';
import { plain } from './plain.ts';
import type { ExitCode, Terminal } from './command.ts';

/** Errors that leave a real target without a verdict: they end as "could not judge", not as a wrong call. */
const unjudged: ReadonlySet<ErrorCode> = new Set([
  'target-corrupt',
  'database-missing',
  'database-unreadable',
  'database-untrusted',
]);

/**
 * Says what happened with the code, and what to do next: below it for a person at a terminal, else above it, so that the
 * last line is the reason. A bug shows its stack.
 */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  if (isAppError(error)) {
    const reason = `seawall: ${plain(error.message)} [${error.code}]\n`;
    const next = `${plain(error.next)}\n`;
    const isRead = terminal.seen === 'errors' || terminal.seen === 'both';
    terminal.err(isRead ? `${reason}${next}` : `${next}${reason}`);
    return unjudged.has(error.code) ? 3 : 2;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(`${stack.split('\n').map(plain).join('\n')}\n`);
  terminal.err(
    `seawall: a fault of Seawall itself: ${plain(messageOf(error))} Please report it with the lines above.\n`,
  );
  return 2;
}
