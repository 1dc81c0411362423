import type { HostAccount, HostShape, IdRange } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { failIfAny, notApplicable } from '../../judgement.ts';
import { exceeds, showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

/** Who may become root, and who is it already. */
export const accountChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'HST-002',
    title: 'Only named accounts control the engine',
    why: 'Every member of the group of the engine’s socket is root on the host, without a password.',
    remedy: { host: 'gpasswd -d ACCOUNT docker' },
    severity: 'high',
    nist: ['4.5.4'],
    cis: ['1.1.2'],
    version: 1,
    needs: ['engineGroup'],
    lists: ['engine-accounts'],
    judge: ({ engineGroup }, { lists }) => {
      const allowed = new Set(['root', ...lists['engine-accounts']]);
      return failIfAny(engineGroup.members.filter((name) => !allowed.has(name)));
    },
  }),
  hostCheck({
    id: 'HST-032',
    title: 'Ranges of subordinate ids overlap neither each other nor accounts',
    why: 'Otherwise containers of one user own files of another user or account.',
    remedy: {
      host: 'usermod --del-subuids FIRST-LAST --add-subuids FIRST-LAST ACCOUNT; for groups --del-subgids and --add-subgids',
    },
    severity: 'medium',
    nist: ['4.5.2'],
    cis: ['2.9'],
    version: 1,
    needs: ['subordinateUsers', 'subordinateGroups', 'accounts', 'groupIds'],
    judge: ({ subordinateUsers, subordinateGroups, accounts, groupIds }) =>
      subordinateUsers.length + subordinateGroups.length === 0
        ? notApplicable('No account has subordinate ids.')
        : failIfAny([
            ...clashes(
              'uid',
              subordinateUsers,
              accounts.map(({ uid }) => uid),
            ),
            ...clashes('gid', subordinateGroups, groupIds),
          ]),
  }),
  hostCheck({
    id: 'HST-060',
    title: 'Only root can read and change the rules of sudo',
    why: 'Whoever can change them becomes root.',
    remedy: { host: 'chown root:root /etc/sudoers /etc/sudoers.d/*; chmod 0440 /etc/sudoers /etc/sudoers.d/*' },
    severity: 'high',
    nist: ['4.5.4', '4.5.5'],
    version: 1,
    needs: ['sudoers'],
    judge: ({ sudoers }) =>
      sudoers.length === 0
        ? notApplicable('sudo is not installed.')
        : failIfAny([
            ...sudoers.filter(({ mode }) => exceeds(mode, 0o7550)).map(showMode),
            ...sudoers.filter(({ uid, gid }) => uid !== 0 || gid !== 0).map(showOwner),
          ]),
  }),
  hostCheck({
    id: 'HST-061',
    title: 'Only root has uid 0',
    why: 'A second account with uid 0 hides who acted, and often escapes rules that name root.',
    remedy: { host: 'usermod -u UID ACCOUNT, or userdel ACCOUNT' },
    severity: 'critical',
    nist: ['4.5.4'],
    version: 1,
    needs: ['accounts'],
    judge: ({ accounts }) => failIfAny(accounts.filter(isSecondRoot).map(({ name }) => name)),
  }),
  hostCheck({
    id: 'HST-062',
    title: 'No account has an empty password',
    why: 'Anyone can log in as such an account.',
    remedy: { host: 'passwd -l ACCOUNT, or passwd ACCOUNT' },
    severity: 'critical',
    nist: ['4.5.4'],
    version: 1,
    needs: ['emptyPasswords'],
    judge: ({ emptyPasswords }) => failIfAny(emptyPasswords),
  }),
];

function isSecondRoot({ name, uid }: HostAccount): boolean {
  return uid === 0 && name !== 'root';
}

function clashes(kind: 'uid' | 'gid', ranges: readonly IdRange[], ids: readonly number[]): readonly string[] {
  const sorted = ranges.filter(({ count }) => count > 0).toSorted((one, other) => one.first - other.first);
  const overlaps: string[] = [];
  let widest: IdRange | undefined;
  for (const range of sorted) {
    if (widest !== undefined && range.first < endOf(widest))
      overlaps.push(`${kind}s of ${range.owner} and ${widest.owner} from ${range.first}`);
    if (widest === undefined || endOf(range) > endOf(widest)) widest = range;
  }
  const inside = ids.flatMap((id) =>
    sorted
      .filter((range) => id >= range.first && id < endOf(range))
      .map(({ owner }) => `${kind} ${id} in the range of ${owner}`),
  );
  return [...overlaps, ...inside];
}

function endOf({ first, count }: IdRange): number {
  return first + count;
}
