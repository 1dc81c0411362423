import { closeSync, openSync, writeSync } from 'node:fs';
import { AppError, messageOf, oneLine } from '#base/index.ts';
import type { LeftOutOfFile } from '#vulnerability/index.ts';

const header = ['file', 'reason', 'record', 'ecosystem', 'package', 'count', 'by', 'detail'].join('\t');
const mostWaiting = 64 * 1024;

/** A file with a line for each thing that a build leaves out, tab separated. */
export interface LeftOutFile {
  add(one: LeftOutOfFile): void;
  close(): void;
}

/** Makes the file, or begins it anew. Throws `AppError('output-unwritable')`. */
export function leftOutFile(path: string): LeftOutFile {
  const descriptor = writing(path, () => openSync(path, 'w'));
  let waiting = `${header}\n`;
  const flush = (): void => {
    writing(path, () => writeSync(descriptor, waiting));
    waiting = '';
  };
  return {
    add({ file, reason, record, ecosystem = '', package: name = '', count = 1, by = '', detail = '' }) {
      const fields = [file, reason, record, ecosystem, name, String(count), by, detail];
      waiting += `${fields.map((field) => oneLine(field, 500)).join('\t')}\n`;
      if (waiting.length > mostWaiting) flush();
    },
    close() {
      try {
        flush();
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

function writing<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (cause) {
    throw new AppError('output-unwritable', `${path} cannot be written: ${messageOf(cause)}.`, { cause });
  }
}
