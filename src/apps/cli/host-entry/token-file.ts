import { readFileSync } from 'node:fs';

interface Adapted {
  readonly words: readonly string[];
  readonly token?: string;
}

/**
 * Words for a program of the host, which does not find the container's file with the join token: it gets the token itself. A
 * file that cannot be read stays named; it is missed only where a token is needed.
 */
export function withTokenOfFile(words: readonly string[]): Adapted {
  const at = words.findIndex((word) => word === '--token-file' || word.startsWith('--token-file='));
  const [option = '', next = ''] = at < 0 ? [] : words.slice(at, at + 2);
  const isApart = option === '--token-file';
  const file = isApart ? next : option.slice('--token-file='.length);
  if (file === '-' || file === '') return { words };
  const token = textOf(file).split('\n', 1)[0]?.trim();
  if (token === undefined || token === '') return { words };
  return { words: [...words.slice(0, at), ...words.slice(at + (isApart ? 2 : 1))], token };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
