import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PolicyInPlace, VerdictKind } from '#policy/contract.ts';
import { count } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { StateGlyph, stateOfVerdict, verdictWords } from '../../ui/state-mark.tsx';

const shown = [
  ['fail', 'fail'],
  ['cannot-judge', 'cannotJudge'],
  ['pass', 'pass'],
] as const satisfies readonly (readonly [VerdictKind, keyof PolicyInPlace['hits']])[];

/** What a policy judges now, by verdict; each number leads to the images of its scope with that verdict. */
export function Hits({ policy, hits }: Pick<PolicyInPlace, 'policy' | 'hits'>): ReactNode {
  return (
    <span className="hits">
      {shown.map(([verdict, field]) => (
        <Link
          key={verdict}
          to="/images"
          search={imagesOf(policy.collections, verdict)}
          className="state"
          data-state={hits[field] === 0 ? 'none' : stateOfVerdict(verdict)}
          title={`${count(hits[field])} ${verdictWords[verdict]}`}
        >
          <StateGlyph state={stateOfVerdict(verdict)} />
          <Glow value={hits[field]}>{count(hits[field])}</Glow>
          <span className="sr"> {verdictWords[verdict]}</span>
        </Link>
      ))}
    </span>
  );
}

function imagesOf(collections: readonly string[] | undefined, verdict: VerdictKind) {
  const [collection, ...others] = collections ?? [];
  return { verdict, collection: others.length === 0 ? collection : undefined };
}
