import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { finishProviderSignIn } from '#access/contract.ts';
import { ask, failureOf } from '../../api.ts';
import { placeAfterSignIn, signInPath } from '../../app/link-secret.ts';
import { takeAnswer, takeNext } from '../../app/provider-answer.ts';
import { meReading } from '../../app/session.ts';
import { BrandMark } from '../../ui/icon.tsx';
import { StateGlyph } from '../../ui/state-mark.tsx';
import './sign-in-page.css';

/** Takes what the provider sent the browser back with. */
export function ProviderAnswerPage(): ReactNode {
  const router = useRouter();
  const queries = useQueryClient();
  const { mutate, error } = useMutation({
    mutationFn: (answer: string) => ask(finishProviderSignIn, { body: { answer } }),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(meReading.queryKey, me);
      router.history.replace(placeAfterSignIn(takeNext()));
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Seawall';
    const answer = takeAnswer();
    if (answer !== undefined) mutate(answer);
    // Somebody came back to this address later.
    else router.history.replace(signInPath);
  }, [mutate, router]);
  return (
    <main className="sign-in">
      <div className="sign-in-sheet">
        <p className="brand">
          <BrandMark />
          Seawall
        </p>
        {error === null ? <h1 role="status">Signing in</h1> : <Refused error={error} />}
      </div>
    </main>
  );
}

function Refused({ error }: { readonly error: unknown }): ReactNode {
  const { message, next, code } = failureOf(error);
  return (
    <div role="alert" className="refused">
      <h1>
        <StateGlyph state="unknown" />
        You are not signed in
      </h1>
      <p className="breakable">{message}</p>
      <p className="soft">{next}</p>
      <p className="quiet small">
        Code <code>{code}</code>
      </p>
      <p>
        <Link to={signInPath}>Back to sign-in</Link>
      </p>
    </div>
  );
}
