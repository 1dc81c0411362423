import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Attestation, listAttestations, revokeAttestation } from '#explorer/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { ComplianceTabs } from '../compliance/compliance-tabs.tsx';
import { attestationColumns } from './attestation-columns.tsx';
import { NewAttestation } from './new-attestation.tsx';
import './evidence.css';

const title = 'Attestations';

/** What people confirmed by documents: it answers questions that nothing can measure. */
export function AttestationsPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listAttestations));
  const queries = useQueryClient();
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const [asked, askFor] = useState<Asked>();
  const revoke = ({ id, title: name, document }: Attestation): void =>
    askFor({
      title: `Revoke “${name}”?`,
      consequence: `“${document}” no longer answers its question: controls that rest on it become incomplete. The attestation stays in this list. To confirm it again, add a new one.`,
      act: 'Revoke',
      run: async () => {
        await ask(revokeAttestation, { params: { id } });
        await queries.invalidateQueries({ queryKey: reading(listAttestations).queryKey });
      },
    });
  if (data === undefined)
    return error === null ? <WaitingHead title={title} /> : <ErrorState error={error} retry={() => void refetch()} />;
  const { kinds, attestations } = data;
  return (
    <>
      <Head {...data} />
      <ComplianceTabs current="attestations" />
      {mayWrite && (
        <section className="section" aria-label="New attestation">
          <NewAttestation kinds={kinds} />
        </section>
      )}
      <PlainTable
        name="Attestations"
        rows={attestations}
        columns={attestationColumns({ mayWrite, revoke })}
        keyOf={({ id }) => id}
        stale={({ state }) => state !== 'holds'}
        empty={
          <EmptyState icon="tick" title="Nobody has confirmed anything yet">
            <p className="soft">
              Some questions cannot be measured: a person answers them, by a document with a date on which it expires.
              Whoever may write rules can add one here.
            </p>
          </EmptyState>
        }
      />
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}

type HeadProps = {
  readonly kinds: readonly { readonly id: string; readonly title: string }[];
  readonly attestations: readonly Attestation[];
};

function Head({ kinds, attestations }: HeadProps): ReactNode {
  const held = new Set(attestations.flatMap(({ kind, state }) => (state === 'holds' ? [kind] : [])));
  const open = kinds.filter(({ id }) => !held.has(id));
  return (
    <PageHead
      title={title}
      crumbs={
        <>
          <Link to="/compliance">Compliance Explorer</Link> <span aria-hidden="true">/</span> <span>{title}</span>
        </>
      }
      state={open.length === 0 ? 'pass' : 'unknown'}
      verdict={
        open.length === 0
          ? `Each of ${counted(kinds.length, 'statement')} is confirmed.`
          : `${counted(open.length, 'statement')} of ${kinds.length} ${open.length === 1 ? 'is' : 'are'} not confirmed.`
      }
      reason={open.length === 0 ? undefined : `Not confirmed: ${open.map((one) => one.title).join(', ')}.`}
    />
  );
}
