import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { listSessions, revokeSession, type Session } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';

/** Who is signed in, from where, and a button to end it. */
export function SessionsSection(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listSessions));
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const end = (session: Session): void =>
    askFor({
      title: `End the session of ${session.user}?`,
      consequence: 'Its next request is refused. The user can sign in again.',
      act: 'End session',
      run: async () => {
        await ask(revokeSession, { params: { id: session.id } });
        await queries.invalidateQueries({ queryKey: reading(listSessions).queryKey });
      },
    });
  return (
    <>
      <PlainTable name="Sessions" rows={data?.sessions} columns={sessionColumns(end)} keyOf={(session) => session.id} />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}

/** Columns of a list of sessions, with a button to end each. */
export function sessionColumns(end: (session: Session) => void): readonly Column<Session>[] {
  return [
    {
      id: 'user',
      name: 'User',
      className: 'breakable',
      heads: 'row',
      cell: (session) => (
        <>
          <span className="strong">{session.user}</span> {session.current && <span className="mark">this one</span>}
        </>
      ),
    },
    {
      id: 'from',
      name: 'From',
      className: 'breakable',
      cell: (session) => <code>{session.address ?? 'unknown'}</code>,
    },
    { id: 'began', name: 'Signed in', className: 'soft', cell: (session) => <When moment={session.createdAt} /> },
    {
      id: 'confirmed',
      name: 'Confirmed',
      className: 'soft',
      cell: (session) => <Confirmed session={session} />,
    },
    { id: 'seen', name: 'Last seen', className: 'soft', cell: (session) => <When moment={session.seenAt} /> },
    {
      id: 'end',
      name: 'End',
      quietHead: 'yes',
      className: 'end',
      cell: (session) =>
        session.current ? (
          <span className="quiet small">this session</span>
        ) : (
          <button
            type="button"
            className="btn plain"
            aria-label={`End the session of ${session.user}`}
            onClick={() => end(session)}
          >
            End…
          </button>
        ),
    },
  ];
}

/** When the provider last said that the user still has the role. */
function Confirmed({ session: { confirmedAt, failedAt } }: { readonly session: Session }): ReactNode {
  if (confirmedAt === undefined) return 'local user';
  return (
    <>
      <When moment={confirmedAt} /> {failedAt !== undefined && <span className="mark dashed">provider away</span>}
    </>
  );
}
