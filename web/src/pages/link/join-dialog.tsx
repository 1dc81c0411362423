import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import '@mantine/core/styles/Input.layer.css';
import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { environmentPattern } from '#access/contract.ts';
import { AppError } from '#base/index.ts';
import { createJoinToken, listJoinTokens, unassigned } from '#link/contract.ts';
import type { CallInput } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { Command } from '../../ui/copy-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Choice, wordsIn } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';
import { Minute } from '../../ui/marks.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';

interface DialogProps {
  readonly opened: boolean;
  readonly close: () => void;
}

/** Makes a join token, and shows the command that joins a host with it this once. */
export function JoinDialog({ opened, close }: DialogProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={close}
      withCloseButton={false}
      size={440}
      attributes={{ content: { 'aria-label': 'Add a host' } }}
      centered
      transitionProps={{ duration: 120 }}
    >
      {opened && <JoinForm close={close} />}
    </Modal>
  );
}

const lifetimes = [
  ['1', '1 hour'],
  ['24', '24 hours'],
  ['168', '7 days'],
  ['720', '30 days'],
] as const;

interface Wanted {
  readonly name: string;
  readonly environments: string;
  readonly hosts: string;
  readonly uses: string;
  readonly hours: (typeof lifetimes)[number][0];
}

const first: Wanted = { name: '', environments: '', hosts: '', uses: '1', hours: '24' };

function JoinForm({ close }: { readonly close: () => void }): ReactNode {
  const queries = useQueryClient();
  const [wanted, setWanted] = useState(first);
  const change = (changes: Partial<Wanted>): void => setWanted((before) => ({ ...before, ...changes }));
  const making = useMutation({
    mutationFn: async () => ask(createJoinToken, { body: bodyOf(wanted) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: reading(listJoinTokens).queryKey }),
  });
  if (making.data) return <Made made={making.data} close={close} />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form className="form" onSubmit={submit}>
      <h2>Add a host</h2>
      <p className="soft">An agent joins with a token and holds a certificate from then on.</p>
      <Fields wanted={wanted} change={change} />
      {making.isError && <Failure error={making.error} />}
      <div className="actions">
        <button type="submit" className="btn primary" disabled={making.isPending}>
          Create join token
        </button>
        <button type="button" className="btn" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly wanted: Wanted;
  readonly change: (changes: Partial<Wanted>) => void;
}

function Fields({ wanted, change }: FieldsProps): ReactNode {
  return (
    <>
      <Text
        label="Name"
        placeholder="rack 3"
        description="Name of the join token, here and in the audit trail."
        value={wanted.name}
        required
        change={(name) => change({ name })}
      />
      <Text
        label="Allowed environments"
        placeholder="prod"
        description="Agents join in the first one unless --environment names another. For none: unassigned."
        value={wanted.environments}
        required
        change={(environments) => change({ environments })}
      />
      <Text
        label="Hosts"
        placeholder="any"
        description="Pattern for host names, such as quay-*. Only a token for one exact name may replace an agent that is away."
        value={wanted.hosts}
        change={(hosts) => change({ hosts })}
      />
      <div className="form-row">
        <Text
          label="Uses"
          description="How many agents may join with it."
          type="number"
          value={wanted.uses}
          required
          change={(uses) => change({ uses })}
        />
        <Choice label="Expires after" value={wanted.hours} options={lifetimes} choose={(hours) => change({ hours })} />
      </div>
    </>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly description: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly type?: 'number';
  readonly change: (value: string) => void;
}

function Text({ change, type, ...props }: TextProps): ReactNode {
  return (
    <TextInput
      {...props}
      withAsterisk={false}
      autoComplete="off"
      maxLength={255}
      {...(type && { type, min: 1, max: 10_000 })}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function bodyOf({ name, environments, hosts, uses, hours }: Wanted): CallInput<typeof createJoinToken>['body'] {
  const places = wordsIn(environments);
  const wrong = places?.find((place) => !environmentPattern.test(place));
  if (wrong !== undefined) {
    throw new AppError('bad-request', `"${wrong}" cannot be the name of an environment.`, {
      next: 'Use small letters, digits and dashes, such as prod.',
    });
  }
  if (places === undefined) {
    throw new AppError('bad-request', 'A join token names its environments.', {
      next: `Name one or more, or ${unassigned} for none.`,
    });
  }
  return {
    name,
    environments: [...places],
    uses: Number(uses),
    hours: Number(hours),
    ...(hosts !== '' && { hosts }),
  };
}

interface UnreachableProps {
  readonly reason: string | undefined;
  readonly environment: string | undefined;
}

function Unreachable({ reason, environment }: UnreachableProps): ReactNode {
  const where = environment === undefined || environment === unassigned ? '' : ` --environment ${environment}`;
  return (
    <p className="soft">
      {reason} Start it with <code>seawall console --host ADDRESS</code>, an address of this machine that the hosts
      reach, or in a container with <code>--host-name NAME</code>. On this machine itself an agent joins by{' '}
      <code>{`seawall agent --console ${window.location.origin}${where} --token-file -`}</code>.
    </p>
  );
}

interface MadeProps {
  readonly made: Awaited<ReturnType<typeof ask<typeof createJoinToken>>>;
  readonly close: () => void;
}

function Made({ made: { token, secret, command, unreachable }, close }: MadeProps): ReactNode {
  return (
    <>
      <h2>{command === undefined ? 'No other host can reach this console' : 'Run this on the host, as root'}</h2>
      {command === undefined ? (
        <Unreachable reason={unreachable} environment={token.environments[0]} />
      ) : (
        <Command text={command} />
      )}
      <ShownOnce text={secret}>
        {command === undefined ? 'The join token:' : 'It asks for this join token:'} good for{' '}
        {counted(token.uses, 'join')} until <Minute moment={token.expiresAt} />. Copy it now, it is shown this once. The
        host appears in the list a moment later.
      </ShownOnce>
      <p className="small quiet form-note">
        In a script, keep the token in a file of root: <code>--token-file FILE</code>. Where the engine listens is said
        by <code>--engine</code>.
      </p>
      <div className="actions dialog-actions">
        <button type="button" className="btn" onClick={close}>
          Done
        </button>
      </div>
    </>
  );
}
