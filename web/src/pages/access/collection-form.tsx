import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type Collection, listCollections, putCollection } from '#access/contract.ts';
import { listImages } from '#explorer/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { ask, reading } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { TextField } from '../../ui/fields.tsx';
import {
  fieldExamples,
  fieldNames,
  isOfHostsAlone,
  patternsIn,
  type SelectField,
  selectFields,
} from './collection-text.ts';

interface FormProps {
  /** Missing for a new one. */
  readonly collection: Collection | undefined;
  /** Id of a new one, made of its name. */
  readonly idFor: (name: string) => string;
  readonly done: (saved: Collection) => void;
  readonly cancel: () => void;
}

type Texts = Readonly<Record<SelectField, string>>;

/** Makes or changes a collection: a name, and patterns for what it selects. */
export function CollectionForm({ collection, idFor, done, cancel }: FormProps): ReactNode {
  const [name, setName] = useState(collection?.name ?? '');
  const [description, setDescription] = useState(collection?.description ?? '');
  const [texts, setTexts] = useState(() => textsOf(collection));
  const [environment, setEnvironment] = useState(collection?.environment ?? '');
  const selects = selectsOf(texts);
  const hostsAlone = isOfHostsAlone(selects);
  const saving = useSaving(done);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // A form inside the dialog of another form saves itself alone.
    event.stopPropagation();
    saving.mutate({
      id: collection?.id ?? idFor(name),
      name,
      description,
      selects,
      ...(hostsAlone && environment !== '' && { environment }),
    });
  };
  return (
    <form className="form wide-form" onSubmit={submit}>
      <TextField label="Name" value={name} longest={128} placeholder="Shop, production" change={setName} />
      <TextField label="Description" value={description} longest={1000} change={setDescription} />
      <PatternFields texts={texts} write={setTexts} />
      <TextField
        label="These hosts are in environment"
        value={environment}
        longest={32}
        placeholder="what their agents say"
        disabled={!hostsAlone}
        hint={
          hostsAlone
            ? 'Counts in the place of what their agents say.'
            : 'Only where hosts alone are given: an environment belongs to a whole host, and other fields select parts of one.'
        }
        change={setEnvironment}
      />
      {saving.isError && <Failure error={saving.error} />}
      <div className="actions">
        <button type="submit" className="btn primary" disabled={saving.isPending || name.trim() === ''}>
          {collection === undefined ? 'Make the collection' : 'Save'}
        </button>
        <button type="button" className="btn" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function PatternFields({ texts, write }: { readonly texts: Texts; readonly write: (texts: Texts) => void }): ReactNode {
  return (
    <fieldset className="bare-set pattern-fields">
      <legend className="small soft">
        One pattern in each line. <code>*</code> stands for any run of characters, <code>-</code> in front keeps out.
        All fields that are filled must hold; one pattern of a field is enough. Without any it selects everything.
      </legend>
      {selectFields.map((field) => (
        <TextField
          key={field}
          label={fieldNames[field]}
          mono="yes"
          lines={Math.max(1, texts[field].split('\n').length)}
          placeholder={fieldExamples[field]}
          value={texts[field]}
          change={(text) => write({ ...texts, [field]: text })}
        />
      ))}
    </fieldset>
  );
}

function useSaving(done: (saved: Collection) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...collection }: Collection) =>
      ask(putCollection, { params: { id }, body: structuredClone(collection) as Body }),
    onSuccess: async ({ collection }) => {
      await queries.invalidateQueries({ queryKey: reading(listCollections).queryKey });
      void queries.invalidateQueries({ queryKey: [listImages.path] });
      void queries.invalidateQueries({ queryKey: [listHosts.path] });
      done(collection as Collection);
    },
  });
}

type Body = NonNullable<Parameters<typeof ask<typeof putCollection>>[1]>['body'] & {};

function textsOf(collection: Collection | undefined): Texts {
  const text = (field: SelectField): string => (collection?.selects[field] ?? []).join('\n');
  return {
    images: text('images'),
    repositories: text('repositories'),
    registries: text('registries'),
    labels: text('labels'),
    environments: text('environments'),
    hosts: text('hosts'),
    applications: text('applications'),
  };
}

function selectsOf(texts: Texts): Collection['selects'] {
  return Object.fromEntries(
    selectFields.flatMap((field) => {
      const patterns = patternsIn(texts[field]);
      return patterns.length === 0 ? [] : [[field, patterns]];
    }),
  );
}
