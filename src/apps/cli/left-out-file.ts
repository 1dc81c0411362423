import { closeSync, openSync, writeSync } from 'node:fs';
import { AppError, messageOf } from '#base/index.ts';
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
      waiting += `${fields.map(plainField).join('\t')}\n`;
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

/** Feeds are text of others: nothing in it ends a field or a line, or moves a terminal. */
function plainField(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 500);
}

function writing<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (cause) {
    throw new AppError('output-unwritable', `${path} cannot be written: ${messageOf(cause)}.`, { cause });
  }
}
