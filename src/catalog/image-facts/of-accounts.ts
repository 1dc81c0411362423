import { byDefault, type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { Account, Group, ImageShape } from '../image-shape.ts';

/** Texts of the files that say who is who; empty where the image has no such file. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
}

/** What these files tell of an image. */
export type AccountFacts = Pick<FieldsOf<ImageShape>, 'accounts' | 'groups' | 'emptyPasswords'>;

/** Reads passwd(5), group(5) and shadow(5). Lines without a number that a program would take are left out. */
export function imageFactsOfAccounts({ passwd, group, shadow }: AccountFiles): AccountFacts {
  return {
    accounts: known(accountsOf(passwd), '/etc/passwd'),
    groups: known(groupsOf(group), '/etc/group'),
    emptyPasswords: known(emptyPasswordsOf(passwd, shadow), '/etc/shadow, /etc/passwd'),
  };
}

/** Largest id that engines take. */
const largestId = 2 ** 31 - 1;

/**
 * Number of the user that the config names, as runc looks it up: a number is itself, whatever accounts are called; of a name
 * the first line counts, and a number in it that is none is 0. `passwd`: missing where nobody has read the file.
 */
export function userIdOf(user: string, passwd?: string): Field<number> {
  const name = user.split(':', 1)[0] ?? '';
  if (name === '') return byDefault(0, 'config.User', 'engine');
  const number = goNumber(name);
  if (number !== undefined)
    return number >= 0 && number <= largestId
      ? known(number, 'config.User')
      : missing(`${name} is no user id that an engine takes`);
  if (passwd === undefined) return missing('the scan is older than the analyzer of file modes');
  const line = linesOf(passwd).find((fields) => fields[0] === name);
  if (line === undefined) return missing(`the image has no user ${JSON.stringify(name)}, so it does not start`);
  return known(goNumber(line[2] ?? '') ?? 0, '/etc/passwd');
}

/** A decimal number with an optional sign, as Go's `Atoi` reads it: `00` and `+0` are 0. */
function goNumber(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) + 0 : undefined;
}

function accountsOf(passwd: string): readonly Account[] {
  return linesOf(passwd).flatMap(([name = '', , uid = '', gid = '', , , shell = '']) =>
    isId(uid) && isId(gid) && name !== '' ? [{ name, uid: Number(uid), gid: Number(gid), shell }] : [],
  );
}

function groupsOf(group: string): readonly Group[] {
  return linesOf(group).flatMap(([name = '', , gid = '']) =>
    isId(gid) && name !== '' ? [{ name, gid: Number(gid) }] : [],
  );
}

/** An `x` in passwd(5) sends to shadow(5); an empty field there or here lets anybody in, `*` and `!` let nobody in. */
function emptyPasswordsOf(passwd: string, shadow: string): readonly string[] {
  const shadowed = new Map(linesOf(shadow).map(([name = '', password]) => [name, password]));
  return linesOf(passwd).flatMap(([name = '', password, uid]) => {
    if (name === '' || uid === undefined) return [];
    return (password === 'x' ? shadowed.get(name) : password) === '' ? [name] : [];
  });
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

/** Fields of the lines that hold any; comments and entries of NIS are none. */
function linesOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !/^[#+-]/.test(line)).map((line) => line.split(':'));
}
