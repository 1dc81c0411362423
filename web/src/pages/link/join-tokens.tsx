import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { confirmJoinTokens, type JoinToken, listJoinTokens, revokeJoinToken } from '#link/contract.ts';
import { ask, reading } from '../../api.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { EmptyState, ErrorState, Notice } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import type { Column } from '../../ui/columns.ts';
import { count, counted } from '../../ui/format.ts';
import { Minute, When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';

/** The tokens that hosts may join by. */
export function JoinTokens({ add }: { readonly add: ReactNode }): ReactNode {
  const { data, error, refetch } = useQuery(reading(listJoinTokens));
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const revoke = (token: JoinToken): void =>
    askFor({
      title: `Revoke the join token ${token.name}?`,
      consequence: 'No further host joins by it. Agents that joined by it stay.',
      act: 'Revoke',
      run: async () => {
        await ask(revokeJoinToken, { params: { id: token.id } });
        await queries.invalidateQueries({ queryKey: reading(listJoinTokens).queryKey });
      },
    });
  const held = (data?.tokens ?? []).filter(({ heldSince }) => heldSince !== undefined);
  const confirm = (): void =>
    askFor({
      title: `Have hosts join by ${counted(held.length, 'held token')} again?`,
      consequence: `${held.map(({ name }) => name).join(', ')}: whoever holds ${held.length === 1 ? 'it' : 'one of them'} may join hosts again. Revoke first what must not work.`,
      act: 'Confirm',
      keep: 'Cancel',
      run: async () => {
        await ask(confirmJoinTokens, { body: { tokens: held.map(({ id }) => id) } });
        await queries.invalidateQueries({ queryKey: reading(listJoinTokens).queryKey });
      },
    });
  return (
    <>
      {held.length > 0 && (
        <Notice title={`${counted(held.length, 'join token is', 'join tokens are')} held`}>
          <p className="soft">
            A backup was restored: a token that was revoked since then is in the list again. Revoke below what must not
            work, then confirm the rest.
          </p>
          <button type="button" className="btn" onClick={confirm}>
            Confirm {counted(held.length, 'join token')}…
          </button>
        </Notice>
      )}
      <PlainTable
        name="Join tokens"
        rows={data?.tokens}
        columns={columnsOf(revoke)}
        keyOf={(token) => token.id}
        empty={
          <EmptyState icon="agents" title="No join token is open">
            <p className="soft">A host joins by a token that is made for it, and that ends by itself.</p>
            {add}
          </EmptyState>
        }
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}

function columnsOf(revoke: (token: JoinToken) => void): readonly Column<JoinToken>[] {
  return [
    {
      id: 'name',
      name: 'Token',
      className: 'breakable',
      heads: 'row',
      cell: ({ name, heldSince }) => (
        <>
          <span className="strong">{name}</span> {heldSince && <span className="mark dashed">held: nobody joins</span>}
        </>
      ),
    },
    {
      id: 'environments',
      name: 'Environments',
      className: 'soft',
      cell: (token) => token.environments.join(', '),
    },
    {
      id: 'hosts',
      name: 'Hosts',
      className: 'soft breakable',
      cell: (token) => (token.hosts === undefined ? 'any' : <code>{token.hosts}</code>),
    },
    { id: 'uses', name: 'Joins left', className: 'num', cell: (token) => count(token.uses) },
    { id: 'ends', name: 'Ends', className: 'soft', cell: (token) => <End token={token} /> },
    {
      id: 'made',
      name: 'Made',
      className: 'soft breakable',
      cell: (token) => (
        <span>
          <When moment={token.createdAt} /> by {token.createdBy}
        </span>
      ),
    },
    {
      id: 'revoke',
      name: 'Revoke',
      quietHead: 'yes',
      className: 'end',
      cell: (token) => (
        <button
          type="button"
          className="btn plain"
          aria-label={`Revoke the join token ${token.name}`}
          onClick={() => revoke(token)}
        >
          Revoke…
        </button>
      ),
    },
  ];
}

function End({ token }: { readonly token: JoinToken }): ReactNode {
  const now = useNow();
  if (Date.parse(token.expiresAt) < now.getTime()) return <span className="mark dashed">ended</span>;
  return <Minute moment={token.expiresAt} />;
}
