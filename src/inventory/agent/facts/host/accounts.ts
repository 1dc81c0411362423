import { type Field, known, missing } from '#base/index.ts';
import type { FieldsOf } from '#base/index.ts';
import type { EngineGroup, HostAccount, HostShape, IdRange } from '../../../facts/host.ts';
import { attempt, type HostAccess, whenKnown } from './fields.ts';
import type { HostReader } from './host-reader.ts';

type Names = 'accounts' | 'emptyPasswords' | 'engineGroup' | 'subordinateUsers' | 'subordinateGroups' | 'groupIds';

/** Accounts and groups of the host's own files. */
export function collectAccounts({ host, engine }: HostAccess): FieldsOf<Pick<HostShape, Names>> {
  const ranges = (path: string): Field<readonly IdRange[]> =>
    attempt(() => known(rangesOf(host.text(path) ?? ''), path));
  return {
    accounts: attempt(() => {
      const text = host.text('/etc/passwd');
      return text === undefined ? missing('there is no /etc/passwd') : known(accountsOf(text), '/etc/passwd');
    }),
    emptyPasswords: attempt(() => {
      const shadow = host.text('/etc/shadow');
      const passwd = host.text('/etc/passwd');
      return shadow === undefined || passwd === undefined
        ? missing('there is no /etc/shadow')
        : known(emptyPasswordsOf(passwd, shadow), '/etc/shadow');
    }),
    engineGroup: whenKnown(engine.socketGroup, (name) => engineGroup(host, name)),
    subordinateUsers: ranges('/etc/subuid'),
    subordinateGroups: ranges('/etc/subgid'),
    groupIds: attempt(() =>
      known(
        groupsOf(host.text('/etc/group') ?? '').map(({ gid }) => gid),
        '/etc/group',
      ),
    ),
  };
}

function engineGroup(host: HostReader, name: string): Field<EngineGroup> {
  const foreign = foreignSources(host.text('/etc/nsswitch.conf') ?? '');
  if (foreign.length > 0) return missing(`accounts also come from ${foreign.join(', ')}, which cannot be listed here`);
  const passwd = host.text('/etc/passwd');
  const group = host.text('/etc/group');
  return passwd === undefined || group === undefined
    ? missing('there is no /etc/passwd or /etc/group')
    : known(engineGroupOf(name, group, passwd), '/etc/group, /etc/passwd');
}

/** Members by name, and accounts whose primary group it is. */
export function engineGroupOf(name: string, group: string, passwd: string): EngineGroup {
  const found = groupsOf(group).filter((each) => each.name === name || String(each.gid) === name);
  const gids = new Set(found.map(({ gid }) => gid));
  const primary = accountsOf(passwd).filter(({ gid }) => gids.has(gid));
  const members = new Set([...found.flatMap((each) => each.members), ...primary.map((account) => account.name)]);
  const [first] = found;
  return { name, ...(first && { gid: first.gid }), members: [...members].toSorted() };
}

/** Sources of accounts in nsswitch.conf(5) that are not files of the host. */
export function foreignSources(text: string): readonly string[] {
  const own = ['files', 'compat', 'systemd', 'altfiles', 'db', 'extrausers', 'myhostname'];
  const lines = [...text.matchAll(/^[ \t]*(?:passwd|group):([^#\n]*)/gm)];
  const sources = lines.flatMap(([, words = '']) =>
    words
      .replace(/\[[^\]]*\]/g, ' ')
      .split(/\s+/)
      .filter(Boolean),
  );
  return [...new Set(sources.filter((source) => !own.includes(source)))];
}

/** Lines of passwd(5). */
export function accountsOf(text: string): readonly HostAccount[] {
  return linesOf(text).flatMap(([name = '', , uid = '', gid = '']) =>
    name !== '' && isId(uid) && isId(gid) ? { name, uid: Number(uid), gid: Number(gid) } : [],
  );
}

/** Accounts whose password field is empty; an `x` of passwd(5) sends to shadow(5). */
export function emptyPasswordsOf(passwd: string, shadow: string): readonly string[] {
  const empty = [...linesOf(passwd), ...linesOf(shadow)].filter(([name = '', field]) => name !== '' && field === '');
  return [...new Set(empty.flatMap(([name]) => name ?? []))];
}

/** Lines of group(5). */
function groupsOf(
  text: string,
): readonly { readonly name: string; readonly gid: number; readonly members: readonly string[] }[] {
  return linesOf(text).flatMap(([name = '', , gid = '', members = '']) =>
    name !== '' && isId(gid) ? { name, gid: Number(gid), members: members.split(',').filter(Boolean) } : [],
  );
}

/** Lines of subuid(5). */
export function rangesOf(text: string): readonly IdRange[] {
  return linesOf(text).flatMap(([owner = '', first = '', count = '']) =>
    owner !== '' && isId(first) && isId(count) ? { owner, first: Number(first), count: Number(count) } : [],
  );
}

/** Names that begin with + or - stand for accounts of elsewhere. */
function linesOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^[#+-]/.test(line))
    .map((line) => line.trimEnd().split(':'));
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}
