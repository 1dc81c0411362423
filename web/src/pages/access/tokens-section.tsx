import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiToken, listTokens, revokeToken } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import type { Column } from '../../ui/columns.ts';
import { date } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Sees } from './collections-field.tsx';
import { NewToken } from './new-token.tsx';

/** Tokens of machines; revoking one asks once, by its name. */
export function TokensSection(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listTokens));
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const revoke = (token: ApiToken): void =>
    askFor({
      title: `Revoke ${token.name}?`,
      consequence: 'What uses this token can no longer reach the console. A revoked token cannot be brought back.',
      act: 'Revoke',
      run: async () => {
        await ask(revokeToken, { params: { id: token.id } });
        await queries.invalidateQueries({ queryKey: reading(listTokens).queryKey });
      },
    });
  return (
    <>
      <section className="section">
        <NewToken />
      </section>
      <PlainTable
        name="API tokens"
        rows={data?.tokens}
        columns={columnsOf(revoke)}
        keyOf={(token) => token.id}
        empty={
          <EmptyState icon="access" title="Tokens appear here">
            <p className="soft">A build that publishes its scans needs one: name it after the build that uses it.</p>
          </EmptyState>
        }
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}

function columnsOf(revoke: (token: ApiToken) => void): readonly Column<ApiToken>[] {
  return [
    {
      id: 'name',
      name: 'Token',
      className: 'breakable',
      heads: 'row',
      cell: (token) => <span className="strong">{token.name}</span>,
    },
    { id: 'role', name: 'Role', className: '', cell: (token) => token.role },
    { id: 'speaks', name: 'Speaks for', className: 'breakable', cell: (token) => <SpeaksFor token={token} /> },
    {
      id: 'sees',
      name: 'Sees',
      className: 'soft',
      cell: (token) => (token.role === 'ci' ? 'its own builds' : <Sees collections={token.collections} />),
    },
    {
      id: 'made',
      name: 'Made',
      className: 'soft',
      cell: (token) => (
        <span>
          <When moment={token.createdAt} /> by {token.createdBy}
        </span>
      ),
    },
    {
      id: 'used',
      name: 'Last used',
      className: 'soft',
      cell: (token) => (token.lastUsedAt === undefined ? 'never' : <When moment={token.lastUsedAt} />),
    },
    { id: 'ends', name: 'Ends', className: 'soft', cell: (token) => <End token={token} /> },
    {
      id: 'revoke',
      name: 'Revoke',
      quietHead: 'yes',
      className: 'end',
      cell: (token) => (
        <button type="button" className="btn plain" aria-label={`Revoke ${token.name}`} onClick={() => revoke(token)}>
          Revoke…
        </button>
      ),
    },
  ];
}

function SpeaksFor({ token }: { readonly token: ApiToken }): ReactNode {
  if (token.repositories !== undefined) return <span className="mono small">{token.repositories.join(', ')}</span>;
  return <span className="soft">{token.role === 'ci' ? 'no repository: its own builds' : 'any repository'}</span>;
}

function End({ token }: { readonly token: ApiToken }): ReactNode {
  const now = useNow();
  if (token.expiresAt === undefined) return 'no end';
  if (Date.parse(token.expiresAt) < now.getTime()) return <span className="mark dashed">ended</span>;
  return date(token.expiresAt);
}
