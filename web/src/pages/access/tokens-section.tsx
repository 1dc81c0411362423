import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  adoptToken,
  type ApiToken,
  confirmTokens,
  listTokens,
  revokeToken,
  type TokenOwner,
} from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { EmptyState, ErrorState, Notice } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import type { Column } from '../../ui/columns.ts';
import { counted, date } from '../../ui/format.ts';
import { Minute, When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Sees } from './collections-field.tsx';
import { NewToken } from './new-token.tsx';
import { countDependents, dependentsText } from './dependent-images.ts';

/** Tokens of machines; revoking one asks once, and first says which images depend on it. */
export function TokensSection(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listTokens));
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const done = async (work: Promise<unknown>): Promise<void> => {
    await work;
    await queries.invalidateQueries({ queryKey: reading(listTokens).queryKey });
  };
  const revoke = async (token: ApiToken): Promise<void> =>
    askFor({
      title: `Revoke ${token.name}?`,
      consequence: `${dependentsText(await countDependents([token.id]), token.name)} Whatever uses this token loses access to the console. This cannot be undone.`,
      act: 'Revoke',
      run: async () => await done(ask(revokeToken, { params: { id: token.id } })),
    });
  const adopt = (token: ApiToken): void =>
    askFor({
      title: `Adopt ${token.name}?`,
      consequence:
        'You become its owner: it may do at most what you may, and it ends when you are disabled or deleted.',
      act: 'Adopt',
      keep: 'Cancel',
      run: async () => await done(ask(adoptToken, { params: { id: token.id } })),
    });
  return (
    <>
      <section className="section">
        <NewToken />
      </section>
      <Ownerless tokens={data?.tokens ?? []} />
      <Held
        tokens={data?.tokens ?? []}
        restored={data?.restored}
        confirm={(tokens) => askFor(confirming(tokens, (ids) => done(ask(confirmTokens, { body: { tokens: ids } }))))}
      />
      <PlainTable
        name="API tokens"
        rows={data?.tokens}
        columns={columnsOf({ revoke: (token) => void revoke(token), adopt })}
        keyOf={(token) => token.id}
        empty={
          <EmptyState icon="access" title="No tokens">
            <p className="soft">A build needs a token to publish its scans. Name it after the build that uses it.</p>
          </EmptyState>
        }
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}

/** Tokens whose owner nobody knows hold until somebody decides. */
function Ownerless({ tokens }: { readonly tokens: readonly ApiToken[] }): ReactNode {
  const count = tokens.filter(({ owner }) => owner.kind === 'unknown').length;
  if (count === 0) return null;
  return (
    <Notice title={`${counted(count, 'token has', 'tokens have')} no owner`}>
      <p className="soft">
        Created before tokens recorded their owner: disabling a user does not end them. Adopt those in use, revoke the
        others.
      </p>
    </Notice>
  );
}

function confirming(tokens: readonly ApiToken[], run: (ids: string[]) => Promise<void>): Asked {
  return {
    title: `Have ${counted(tokens.length, 'token')} work again?`,
    consequence: `${tokens.map(({ name }) => name).join(', ')}: whoever holds ${tokens.length === 1 ? 'it' : 'one of them'} gets in again. Revoke first what must not work.`,
    act: 'Confirm',
    keep: 'Cancel',
    run: async () => await run(tokens.map(({ id }) => id)),
  };
}

interface HeldWords {
  readonly tokens: readonly ApiToken[];
  readonly restored: ReplyOf<typeof listTokens>['restored'];
  readonly confirm: (tokens: readonly ApiToken[]) => void;
}

/** Tokens of a restored copy hold until somebody looked at the list. */
function Held({ tokens, restored, confirm }: HeldWords): ReactNode {
  const held = tokens.filter(({ heldSince }) => heldSince !== undefined);
  if (held.length === 0 || restored === undefined) return null;
  return (
    <Notice title={`${counted(held.length, 'token is', 'tokens are')} held`}>
      <p className="soft">
        A backup of <Minute moment={restored.takenAt} /> was restored: what was revoked or changed since then is as
        before. Revoke below what must not work, and look at users, agents and clusters too. Then confirm the rest.
      </p>
      <button type="button" className="btn" onClick={() => confirm(held)}>
        Confirm {counted(held.length, 'token')}…
      </button>
    </Notice>
  );
}

interface Actions {
  readonly revoke: (token: ApiToken) => void;
  readonly adopt: (token: ApiToken) => void;
}

function columnsOf({ revoke, adopt }: Actions): readonly Column<ApiToken>[] {
  return [
    {
      id: 'name',
      name: 'Token',
      className: 'breakable',
      heads: 'row',
      cell: ({ name, heldSince }) => (
        <>
          <span className="strong">{name}</span> {heldSince && <span className="mark dashed">held: does not work</span>}
        </>
      ),
    },
    { id: 'role', name: 'Role', className: '', cell: (token) => token.role },
    { id: 'owner', name: 'Owner', className: 'breakable', cell: ({ owner }) => <Owner owner={owner} /> },
    { id: 'speaks', name: 'Repositories', className: 'breakable', cell: (token) => <SpeaksFor token={token} /> },
    {
      id: 'sees',
      name: 'Scope',
      className: 'soft',
      cell: (token) => (token.role === 'ci' ? 'its own builds' : <Sees collections={token.collections} />),
    },
    {
      id: 'made',
      name: 'Created',
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
    { id: 'ends', name: 'Expires', className: 'soft', cell: (token) => <End token={token} /> },
    {
      id: 'revoke',
      name: 'Revoke',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: (token) => (
        <>
          {(token.owner.kind !== 'user' || token.owner.state !== 'active') && (
            <button type="button" className="btn plain" aria-label={`Adopt ${token.name}`} onClick={() => adopt(token)}>
              Adopt…
            </button>
          )}
          <button type="button" className="btn plain" aria-label={`Revoke ${token.name}`} onClick={() => revoke(token)}>
            Revoke…
          </button>
        </>
      ),
    },
  ];
}

const lostBy = {
  'may-not-publish': 'may not publish: its scans count nowhere',
  disabled: 'disabled: the token does not work',
  deleted: 'deleted: the token does not work',
  'no-role': 'has no role: the token does not work',
  unconfirmed: 'has to sign in: until then the token does not work',
} as const;

function Owner({ owner }: { readonly owner: TokenOwner }): ReactNode {
  switch (owner.kind) {
    case 'console':
      return <span className="soft">created on the console’s machine</span>;
    case 'unknown':
      return (
        <>
          {owner.name} <span className="mark dashed">no owner: adopt or revoke</span>
        </>
      );
    case 'user':
      return (
        <>
          {owner.name} {owner.state !== 'active' && <span className="mark dashed">{lostBy[owner.state]}</span>}
        </>
      );
  }
}

function SpeaksFor({ token }: { readonly token: ApiToken }): ReactNode {
  if (token.repositories !== undefined) return <span className="mono small">{token.repositories.join(', ')}</span>;
  return <span className="soft">none: publishes nothing</span>;
}

function End({ token }: { readonly token: ApiToken }): ReactNode {
  const now = useNow();
  if (token.expiresAt === undefined) return 'never';
  if (Date.parse(token.expiresAt) < now.getTime()) return <span className="mark dashed">expired</span>;
  return date(token.expiresAt);
}
