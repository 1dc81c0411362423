import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';
import '@mantine/core/styles/ActionIcon.layer.css';
import '@mantine/core/styles/UnstyledButton.layer.css';
import { PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { setPassword } from '#access/contract.ts';
import { ask, failureOf } from '../../api.ts';
import { meReading } from '../../app/session.ts';
import { StateGlyph } from '../../ui/state-mark.tsx';

/** Characters that a password has at least; the endpoint asks for the same. */
const shortest = 12;

/** Sets one's own password; other sessions of the same user end with it. */
export function PasswordSection({ hasPassword }: { readonly hasPassword: boolean }): ReactNode {
  const queries = useQueryClient();
  const [password, change] = useState('');
  const setting = useMutation({
    mutationFn: () => ask(setPassword, { body: { password } }),
    onSuccess: () => {
      change('');
      return queries.invalidateQueries({ queryKey: meReading.queryKey });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setting.mutate();
  };
  return (
    <section className="section">
      <header>
        <h2>My password</h2>
      </header>
      <form className="form" onSubmit={submit}>
        <PasswordInput
          label={hasPassword ? 'New password' : 'Password'}
          description={`At least ${shortest} characters. Your other sessions end.`}
          autoComplete="new-password"
          required
          withAsterisk={false}
          minLength={shortest}
          maxLength={1024}
          value={password}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <button type="submit" className="btn" disabled={setting.isPending || password.length < shortest}>
          {hasPassword ? 'Change password' : 'Set password'}
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
    </section>
  );
}
