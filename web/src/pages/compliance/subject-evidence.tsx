import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type CheckSubjectKind, getCompliance, type ListedCheck } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { askerOf } from './check-words.ts';
import { Evidence } from './evidence.tsx';

interface SubjectEvidenceProps {
  readonly subject: { readonly host: string; readonly kind: CheckSubjectKind; readonly id: string };
  readonly check: ListedCheck;
}

/** The evidence of one check about one subject, as it is now. */
export function SubjectEvidence({ subject: { host, kind, id }, check }: SubjectEvidenceProps): ReactNode {
  const { data, error } = useQuery(reading(getCompliance, { params: { host, kind, id } }));
  if (error !== null && data === undefined) return <Failure error={error} />;
  if (data === undefined) return <Skeleton width={220} />;
  const result = data.results?.find((one) => one.id === check.id);
  if (data.subject === undefined || result === undefined)
    return <p className="quiet small">It is not reported any more, or was not evaluated again yet.</p>;
  const opened = { subject: data.subject, documents: data.documents, asker: askerOf[kind] };
  return <Evidence judged={{ id: check.id, check, result }} opened={opened} />;
}
