import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { createToken, listTokens, Role } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, failureOf, reading } from '../../api.ts';
import { Command } from '../../ui/copy-button.tsx';
import { StateGlyph } from '../../ui/state-mark.tsx';

const lifetimes = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'one year'],
  ['', 'no end'],
] as const;

/** Makes a token and shows its secret this once. */
export function NewToken(): ReactNode {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('ci');
  const [days, setDays] = useState('90');
  const making = useMutation({
    mutationFn: () => ask(createToken, { body: { name, role, ...(days !== '' && { days: Number(days) }) } }),
    onSuccess: () => {
      setName('');
      return queries.invalidateQueries({ queryKey: reading(listTokens).queryKey });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <>
      <form className="form-row" onSubmit={submit}>
        <TextInput
          label="Name"
          placeholder="jenkins, build 918"
          required
          withAsterisk={false}
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Choice
          label="Role"
          value={role}
          options={Role.options.map((one) => [one, one] as const)}
          choose={(value) => setRole(Role.parse(value))}
        />
        <Choice label="Ends after" value={days} options={lifetimes} choose={setDays} />
        <button type="submit" className="btn primary" disabled={making.isPending}>
          Make a token
        </button>
      </form>
      {making.isError && <Refused error={making.error} />}
      {making.data && <Secret made={making.data} />}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly choose: (value: string) => void;
}

function Choice({ label, value, options, choose }: ChoiceProps): ReactNode {
  return (
    <label className="field">
      {label}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Refused({ error }: { readonly error: unknown }): ReactNode {
  const failure = failureOf(error);
  return (
    <p role="alert" className="soft">
      <StateGlyph state="fail" /> {failure.message} {failure.next} <code>{failure.code}</code>
    </p>
  );
}

function Secret({ made }: { readonly made: ReplyOf<typeof createToken> }): ReactNode {
  return (
    <div className="secret" role="status">
      <p>
        <span className="strong">{made.token.name}</span> is made. Copy it now: it is shown this once.
      </p>
      <Command text={made.secret} />
    </div>
  );
}
