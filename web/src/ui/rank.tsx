import type { ReactNode } from 'react';
import { count } from './format.ts';
import { Icon } from './icon.tsx';
import type { Move } from './moves.ts';

interface RankProps {
  readonly index: number;
  readonly move: Move | undefined;
}

/** The place of a row in a ranked list, and how many places it just gained. */
export function Rank({ index, move }: RankProps): ReactNode {
  return (
    <>
      {count(index + 1)}
      {move !== undefined && (
        <span className="place-gained">
          <Icon name="up" />
          {move === 'new' ? 'new' : count(move)}
          {move !== 'new' && <span className="sr"> places up</span>}
        </span>
      )}
    </>
  );
}
