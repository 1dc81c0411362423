import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AppError, messageOf } from '#base/index.ts';
import type { TokenSource } from './config.ts';

/** A join token is much shorter. */
const mostBytes = 4096;

/** Standard input: a pipe, a file or a terminal. */
export type TokenInput = Readable & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown };

/** Gives the first line of standard input, once. */
export interface TokenLine {
  read(): Promise<string>;
  close(): void;
}

/** Where the token is read from: a file is opened, and a terminal asked, only when the token is needed. */
export function tokenReader(
  source: TokenSource | undefined,
  { input, say }: { readonly input: TokenInput; readonly say: (text: string) => void },
): { readonly readToken: (source: TokenSource) => Promise<string>; close(): void } {
  const line = source?.kind === 'input' ? openLine(input, say) : undefined;
  return {
    close: () => line?.close(),
    readToken: async (wanted) => {
      switch (wanted.kind) {
        case 'given':
          return wanted.token;
        case 'file':
          return tokenIn(await readStart(wanted.file), `the file ${wanted.file}`);
        case 'input':
          return tokenIn((await line?.read()) ?? '', 'standard input');
      }
    },
  };
}

function tokenIn(text: string, place: string): string {
  const token = text.split('\n', 1)[0]?.trim() ?? '';
  if (token !== '') return token;
  throw new AppError('usage', `There is no join token in ${place}.`, {
    next: 'Give the token that the console showed, on one line.',
  });
}

async function readStart(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new AppError('usage', `The join token cannot be read from ${file}: ${messageOf(cause)}.`, {
      cause,
      next: 'Name a file that this user may read, with the token on one line, or - for standard input.',
    });
  }
}

/** What is not a terminal is read at once: others may let it flow to see its end. */
function openLine(input: TokenInput, say: (text: string) => void): TokenLine {
  if (input.isTTY === true) return { read: async () => await ask(input, say), close: () => undefined };
  const done = Promise.withResolvers<string>();
  let text = '';
  const finish = (): void => {
    for (const event of ['end', 'close', 'error']) input.off(event, finish);
    input.off('data', take);
    done.resolve(text);
  };
  const take = (bytes: Buffer): void => {
    text += bytes.toString('utf8');
    if (text.includes('\n') || text.length > mostBytes) finish();
  };
  input.on('data', take);
  for (const event of ['end', 'close', 'error']) input.once(event, finish);
  return {
    read: () => done.promise,
    close: () => {
      finish();
      input.destroy();
    },
  };
}

/** Asks on the terminal; what is typed is not shown. */
async function ask(input: TokenInput, say: (text: string) => void): Promise<string> {
  say('Paste the join token and press Enter; it is not shown: ');
  input.setRawMode?.(true);
  try {
    return await typedLine(input);
  } finally {
    input.setRawMode?.(false);
    input.pause();
    say('\n');
  }
}

function typedLine(input: TokenInput): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (end: () => void): void => {
      input.off('data', take);
      end();
    };
    const take = (bytes: Buffer): void => {
      for (const key of bytes.toString('utf8')) {
        // Enter, Ctrl-D.
        if (key === '\r' || key === '\n' || key === '\u0004') return finish(() => resolve(text));
        if (key === '\u0003') return finish(() => reject(new AppError('usage', 'No join token was given.')));
        text = key === '\u007f' ? text.slice(0, -1) : (text + key).slice(0, mostBytes);
      }
    };
    input.on('data', take);
    input.resume();
  });
}
