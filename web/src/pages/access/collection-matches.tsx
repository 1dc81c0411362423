import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listImages } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { count } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';

/** How many images a collection selects now, as a link to them. */
export function CollectionMatches({ id }: { readonly id: string }): ReactNode {
  const { data, error } = useQuery(reading(listImages, { query: { collection: id, limit: 1 } }));
  if (error) return <span className="hatch quiet">not known</span>;
  const search = { collection: id, environment: undefined };
  return (
    <Link to="/images" search={search}>
      {data === undefined ? '…' : <Glow value={data.total}>{count(data.total)}</Glow>}
    </Link>
  );
}
