import { type ReactNode, useState } from 'react';
import type { ImageDigest } from '#base/index.ts';
import { type ApprovedBase, deleteApprovedBase, putApprovedBase } from '#provenance/contract.ts';
import { ask } from '../../api.ts';
import type { Column } from '../../ui/columns.ts';
import { TextField } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';
import { newId, useTrustChange } from './saving.ts';
import { TrustedList, TrustForm } from './trusted-list.tsx';

interface Props {
  readonly bases: readonly ApprovedBase[];
  readonly change: 'allowed' | 'refused';
}

/** Images that others may be built on. */
export function BasesSection({ bases, change }: Props): ReactNode {
  return (
    <TrustedList
      title="Approved bases"
      rows={bases}
      columns={columns}
      change={change}
      consequence="Images built on it are no longer on an approved base."
      remove={async ({ id }) => await ask(deleteApprovedBase, { params: { id } })}
      empty="No base is approved. Pick a scanned image: all of its layers become the base."
    >
      <AddBase bases={bases} />
    </TrustedList>
  );
}

const columns: readonly Column<ApprovedBase>[] = [
  {
    id: 'name',
    name: 'Base',
    className: 'breakable',
    heads: 'row',
    cell: ({ name }) => <span className="strong">{name}</span>,
  },
  {
    id: 'layers',
    name: 'Layers',
    className: 'soft',
    cell: ({ diffIds }) => <span title={diffIds.join('\n')}>{counted(diffIds.length, 'layer')}</span>,
  },
];

function AddBase({ bases }: Pick<Props, 'bases'>): ReactNode {
  const [name, setName] = useState('');
  const [digest, setDigest] = useState('');
  const saving = useTrustChange(
    async () =>
      await ask(putApprovedBase, {
        params: { id: newId(name, bases) },
        body: { name, from: { kind: 'image', digest: digest.trim() as ImageDigest } },
      }),
    () => {
      setName('');
      setDigest('');
    },
  );
  return (
    <TrustForm act="Approve a base" save={() => saving.mutate()} saving={saving}>
      <TextField label="Name" longest={200} value={name} change={setName} />
      <TextField
        label="Image digest"
        mono="yes"
        longest={80}
        placeholder="sha256:…"
        hint="Pick a scanned image: its page shows the digest. All of its layers become the base."
        value={digest}
        change={setDigest}
      />
    </TrustForm>
  );
}
