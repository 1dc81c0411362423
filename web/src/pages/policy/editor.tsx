import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listPolicyVersions, type PolicyInPlace } from '#policy/contract.ts';
import { failureOf, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Notice } from '../../ui/blank.tsx';
import { count } from '../../ui/format.ts';
import { CameBetween } from './came-between.tsx';
import { idFor } from '../../app/id-for.ts';
import type { Problems } from '../../ui/field-shape.ts';
import { problemsOf, refusedAt } from './draft.ts';
import { EditorHead } from './editor-head.tsx';
import { KeepUnsaved } from './keep-unsaved.tsx';
import { PolicyForm } from './policy-form.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import { SaveBar } from './save-bar.tsx';
import { type Draft, useDraft } from './use-draft.ts';
import { useReplay } from './use-replay.ts';
import { useYamlReading } from './use-yaml-reading.ts';
import { VersionsTab } from './versions-tab.tsx';
import { YamlTab } from './yaml-tab.tsx';

const route = getRouteApi('/inside/rules/$id');
const usualDays = 30;

interface EditorProps {
  /** As it stands now; missing for a new policy. */
  readonly saved: PolicyInPlace | undefined;
  readonly policies: readonly PolicyInPlace[];
}

/** The text of a policy in three forms, and beside it what it would change. */
export function Editor({ saved, policies }: EditorProps): ReactNode {
  const { tab, days = usualDays } = route.useSearch();
  const draft = useDraft(saved);
  useYamlReading(draft);
  const { base, text } = draft;
  const id =
    base?.policy.id ??
    idFor(
      text.name,
      policies.map(({ policy }) => policy.id),
    );
  const problems = problemsOf(text);
  const tried = (draft.changed || base === undefined) && isTriable(problems) ? text : undefined;
  const replay = useReplay({ id: base?.policy.id ?? 'new', text: tried, basedOn: base?.policy.version ?? 0, days });
  const place = base !== undefined && base.policy.id === policies.at(-1)?.policy.id ? 'last' : 'any';
  const refused = refusedAt(replay.error === null ? undefined : failureOf(replay.error).message);
  return (
    <>
      <EditorHead now={saved} place={place} />
      {draft.newer && base && <CameBetween draft={draft} base={base} newer={draft.newer} />}
      <EditorTabs base={base} />
      {tab === 'versions' && base ? (
        <VersionsTab draft={draft} id={base.policy.id} />
      ) : (
        <div className="split editor">
          <section className="section">
            {tab === 'yaml' ? (
              <YamlTab draft={draft} />
            ) : (
              <Form draft={draft} place={place} problems={problems} refused={refused} />
            )}
          </section>
          <aside className="section" aria-label="What it would change">
            <div className="editor-side">
              <SaveBar draft={draft} id={id} replay={replay} problems={problems} />
              {tried !== undefined && <ReplayPanel replay={replay} days={days} />}
            </div>
          </aside>
        </div>
      )}
      <KeepUnsaved draft={draft} />
    </>
  );
}

/** A text without a name can be tried, and not saved. */
function isTriable(problems: Problems): boolean {
  return [...problems.keys()].every((path) => path === 'name');
}

interface FormProps {
  readonly draft: Draft;
  readonly place: 'last' | 'any';
  readonly problems: Problems;
  readonly refused: Problems;
}

function Form({ draft, place, problems, refused }: FormProps): ReactNode {
  const me = useMe();
  const mayWrite = me?.permissions.includes('write-rules') === true;
  return (
    <>
      {draft.yaml?.state === 'refused' && (
        <Notice title="Your YAML cannot be read yet">
          <p className="soft">The form shows what was read last. Changing the form drops your YAML.</p>
          <div className="actions">
            <Link className="btn" to="." search={{ tab: 'yaml' }}>
              Back to the YAML
            </Link>
            <button type="button" className="btn plain" onClick={() => draft.writeYaml(undefined)}>
              Drop the YAML
            </button>
          </div>
        </Notice>
      )}
      <fieldset className="bare-set" disabled={!mayWrite}>
        <PolicyForm text={draft.text} write={draft.write} place={place} problems={problems} refused={refused} />
      </fieldset>
    </>
  );
}

function EditorTabs({ base }: { readonly base: PolicyInPlace | undefined }): ReactNode {
  const search = route.useSearch();
  const tabs = [
    [undefined, 'Form'],
    ['yaml', 'YAML'],
  ] as const;
  return (
    <nav className="tabs" aria-label="Forms of the policy">
      {tabs.map(([tab, name]) => (
        <Link
          key={name}
          to="."
          search={{ tab, days: search.days }}
          resetScroll={false}
          activeOptions={{ includeSearch: true, explicitUndefined: true }}
        >
          {name}
        </Link>
      ))}
      {base && (
        <Link to="." search={{ tab: 'versions' }} resetScroll={false}>
          Versions <VersionCount id={base.policy.id} />
        </Link>
      )}
    </nav>
  );
}

function VersionCount({ id }: { readonly id: string }): ReactNode {
  const versions = useQuery(reading(listPolicyVersions, { params: { id } })).data?.versions;
  return <b>{versions === undefined ? '…' : count(versions.length)}</b>;
}
