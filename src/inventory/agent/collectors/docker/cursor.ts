import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** How far the engine's events were read; kept on disk, so that an agent that was away goes on where it was. */
export interface EventCursor {
  /** Moment of the last event, in nanoseconds; `undefined` before the first. */
  at(): bigint | undefined;
  move(nanoseconds: bigint): void;
  close(): Promise<void>;
}

/** Milliseconds that a move may wait for the disk. What is read twice after a crash is only said twice. */
const lag = 500;

export function openEventCursor(file: string): EventCursor {
  let position = read(file);
  let timer: NodeJS.Timeout | undefined;
  let written: Promise<void> = Promise.resolve();
  const write = (): void => {
    timer = undefined;
    written = written.then(() => save(file, String(position))).catch(() => undefined);
  };
  return {
    at: () => position,
    move(nanoseconds) {
      if (position !== undefined && nanoseconds <= position) return;
      position = nanoseconds;
      timer ??= setTimeout(write, lag);
    },
    async close() {
      if (timer !== undefined) {
        clearTimeout(timer);
        write();
      }
      await written;
    },
  };
}

function read(file: string): bigint | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  } catch {
    return undefined;
  }
}

async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
