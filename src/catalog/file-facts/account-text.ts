import type { AccountFile } from './layer-file-facts.ts';

/** Account files of more bytes are not read: the largest of directory services that are written out have some thousand lines. */
export const longestAccountFile = 256 * 1024;

/**
 * What checks need of an account file: neither hashes of passwords, of which only is told whether one is set, nor people's
 * full names.
 */
export function withoutPasswords(file: AccountFile, text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return lines.map((line) => shortened(file, line.replaceAll('\0', '\u{fffd}').trim().split(':')).join(':')).join('\n');
}

function shortened(file: AccountFile, fields: readonly string[]): readonly string[] {
  if (fields.length < 2) return fields;
  const [name = '', password = '', ...rest] = fields;
  const shown = password === '' || password === 'x' ? password : '*';
  switch (file) {
    case 'etc/passwd':
      return [name, shown, ...rest.map((field, at) => (at === 2 ? '' : field))];
    case 'etc/group':
      return [name, shown, ...rest.slice(0, 1)];
    case 'etc/shadow':
      return [name, password === '' ? '' : '*'];
  }
}
