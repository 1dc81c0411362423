import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { startProviderSignIn } from '#access/contract.ts';
import { ask } from '../../api.ts';
import { keepNext } from '../../app/provider-answer.ts';
import { Failure } from '../../ui/failure.tsx';

interface ProviderProps {
  readonly name: string;
  /** Where to go afterwards. */
  readonly next: string | undefined;
}

/** Leads to the OpenID Connect provider, which sends the browser back. */
export function ProviderSignIn({ name, next }: ProviderProps): ReactNode {
  const starting = useMutation({
    mutationFn: () => ask(startProviderSignIn),
    onSuccess: ({ address }) => {
      keepNext(next);
      window.location.assign(address);
    },
  });
  return (
    <div className="form">
      <button
        type="button"
        className="btn primary"
        disabled={starting.isPending || starting.isSuccess}
        onClick={() => starting.mutate()}
      >
        Sign in with {name}
      </button>
      {starting.isError && <Failure error={starting.error} />}
    </div>
  );
}
