import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { listOwnSessions, revokeOwnSession, type Session } from '#access/contract.ts';
import { ask, reading } from '../../api.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { sessionColumns } from './sessions-section.tsx';

/** Where one is signed in, and a button to end each other session. */
export function OwnSessions(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listOwnSessions));
  const queries = useQueryClient();
  const [asked, askFor] = useState<Asked>();
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const end = (session: Session): void =>
    askFor({
      title: 'End this session?',
      consequence: `Its next request from ${session.address ?? 'there'} is refused.`,
      act: 'End session',
      run: async () => {
        await ask(revokeOwnSession, { params: { id: session.id } });
        await queries.invalidateQueries({ queryKey: reading(listOwnSessions).queryKey });
      },
    });
  return (
    <>
      <section className="section">
        <header>
          <h2>My sessions</h2>
          <span className="quiet small">a session ends after 12 hours without use, and after 7 days</span>
        </header>
      </section>
      <PlainTable
        name="My sessions"
        rows={data?.sessions}
        columns={sessionColumns(end).filter(({ id }) => id !== 'user')}
        keyOf={(session) => session.id}
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}
