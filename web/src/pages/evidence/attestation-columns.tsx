import type { Attestation } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { date } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';

interface Actions {
  readonly mayWrite: boolean;
  readonly revoke: (attestation: Attestation) => void;
}

const stateWords = {
  holds: ['pass', 'Holds'],
  expired: ['unknown', 'Expired'],
  revoked: ['unknown', 'Revoked'],
} as const satisfies Readonly<Record<Attestation['state'], readonly [string, string]>>;

/** What was confirmed, by which document, and until when. */
export function attestationColumns({ mayWrite, revoke }: Actions): readonly Column<Attestation>[] {
  return [
    {
      id: 'what',
      name: 'Confirms',
      className: 'breakable',
      heads: 'row',
      cell: ({ title, note }) => (
        <>
          <span className="l1 strong">{title}</span>
          {note !== undefined && <span className="l2">{note}</span>}
        </>
      ),
    },
    {
      id: 'state',
      name: 'State',
      className: '',
      cell: ({ state }) => <State state={stateWords[state][0]}>{stateWords[state][1]}</State>,
    },
    { id: 'document', name: 'Document', className: 'breakable', cell: ({ document }) => document },
    { id: 'author', name: 'Author', className: 'breakable', cell: ({ author }) => author },
    { id: 'expires', name: 'Expires', className: 'soft', cell: ({ expiresAt }) => date(expiresAt) },
    {
      id: 'added',
      name: 'Added',
      className: 'soft',
      cell: ({ addedAt, addedBy }) => (
        <span>
          <When moment={addedAt} /> by {addedBy}
        </span>
      ),
    },
    {
      id: 'revoke',
      name: 'Revoke',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: (attestation) => <Revoke attestation={attestation} actions={{ mayWrite, revoke }} />,
    },
  ];
}

function Revoke({ attestation, actions }: { readonly attestation: Attestation; readonly actions: Actions }) {
  const { state, revokedAt, revokedBy, title } = attestation;
  if (state === 'revoked')
    return (
      <span className="soft">
        {revokedAt !== undefined && <When moment={revokedAt} />} by {revokedBy}
      </span>
    );
  if (!actions.mayWrite || state === 'expired') return null;
  return (
    <button
      type="button"
      className="btn plain"
      aria-label={`Revoke ${title}`}
      onClick={() => actions.revoke(attestation)}
    >
      Revoke…
    </button>
  );
}
