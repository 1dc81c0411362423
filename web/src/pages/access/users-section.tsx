import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { confirmUsers, createUserLink, deleteUser, listTokens, listUsers, type User } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import type { Column } from '../../ui/columns.ts';
import type { ReplyOf } from '#http/index.ts';
import { ErrorState, Notice } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Minute, When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { Sees } from './collections-field.tsx';
import { NewUser } from './new-user.tsx';
import { countDependents, dependentsText, tokensOf } from './dependent-images.ts';
import { signInAddress } from './sign-in-address.ts';
import { UserDialog } from './user-dialog.tsx';

/** Users: their role, scope and sign-in. */
export function UsersSection(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listUsers));
  const [changed, change] = useState<User>();
  const [asked, askFor] = useState<Asked>();
  const me = useMe();
  const queries = useQueryClient();
  const linking = useMutation({
    mutationFn: async (user: User) => ({
      name: user.name,
      ...(await ask(createUserLink, { params: { id: user.id } })),
    }),
    onSuccess: () => queries.invalidateQueries({ queryKey: reading(listUsers).queryKey }),
  });
  const remove = async (user: User): Promise<void> => {
    const { tokens } = await queries.fetchQuery(reading(listTokens));
    const dependents = await countDependents(tokensOf(user.id, tokens));
    askFor({
      title: `Delete ${user.name}?`,
      consequence: `${dependentsText(dependents, `the tokens of ${user.name}`)} The sessions end, and the tokens stop working. The audit trail keeps its entries.`,
      act: 'Delete',
      keep: 'Cancel',
      run: async () => {
        await ask(deleteUser, { params: { id: user.id } });
        await queries.invalidateQueries();
      },
    });
  };
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <section className="section">
        <NewUser />
        {linking.isError && <Failure error={linking.error} />}
        {linking.data && (
          <ShownOnce text={signInAddress(window.location.origin, linking.data.secret)}>
            A link for <span className="strong">{linking.data.name}</span>. It signs in once, until{' '}
            <Minute moment={linking.data.expiresAt} />. Copy it now: it is shown this once.
          </ShownOnce>
        )}
      </section>
      <Restored restored={data?.restored} />
      <PlainTable
        name="Users"
        rows={data?.users}
        anchorOf={({ id }) => `user-${id}`}
        columns={columnsOf({
          own: me?.name,
          change,
          link: (user) => linking.mutate(user),
          remove: (user) => void remove(user),
        })}
        keyOf={(user) => user.id}
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
      <UserDialog user={changed} close={() => change(undefined)} />
    </>
  );
}

/** Whoever was removed after the backup is back, until somebody looks. */
function Restored({ restored }: { readonly restored: ReplyOf<typeof listUsers>['restored'] }): ReactNode {
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (restored === undefined) return null;
  const confirm = (): void =>
    askFor({
      title: 'Confirm users, agents and clusters?',
      consequence: 'You say that you disabled, deleted or revoked again what must not work. The audit trail names you.',
      act: 'Confirm',
      keep: 'Cancel',
      run: async () => {
        await ask(confirmUsers, { body: { restoredAt: restored.restoredAt } });
        await queries.invalidateQueries({ queryKey: reading(listUsers).queryKey });
      },
    });
  return (
    <Notice title="A backup was restored: users are as they were then">
      <p className="soft">
        Everybody who was deleted, disabled or demoted since <Minute moment={restored.takenAt} /> has the role of then
        again, and passwords are those of then. Agents and clusters that were revoked since are back, too: look at the
        pages Agents and Deployments. Disable or revoke what must not work, then confirm the rest.
      </p>
      <button type="button" className="btn" onClick={confirm}>
        Confirm users…
      </button>
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </Notice>
  );
}

interface Actions {
  readonly own: string | undefined;
  readonly change: (user: User) => void;
  readonly link: (user: User) => void;
  readonly remove: (user: User) => void;
}

function columnsOf({ own, change, link, remove }: Actions): readonly Column<User>[] {
  return [
    {
      id: 'name',
      name: 'User',
      className: 'breakable',
      heads: 'row',
      cell: (user) => (
        <>
          <span className="strong">{user.name}</span> {user.name === own && <span className="mark">you</span>}{' '}
          {user.disabled && <span className="mark dashed">disabled</span>}
        </>
      ),
    },
    { id: 'role', name: 'Role', className: '', cell: (user) => user.role },
    { id: 'sees', name: 'Scope', className: 'soft', cell: (user) => <Sees collections={user.collections} /> },
    {
      id: 'in',
      name: 'Sign-in',
      className: 'soft',
      cell: (user) => <WayIn user={user} />,
    },
    { id: 'made', name: 'Created', className: 'soft', cell: (user) => <When moment={user.createdAt} /> },
    {
      id: 'seen',
      name: 'Last seen',
      className: 'soft',
      cell: (user) => (user.lastSeenAt === undefined ? 'never' : <When moment={user.lastSeenAt} />),
    },
    {
      id: 'actions',
      name: 'Change',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: (user) => (
        <>
          {!user.disabled && user.provider === undefined && (
            <button
              type="button"
              className="btn plain"
              aria-label={`New link for ${user.name}`}
              onClick={() => link(user)}
            >
              New link
            </button>
          )}
          <button type="button" className="btn plain" aria-label={`Change ${user.name}`} onClick={() => change(user)}>
            Change…
          </button>
          {user.name !== own && (
            <button type="button" className="btn plain" aria-label={`Delete ${user.name}`} onClick={() => remove(user)}>
              Delete…
            </button>
          )}
        </>
      ),
    },
  ];
}

/** How the user signs in; for whom a provider knows, the group that gives the role, and when it last said so. */
function WayIn({ user: { disabled, hasPassword, provider } }: { readonly user: User }): ReactNode {
  if (disabled) return 'none';
  if (provider === undefined) return hasPassword ? 'password' : 'link only';
  const { issuer, subject, group, confirmedAt } = provider;
  return (
    <span title={`${subject} at ${issuer}`}>
      provider, {group === undefined ? <span className="mark dashed">no group with a role</span> : <>group {group}</>},
      confirmed <When moment={confirmedAt} />
    </span>
  );
}
