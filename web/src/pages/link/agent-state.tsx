import type { ReactNode } from 'react';
import type { AgentState } from '#link/contract.ts';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';

interface MarkProps {
  readonly state: AgentState;
  readonly seenAt: string | undefined;
}

/** How an agent is. One that is away says since when; what it reported is out of date then. */
export function AgentStateMark({ state, seenAt }: MarkProps): ReactNode {
  switch (state) {
    case 'live':
      return <State state="pass">Live</State>;
    case 'silent':
      return (
        <>
          <State state="unknown">Silent</State>
          <span className="l2">seen {seenAt === undefined ? 'never' : <When moment={seenAt} />}</span>
        </>
      );
    case 'revoked':
      return <State state="fail">Revoked</State>;
    case 'replaced':
      return <State state="unknown">Replaced</State>;
  }
}
