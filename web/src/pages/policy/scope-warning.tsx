import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { listCollections } from '#access/contract.ts';
import { reading } from '../../api.ts';
import { State } from '../../ui/state-mark.tsx';
import { restsOn } from './scope-trust.ts';

/** Says so where a scope goes by what anybody may write who may use an engine. */
export function ScopeWarning({ chosen }: { readonly chosen: readonly string[] | undefined }): ReactNode {
  const known = useQuery(reading(listCollections)).data?.collections;
  const rests = restsOn(known?.filter(({ id }) => chosen?.includes(id)) ?? []);
  if (rests.length === 0) return null;
  return (
    <p className="small soft" role="note">
      <State state="partly">This scope uses {rests.join(' and ')}, which prove nothing.</State> Whoever may use an
      engine gives an image another name or label, and so this rule. Where it lets more through than the rules below,
      choose hosts or environments instead, or have the policy ask for a trusted source or a signature.
    </p>
  );
}
