import { accessSync, constants, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { AppError, type Log, messageOf } from '#base/index.ts';

/** Bytes after which the log of the run before is put aside as `FILE.1`. */
const longestLog = 16 * 1024 ** 2;

/** A console's log: one JSON object a line, in a file that only its user reads. */
export function openConsoleLog(file: string): { readonly log: Log; close(): void } {
  makeFolder(dirname(file));
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > longestLog) renameSync(file, `${file}.1`);
  const destination = pino.destination({ dest: file, append: true, mode: 0o600, sync: false });
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const log: Log = {
    debug: (context, message) => logger.debug(context, message),
    info: (context, message) => logger.info(context, message),
    warn: (context, message) => logger.warn(context, message),
    error: (context, message) => logger.error(context, message),
  };
  return { log, close: () => destination.flushSync() };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new AppError('state-unwritable', `The state folder ${folder} cannot be used: ${messageOf(cause)}`, { cause });
  }
}
