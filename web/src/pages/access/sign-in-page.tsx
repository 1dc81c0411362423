import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';
import '@mantine/core/styles/ActionIcon.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import { PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { getConsole, signIn } from '#access/contract.ts';
import type { AppError } from '#base/index.ts';
import type { CallInput } from '#http/index.ts';
import { ask, failureOf, reading } from '../../api.ts';
import { linkSecretIn, placeAfterSignIn } from '../../app/link-secret.ts';
import { ConsoleCommand } from '../../app/own-program.tsx';
import { DemoMark, PlainHttp } from '../../app/strips.tsx';
import { meReading } from '../../app/session.ts';
import { BrandMark } from '../../ui/icon.tsx';
import { Failure } from '../../ui/failure.tsx';
import { StateGlyph } from '../../ui/state-mark.tsx';
import { ProviderSignIn } from './provider-sign-in.tsx';
import './sign-in-page.css';

const route = getRouteApi('/sign-in');

type Credentials = CallInput<typeof signIn>['body'];

/** Signs in at the provider where there is one, by the one-time link that the terminal prints, or by name and password. */
export function SignInPage(): ReactNode {
  const { next } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const entering = useMutation({
    mutationFn: (body: Credentials) => ask(signIn, { body }),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(meReading.queryKey, me);
      router.history.replace(placeAfterSignIn(next));
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Seawall';
  }, []);
  const { mutate } = entering;
  useEffect(() => takeLinks((secret) => mutate({ by: 'link', secret })), [mutate]);
  const byLink = entering.variables?.by === 'link';
  const about = useQuery(reading(getConsole));
  const { provider } = about.data ?? {};
  const [asksPassword, askPassword] = useState(false);
  // The form waits for the button above it, so that nothing moves once it is there.
  const hidden = about.isPending || (provider?.passwordSignIn === 'hidden' && !asksPassword);
  return (
    <main className="sign-in">
      <div className="sign-in-sheet">
        <p className="brand">
          <BrandMark />
          Seawall
          <DemoMark />
        </p>
        <PlainHttp where="sign-in" />
        {byLink && (entering.isPending || entering.isSuccess) ? (
          <h1 role="status">Signing in by link</h1>
        ) : (
          <>
            {byLink && entering.isError && <LinkRefused failure={failureOf(entering.error)} />}
            <h1>Sign in</h1>
            {provider && <ProviderSignIn name={provider.name} next={next} />}
            {provider && !hidden && <p className="small quiet">Or with name and password:</p>}
            {hidden && !about.isPending && (
              <button type="button" className="btn plain" onClick={() => askPassword(true)}>
                Sign in with a password
              </button>
            )}
            {!hidden && (
              <PasswordForm
                busy={entering.isPending}
                isFirst={provider === undefined}
                failure={entering.isError && !byLink ? failureOf(entering.error) : undefined}
                enter={(credentials) => mutate(credentials)}
              />
            )}
            {!byLink && !hidden && <LinkHint />}
          </>
        )}
      </div>
    </main>
  );
}

/** Secrets that were used by this page: a link works once, so it is sent once. */
const used = new Set<string>();

/** Takes the secret of a link out of the address bar, now and whenever another link is opened on this page. */
function takeLinks(enter: (secret: string) => void): () => void {
  const take = (): void => {
    const found = linkSecretIn(new URL(window.location.href));
    if (found === undefined) return;
    window.history.replaceState(window.history.state, '', found.clean);
    if (used.has(found.secret)) return;
    used.add(found.secret);
    enter(found.secret);
  };
  take();
  window.addEventListener('hashchange', take);
  return () => window.removeEventListener('hashchange', take);
}

function LinkRefused({ failure }: { readonly failure: AppError }): ReactNode {
  if (failure.code !== 'bad-credentials' && failure.code !== 'bad-request') {
    return <Failure error={failure} />;
  }
  return (
    <div role="alert" className="refused">
      <h1>
        <StateGlyph state="unknown" />
        This link does not work any more
      </h1>
      <p className="soft">
        A link works once and for a while. An administrator makes a new one under Access; on the machine of the console
        it is made by:
      </p>
      <ConsoleCommand words="console --sign-in-link" />
    </div>
  );
}

function LinkHint(): ReactNode {
  return (
    <div className="refused">
      <p className="small quiet">
        No password yet, or forgotten? An administrator makes a one-time link under Access, or on the machine of the
        console:
      </p>
      <ConsoleCommand words="console --sign-in-link" />
    </div>
  );
}

interface FormProps {
  readonly busy: boolean;
  /** Whether no other way to sign in stands above it. */
  readonly isFirst: boolean;
  readonly failure: AppError | undefined;
  readonly enter: (credentials: Credentials) => void;
}

function PasswordForm({ busy, isFirst, failure, enter }: FormProps): ReactNode {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    enter({ by: 'password', name, password });
  };
  return (
    <form className="form" onSubmit={submit}>
      {failure && <Failure error={failure} />}
      <TextInput
        label="Name"
        autoComplete="username"
        required
        withAsterisk={false}
        maxLength={128}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        maxLength={1024}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <button type="submit" className={isFirst ? 'btn primary' : 'btn'} disabled={busy}>
        Sign in
      </button>
    </form>
  );
}
