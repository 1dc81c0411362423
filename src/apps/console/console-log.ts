import { accessSync, closeSync, constants, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { AppError, type Log, messageOf } from '#base/index.ts';

/** Bytes after which the log of the run before is put aside as `FILE.1`. */
const longestLog = 16 * 1024 ** 2;
/** Bytes that wait in memory while the disk is full; what comes then is lost. */
const longestWait = 4 * 1024 ** 2;

/**
 * A console's log: one JSON object a line, in a file that only its user reads. Each line is written at once: what waits in
 * memory cannot be brought to a full disk when the console ends, and pino would try for ever.
 */
export function openConsoleLog(file: string): Log {
  makeFolder(dirname(file), file);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > longestLog) renameSync(file, `${file}.1`);
  const destination = pino.destination({ dest: file, append: true, mode: 0o600, sync: true, maxLength: longestWait });
  // A full disk must not end the console: each further line tries again to write all that waits.
  destination.on('error', () => undefined);
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    debug: (context, message) => logger.debug(context, message),
    info: (context, message) => logger.info(context, message),
    warn: (context, message) => logger.warn(context, message),
    error: (context, message) => logger.error(context, message),
  };
}

function makeFolder(folder: string, file: string): void {
  let looked = folder;
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    looked = file;
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw unwritable(folder, cause, { me: process.getuid?.() ?? 0, owner: ownerOf(looked) });
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

interface Users {
  readonly me: number;
  /** Of what cannot be written; missing: nobody can tell. */
  readonly owner: number | undefined;
}

/** Why the state folder is of no use, and what to do. */
export function unwritable(folder: string, cause: unknown, { me, owner }: Users): AppError {
  const { code } = cause as NodeJS.ErrnoException;
  if ((code === 'EACCES' || code === 'EPERM') && owner !== undefined && owner !== me)
    return new AppError(
      'state-unwritable',
      `The state folder ${folder} cannot be used by uid ${me}: it, or what lies in it, belongs to uid ${owner}.`,
      {
        next: `Run Seawall as that user, in a container with \`--user ${owner}:${owner}\`; or \`chown -R ${me} FOLDER\`, or name another with SEAWALL_STATE.`,
        cause,
      },
    );
  return new AppError('state-unwritable', `The state folder ${folder} cannot be used: ${messageOf(cause)}.`, { cause });
}
