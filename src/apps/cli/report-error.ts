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
 * Says what happened, what to do next, and the code. A terminal shows the hint below the reason. Elsewhere both share the
 * last line: programs read the reason and its code there. A bug shows its stack.
 */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  if (isAppError(error)) {
    const [reason, next] = [plain(error.message), plain(error.next)];
    const isRead = terminal.seen === 'errors' || terminal.seen === 'both';
    terminal.err(
      isRead ? `seawall: ${reason} [${error.code}]\n${next}\n` : `seawall: ${reason} ${next} [${error.code}]\n`,
    );
    return unjudged.has(error.code) ? 3 : 2;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(`${stack.split('\n').map(plain).join('\n')}\n`);
  terminal.err(
    `seawall: a fault of Seawall itself: ${plain(messageOf(error))} Please report it with the lines above.\n`,
  );
  return 2;
}
