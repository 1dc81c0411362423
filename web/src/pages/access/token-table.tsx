import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiToken, listTokens, revokeToken } from '#access/contract.ts';
import { ask, failureOf, reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { useNow } from '../../ui/clock.ts';
import { date } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';

/** The tokens there are; revoking one asks once, by its name. */
export function TokenTable({ tokens }: { readonly tokens: readonly ApiToken[] | undefined }): ReactNode {
  const [chosen, choose] = useState<ApiToken>();
  if (tokens === undefined) {
    return (
      <p className="tokens" aria-busy="true">
        <Skeleton width={360} />
      </p>
    );
  }
  if (tokens.length === 0) {
    return (
      <p className="tokens soft">
        Tokens appear here. A build that publishes its scans needs one: name it after the build that uses it.
      </p>
    );
  }
  return (
    <>
      <table className="as-cards tokens" aria-label="API tokens">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">May</th>
            <th scope="col">Made</th>
            <th scope="col">Last used</th>
            <th scope="col">Ends</th>
            <th scope="col">
              <span className="sr">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} revoke={() => choose(token)} />
          ))}
        </tbody>
      </table>
      <RevokeDialog token={chosen} close={() => choose(undefined)} />
    </>
  );
}

function TokenRow({ token, revoke }: { readonly token: ApiToken; readonly revoke: () => void }): ReactNode {
  const now = useNow();
  const ended = token.expiresAt !== undefined && Date.parse(token.expiresAt) < now.getTime();
  return (
    <tr>
      <th scope="row" className="strong breakable">
        {token.name}
      </th>
      <td>{token.role}</td>
      <td className="soft" data-name="made">
        <When moment={token.createdAt} />
      </td>
      <td className="soft" data-name={token.lastUsedAt === undefined ? undefined : 'used'}>
        {token.lastUsedAt === undefined ? 'never used' : <When moment={token.lastUsedAt} />}
      </td>
      <td className="soft" data-name={token.expiresAt === undefined || ended ? undefined : 'ends'}>
        {token.expiresAt === undefined ? (
          'no end'
        ) : ended ? (
          <span className="mark dashed">ended</span>
        ) : (
          date(token.expiresAt)
        )}
      </td>
      <td>
        <button type="button" className="btn plain" onClick={revoke} aria-label={`Revoke ${token.name}`}>
          Revoke…
        </button>
      </td>
    </tr>
  );
}

function RevokeDialog({
  token,
  close,
}: {
  readonly token: ApiToken | undefined;
  readonly close: () => void;
}): ReactNode {
  const queries = useQueryClient();
  const revoking = useMutation({
    mutationFn: (id: string) => ask(revokeToken, { params: { id } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: reading(listTokens).queryKey });
      close();
    },
  });
  return (
    <Modal
      opened={token !== undefined}
      onClose={close}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': `Revoke ${token?.name ?? ''}` } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      <h2 className="breakable">Revoke {token?.name}?</h2>
      <p className="soft">
        What uses this token can no longer reach the console. A revoked token cannot be brought back.
      </p>
      {revoking.isError && <p role="alert">{failureOf(revoking.error).message}</p>}
      <div className="actions dialog-actions">
        <button
          type="button"
          className="btn danger"
          disabled={revoking.isPending}
          onClick={() => token && revoking.mutate(token.id)}
        >
          Revoke
        </button>
        <button type="button" className="btn" onClick={close}>
          Keep it
        </button>
      </div>
    </Modal>
  );
}
