import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { addAttestation, listAttestations } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { useNow } from '../../ui/clock.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { dayOf } from './days.ts';
import { endOf } from './evidence-search.ts';

type Kind = ReplyOf<typeof listAttestations>['kinds'][number];

const day = 86_400_000;

/** What a person writes of a new attestation. */
interface Written {
  readonly kind: string;
  readonly document: string;
  readonly author: string;
  readonly note: string;
  /** Missing: as late as it may end. */
  readonly until?: string;
}

const nothing: Written = { kind: '', document: '', author: '', note: '' };

/** The form, and sending it. */
function useNewAttestation(kinds: readonly Kind[]) {
  const now = useNow();
  const queries = useQueryClient();
  const [written, setWritten] = useState(nothing);
  const kind = kinds.find(({ id }) => id === written.kind) ?? kinds[0];
  const latest = dayOf(new Date(now.getTime() + ((kind?.days ?? 1) - 1) * day));
  const until = written.until === undefined || written.until > latest ? latest : written.until;
  const note = written.note.trim();
  const body = {
    kind: kind?.id ?? '',
    document: written.document.trim(),
    author: written.author.trim(),
    ...(note !== '' && { note }),
    expiresAt: endOf(until),
  };
  const adding = useMutation({
    mutationFn: () => ask(addAttestation, { body }),
    onSuccess: async () => {
      setWritten(nothing);
      await queries.invalidateQueries({ queryKey: reading(listAttestations).queryKey });
    },
  });
  const write = (more: Partial<Written>): void => setWritten((before) => ({ ...before, ...more }));
  return { written, write, kind, body, adding, days: { first: dayOf(now), last: latest, chosen: until } };
}

/** Confirms something by a document, until a day. */
export function NewAttestation({ kinds }: { readonly kinds: readonly Kind[] }): ReactNode {
  const { written, write, kind, body, adding, days } = useNewAttestation(kinds);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    adding.mutate();
  };
  return (
    <form className="new-attestation" onSubmit={submit}>
      <Choice
        label="What is confirmed"
        value={body.kind}
        options={kinds.map(({ id, title }) => [id, title] as const)}
        choose={(id) => write({ kind: id })}
        hint={kind?.confirms}
      />
      <TextField
        label="Document"
        value={written.document}
        change={(document) => write({ document })}
        longest={1000}
        hint="Its name and version, or its address."
      />
      <TextField
        label="Author"
        value={written.author}
        change={(author) => write({ author })}
        longest={255}
        hint="Who vouches for it."
      />
      <TextField
        label="Note"
        value={written.note}
        change={(note) => write({ note })}
        longest={2000}
        hint="May be left empty."
      />
      <label className="field">
        Expires at the end of
        <input
          type="date"
          min={days.first}
          max={days.last}
          value={days.chosen}
          onChange={({ currentTarget: { value } }) => value !== '' && write({ until: value })}
        />
      </label>
      <button
        type="submit"
        className="btn primary"
        disabled={adding.isPending || body.document === '' || body.author === ''}
      >
        Add attestation
      </button>
      {adding.isError && <Failure error={adding.error} />}
    </form>
  );
}
