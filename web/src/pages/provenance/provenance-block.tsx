import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageDigest, SubjectId } from '#base/index.ts';
import { getProvenance, lookForProvenance, type ProofState, type Pull, pullImage } from '#provenance/contract.ts';
import { ask, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { Failure } from '../../ui/failure.tsx';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { type MarkState, State } from '../../ui/state-mark.tsx';

interface Line {
  readonly what: string;
  readonly state: ProofState;
  readonly why: string;
}

/** What is proven of where an image comes from, each with why. */
export function ProvenanceBlock({ subject }: { readonly subject: SubjectId }): ReactNode {
  const query = reading(getProvenance, { params: { subject } });
  const { data, error, refetch } = useQuery(query);
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <section className="section flush" aria-labelledby="provenance">
      <header>
        <h2 id="provenance">Provenance</h2>
      </header>
      {data === undefined ? (
        <p className="below" aria-busy="true">
          <Skeleton width={320} />
        </p>
      ) : (
        <>
          <PlainTable name="Provenance" rows={linesOf(data)} columns={columns} keyOf={({ what }) => what} />
          <p className="small quiet below">
            {data.provenance.lookedAt === undefined ? (
              'Not looked for yet.'
            ) : (
              <>
                Looked for <When moment={data.provenance.lookedAt} /> by {data.provenance.lookedBy}.
              </>
            )}{' '}
            <Link to="/trust">Trust</Link> holds registries, keys and bases. <LookAgain subject={subject} />
          </p>
          <p className="small quiet below">
            {data.pull === undefined ? 'The console has not pulled the image.' : <PullState pull={data.pull} />}{' '}
            <PullAndScan subject={subject} pull={data.pull} />
          </p>
        </>
      )}
    </section>
  );
}

type Known = Awaited<ReturnType<NonNullable<ReturnType<typeof provenanceReading>['queryFn']>>>;

function provenanceReading(subject: SubjectId) {
  return reading(getProvenance, { params: { subject } });
}

function linesOf({ provenance, keys, bases }: Known): readonly Line[] {
  const { origin, signatures, keyless } = provenance;
  return [
    { what: 'Origin', state: origin.state, why: origin.why },
    ...signatures.map(({ key, state, why }) => ({ what: `Signature: ${keys[key] ?? key}`, state, why })),
    ...(keyless === undefined ? [] : [{ what: 'Signature: keyless', state: 'unknown' as const, why: keyless.why }]),
    ...provenance.bases.map(({ base, state, why }) => ({ what: `Base: ${bases[base] ?? base}`, state, why })),
  ];
}

const marks: Readonly<Record<ProofState, readonly [state: MarkState, word: string]>> = {
  proven: ['pass', 'Proven'],
  disproven: ['fail', 'Not proven'],
  unknown: ['unknown', 'Unknown'],
};

function ProofMark({ state }: Pick<Line, 'state'>): ReactNode {
  const [mark, word] = marks[state];
  return <State state={mark}>{word}</State>;
}

const columns: readonly Column<Line>[] = [
  {
    id: 'what',
    name: 'What',
    className: 'breakable',
    heads: 'row',
    cell: ({ what }) => <span className="strong">{what}</span>,
  },
  { id: 'state', name: 'State', className: '', cell: ({ state }) => <ProofMark state={state} /> },
  { id: 'why', name: 'Why', className: 'breakable soft', cell: ({ why }) => why },
];

function LookAgain({ subject }: { readonly subject: SubjectId }): ReactNode {
  const me = useMe();
  const queries = useQueryClient();
  const looking = useMutation({
    mutationFn: async () => await ask(lookForProvenance, { params: { subject } }),
    onSuccess: async () => await queries.invalidateQueries({ queryKey: provenanceReading(subject).queryKey }),
  });
  if (me?.permissions.includes('operate') !== true) return null;
  return (
    <>
      <button type="button" className="btn plain" disabled={looking.isPending} onClick={() => looking.mutate()}>
        Look again
      </button>
      {looking.isError && <Failure error={looking.error} />}
    </>
  );
}

/** How the console's own pull went, and when it is tried again. */
function PullState({ pull }: { readonly pull: Pull }): ReactNode {
  const { state, endedAt, dueAt, reason, place } = pull;
  switch (state) {
    case 'waiting':
      return 'The console is about to pull the image.';
    case 'running':
      return 'The console is pulling the image.';
    case 'done':
      return (
        <>
          Pulled from {place} and scanned {endedAt !== undefined && <When moment={endedAt} />}.
        </>
      );
    case 'failed':
      return (
        <>
          The pull failed: {reason}{' '}
          {dueAt === undefined ? (
            'It is not tried again by itself.'
          ) : (
            <>
              The next try is due <When moment={dueAt} />.
            </>
          )}
        </>
      );
  }
}

function PullAndScan({ subject, pull }: { readonly subject: SubjectId; readonly pull: Pull | undefined }): ReactNode {
  const me = useMe();
  const queries = useQueryClient();
  const pulling = useMutation({
    mutationFn: async () => await ask(pullImage, { params: { digest: subject as string as ImageDigest } }),
    onSuccess: async () => await queries.invalidateQueries({ queryKey: provenanceReading(subject).queryKey }),
  });
  if (me?.permissions.includes('operate') !== true) return null;
  const isUnderWay = pull?.state === 'running';
  return (
    <>
      <button
        type="button"
        className="btn plain"
        disabled={pulling.isPending || isUnderWay}
        onClick={() => pulling.mutate()}
      >
        Pull and scan
      </button>
      {pulling.isError && <Failure error={pulling.error} />}
    </>
  );
}
