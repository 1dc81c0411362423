import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listPolicies } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Crumbs } from './crumbs.tsx';
import { Editor } from './editor.tsx';
import './rules-page.css';
import './rule-page.css';

const route = getRouteApi('/inside/rules/$id');

/** One policy to read, try and change; `new` begins one. */
export function RulePage(): ReactNode {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(reading(listPolicies));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <PageHead title="Policy" crumbs={<Crumbs name="" />} verdict="" />
        <p className="section" aria-busy="true">
          <Skeleton width={420} />
        </p>
      </>
    );
  }
  const saved = data.policies.find(({ policy }) => policy.id === id);
  if (saved === undefined && id !== 'new') return <Missing />;
  return <Editor key={id} saved={saved} policies={data.policies} />;
}

function Missing(): ReactNode {
  return (
    <>
      <PageHead
        title="Policy"
        crumbs={<Crumbs name="deleted" />}
        state="unknown"
        verdict="There is no such policy."
        reason="It was deleted, or never made."
      />
      <p className="section">
        <Link to="/rules">All policies</Link>
      </p>
    </>
  );
}
