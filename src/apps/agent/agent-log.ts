import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { Log } from '#base/index.ts';

/** Bytes after which the log so far is put aside as `FILE.1`. */
const longestLog = 16 * 1024 ** 2;

/** An agent's log: one JSON object a line, as the console's, in a file that only its user reads. */
export function openAgentLog(file: string): Log {
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const write = (level: number, context: object, message: string): void => {
    const line = `${JSON.stringify({ level, time: new Date().toISOString(), ...context, msg: message })}\n`;
    try {
      if (size > longestLog) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += Buffer.byteLength(line);
    } catch {
      // A full disk must not end the agent, and there is nowhere else to say it.
    }
  };
  return {
    debug: () => undefined,
    info: (context, message) => write(30, context, message),
    warn: (context, message) => write(40, context, message),
    error: (context, message) => write(50, context, message),
  };
}
