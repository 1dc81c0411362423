import { rmSync, statSync, writeFileSync } from 'node:fs';
import { AppError, messageOf } from '#base/index.ts';

/**
 * Writes a file that its owner alone may read. One that is there is replaced by a new file, since it may belong to others
 * or be open to them; what is no plain file, such as a pipe, is written to. Throws `AppError` `output-unwritable`.
 */
export function writeSecretFile(file: string, content: string): void {
  try {
    const known = statSync(file, { throwIfNoEntry: false });
    const isPlain = known === undefined || known.isFile();
    if (isPlain) rmSync(file, { force: true });
    writeFileSync(file, content, { mode: 0o600, flag: isPlain ? 'wx' : 'w' });
  } catch (cause) {
    throw new AppError('output-unwritable', `${file} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
