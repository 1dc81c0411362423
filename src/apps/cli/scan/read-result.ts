import { AppError, messageOf, parseJsonWithin } from '#base/index.ts';
import { bytesWithin } from '../bounded-file.ts';
import { JsonResult } from './schema.ts';

/** More than the largest results that scans write: 200,000 packages with their files and findings. */
const largest = { bytes: 512 * 1024 ** 2, tokens: 50_000_000, depth: 100 } as const;

/** Reads the JSON result of an earlier scan. Throws `AppError('usage')` when the file is none. */
export async function readResult(file: string): Promise<JsonResult> {
  try {
    const bytes = await bytesWithin(file, largest.bytes);
    if (bytes === undefined) throw new Error(`it is larger than ${largest.bytes} bytes`);
    const read = parseJsonWithin(bytes, largest);
    if (read.kind !== 'read') throw new Error(read.why);
    return JsonResult.parse(read.value);
  } catch (error) {
    throw new AppError('usage', `${file} is no JSON result of a scan: ${messageOf(error).slice(0, 300)}`, {
      next: 'Write one with `seawall scan TARGET --format json --output result.json`.',
      cause: error,
    });
  }
}

/** The same where findings are compared: a result without a database knows of none. */
export async function readMatchedResult(file: string): Promise<JsonResult> {
  const result = await readResult(file);
  if (result.database !== undefined) return result;
  throw new AppError('usage', `${file} was made without a vulnerability database, so its findings are unknown.`, {
    next: 'Scan again with --db; `seawall db update` makes a database.',
  });
}
