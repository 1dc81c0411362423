import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';
import '@mantine/core/styles/ActionIcon.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import { PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type getMe, listOwnSessions, passwordFault, setPassword, shortestPassword } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, failureOf, reading } from '../../api.ts';
import { meReading } from '../../app/session.ts';
import { StateGlyph } from '../../ui/state-mark.tsx';
import { OwnSessions } from './own-sessions.tsx';

/** One's own password, and where one is signed in. */
export function PasswordSection({ me }: { readonly me: ReplyOf<typeof getMe> }): ReactNode {
  return (
    <>
      <section className="section">
        <header>
          <h2>My password</h2>
        </header>
        {me.provider === undefined ? (
          <PasswordForm me={me} />
        ) : (
          <p className="soft">You sign in with {me.provider.name}. You have no password here.</p>
        )}
      </section>
      <OwnSessions />
    </>
  );
}

/** Sets one's own password; other sessions and links of the same user end with it. */
function PasswordForm({ me }: { readonly me: ReplyOf<typeof getMe> }): ReactNode {
  const queries = useQueryClient();
  const [old, typeOld] = useState('');
  const [password, change] = useState('');
  const setting = useMutation({
    mutationFn: () => ask(setPassword, { body: { password, ...(me.needsOldPassword && { old }) } }),
    onSuccess: async () => {
      typeOld('');
      change('');
      await Promise.all([
        queries.invalidateQueries({ queryKey: meReading.queryKey }),
        queries.invalidateQueries({ queryKey: reading(listOwnSessions).queryKey }),
      ]);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setting.mutate();
  };
  const fault = password === '' ? undefined : passwordFault(password, me.name);
  return (
    <form className="form" onSubmit={submit}>
      <input type="text" name="username" autoComplete="username" value={me.name} readOnly hidden />
      {me.needsOldPassword && <OldPassword value={old} change={typeOld} />}
      <PasswordInput
        label={me.hasPassword ? 'New password' : 'Password'}
        description={`At least ${shortestPassword} characters; your name, “seawall”, common passwords, rows like abc and repetitions count little. Your other sessions and links end.`}
        autoComplete="new-password"
        required
        withAsterisk={false}
        maxLength={1024}
        error={fault}
        value={password}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <button
        type="submit"
        className="btn"
        disabled={setting.isPending || password === '' || fault !== undefined || (me.needsOldPassword && old === '')}
      >
        {me.hasPassword ? 'Change password' : 'Set password'}
      </button>
      <p role="status" className="small">
        {setting.isSuccess && 'The password is set.'}
        {setting.isError && (
          <>
            <StateGlyph state="fail" /> {failureOf(setting.error).message} {failureOf(setting.error).next}
          </>
        )}
      </p>
    </form>
  );
}

interface FieldProps {
  readonly value: string;
  readonly change: (value: string) => void;
}

function OldPassword({ value, change }: FieldProps): ReactNode {
  return (
    <PasswordInput
      label="Old password"
      autoComplete="current-password"
      required
      withAsterisk={false}
      maxLength={1024}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
