import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Failure } from '../../ui/failure.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';

interface CreateFormProps<Created> {
  /** `token`, `user`. */
  readonly what: string;
  /** A name as an example. */
  readonly example: string;
  /** Fields besides the name. */
  readonly children: ReactNode;
  /** Below the fields. */
  readonly note?: ReactNode;
  readonly create: (name: string) => Promise<Created>;
  /** The list that has one more row then. */
  readonly listKey: readonly unknown[];
  readonly secretOf: (created: Created) => string;
  /** What is said of the secret. */
  readonly describe: (created: Created) => ReactNode;
}

/** Creates something by its name and shows its secret once. */
export function CreateForm<Created>({ what, example, children, note, ...rest }: CreateFormProps<Created>): ReactNode {
  const { create, listKey, secretOf, describe } = rest;
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const creating = useMutation({
    mutationFn: () => create(name),
    onSuccess: () => {
      setName('');
      return queries.invalidateQueries({ queryKey: listKey });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  return (
    <>
      <form className="form-row" onSubmit={submit}>
        <TextInput
          label="Name"
          placeholder={example}
          autoComplete="off"
          required
          withAsterisk={false}
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {children}
        <button type="submit" className="btn primary" disabled={creating.isPending}>
          Create {what}
        </button>
      </form>
      {note}
      {creating.isError && <Failure error={creating.error} />}
      {creating.data !== undefined && <ShownOnce text={secretOf(creating.data)}>{describe(creating.data)}</ShownOnce>}
    </>
  );
}
