import { type ReactNode, useState } from 'react';
import { deleteSigningKey, putSigningKey, type SigningKey } from '#provenance/contract.ts';
import { ask } from '../../api.ts';
import type { Column } from '../../ui/columns.ts';
import { TextField } from '../../ui/fields.tsx';
import { newId, useTrustChange } from './saving.ts';
import { TrustedList, TrustForm } from './trusted-list.tsx';

interface Props {
  readonly keys: readonly SigningKey[];
  readonly change: 'allowed' | 'refused';
}

/** Public keys whose signatures count. */
export function KeysSection({ keys, change }: Props): ReactNode {
  return (
    <TrustedList
      title="Signing keys"
      rows={keys}
      columns={columns}
      change={change}
      consequence="Signatures by this key no longer count."
      remove={async ({ id }) => await ask(deleteSigningKey, { params: { id } })}
      empty="No signing key. Create one with cosign generate-key-pair and paste its public key here."
    >
      <AddKey keys={keys} />
    </TrustedList>
  );
}

const kinds = { 'ecdsa-p256': 'ECDSA P-256', rsa: 'RSA', ed25519: 'Ed25519' } as const;

const columns: readonly Column<SigningKey>[] = [
  {
    id: 'name',
    name: 'Key',
    className: 'breakable',
    heads: 'row',
    cell: ({ name }) => <span className="strong">{name}</span>,
  },
  { id: 'kind', name: 'Kind', className: 'soft', cell: ({ kind }) => kinds[kind] },
  {
    id: 'fingerprint',
    name: 'SHA-256',
    className: 'soft',
    cell: ({ fingerprint }) => <code title={fingerprint}>{fingerprint.slice(0, 16)}</code>,
  },
];

function AddKey({ keys }: Pick<Props, 'keys'>): ReactNode {
  const [name, setName] = useState('');
  const [pem, setPem] = useState('');
  const saving = useTrustChange(
    async () => await ask(putSigningKey, { params: { id: newId(name, keys) }, body: { name, pem } }),
    () => {
      setName('');
      setPem('');
    },
  );
  return (
    <TrustForm act="Trust a key" save={() => saving.mutate()} saving={saving}>
      <TextField label="Name" longest={200} value={name} change={setName} />
      <TextField
        label="Public key (PEM)"
        mono="yes"
        lines={5}
        placeholder="-----BEGIN PUBLIC KEY-----"
        value={pem}
        change={setPem}
      />
    </TrustForm>
  );
}
