import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Collection, listCollections } from '#access/contract.ts';
import type { Immutable } from '#base/index.ts';
import { reading } from '../../api.ts';

interface FieldProps {
  readonly chosen: readonly string[];
  readonly choose: (ids: readonly string[]) => void;
}

/** Which part of the estate someone sees: the chosen collections, or everything. */
export function CollectionsField({ chosen, choose }: FieldProps): ReactNode {
  const all = useQuery(reading(listCollections)).data?.collections.filter(narrows);
  const toggle = (id: string): void =>
    choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset className="checks">
      <legend>Scope</legend>
      {all === undefined || all.length === 0 ? (
        <p className="small quiet">Everything. Collections would narrow it; there is none yet.</p>
      ) : (
        <>
          {all.map((one) => (
            <label key={one.id}>
              <input type="checkbox" checked={chosen.includes(one.id)} onChange={() => toggle(one.id)} />
              {one.name}
            </label>
          ))}
          <p className="small quiet">
            {chosen.length === 0 ? 'Everything, as none is chosen.' : 'Only what the chosen ones select.'}
          </p>
        </>
      )}
    </fieldset>
  );
}

/** Whether a collection selects less than everything. */
function narrows({ selects }: Immutable<Collection>): boolean {
  return Object.values(selects).some((patterns) => patterns !== undefined && patterns.length > 0);
}

/** The collections of someone, for a table. */
export function Sees({ collections }: { readonly collections: readonly string[] | undefined }): ReactNode {
  const names = useQuery(reading(listCollections)).data?.collections;
  if (collections === undefined) return 'everything';
  if (collections.length === 0) return 'nothing';
  return collections.map((id) => names?.find((one) => one.id === id)?.name ?? id).join(', ');
}
