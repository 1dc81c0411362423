import { AppError } from '#base/index.ts';

/** Throws `AppError` `bad-request` for a file that is not read. */
export function refuse(
  message: string,
  next = 'Import the file that oscap wrote by --results or --results-arf.',
): never {
  throw new AppError('bad-request', message, { next });
}
