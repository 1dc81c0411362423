import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listPolicyVersions } from '#policy/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { Choice } from '../../ui/fields.tsx';
import { When } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { textOfPolicy } from './draft.ts';
import { TextDiff } from './text-diff.tsx';
import type { Draft } from './use-draft.ts';

const route = getRouteApi('/inside/rules/$id');

type Version = ReplyOf<typeof listPolicyVersions>['versions'][number];

/** All versions of a policy: what changed between two, and the way back to one. */
export function VersionsTab({ draft, id }: { readonly draft: Draft; readonly id: string }): ReactNode {
  const { data, error, refetch } = useQuery(reading(listPolicyVersions, { params: { id } }));
  const navigate = route.useNavigate();
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  const restore = (version: Version): void => {
    draft.write(textOfPolicy(version.policy));
    void navigate({ search: {}, resetScroll: false });
  };
  return (
    <>
      {data && <Compare versions={data.versions} />}
      <PlainTable
        name="Versions"
        rows={data?.versions}
        columns={columnsOf(draft.base?.policy.version, mayWrite ? restore : undefined)}
        keyOf={({ policy }) => String(policy.version)}
      />
    </>
  );
}

function Compare({ versions }: { readonly versions: readonly Version[] }): ReactNode {
  const { from, to } = route.useSearch();
  const navigate = route.useNavigate();
  const newest = versions[0];
  if (newest === undefined || versions.length < 2)
    return <p className="section quiet">There is only one version. Later ones can be compared here.</p>;
  const find = (number: number | undefined): Version | undefined =>
    versions.find(({ policy }) => policy.version === number);
  const after = find(to) ?? newest;
  const before = find(from) ?? versions[versions.indexOf(after) + 1] ?? newest;
  const options = versions.map(({ policy }) => [String(policy.version), `version ${policy.version}`] as const);
  const choose = (side: 'from' | 'to') => (value: string) =>
    void navigate({
      search: (search) => ({ ...search, [side]: Number(value) }),
      replace: true,
      resetScroll: false,
    });
  return (
    <section className="section">
      <div className="form-row compare">
        <Choice label="From" value={String(before.policy.version)} options={options} choose={choose('from')} />
        <Choice label="To" value={String(after.policy.version)} options={options} choose={choose('to')} />
      </div>
      <TextDiff
        name={`From version ${before.policy.version} to ${after.policy.version}`}
        before={textOfPolicy(before.policy)}
        after={textOfPolicy(after.policy)}
      />
    </section>
  );
}

function columnsOf(
  current: number | undefined,
  restore: ((version: Version) => void) | undefined,
): readonly Column<Version>[] {
  return [
    {
      id: 'version',
      name: 'Version',
      className: '',
      heads: 'row',
      cell: ({ policy: { version } }) => (
        <>
          <span className="strong">Version {version}</span>{' '}
          {version === current && <span className="mark">current</span>}
        </>
      ),
    },
    { id: 'name', name: 'Name', className: 'soft breakable', cell: ({ policy }) => policy.name },
    { id: 'saved', name: 'Saved', className: 'soft', cell: ({ savedAt }) => <When moment={savedAt} /> },
    { id: 'by', name: 'By', className: 'soft breakable', cell: ({ savedBy }) => savedBy },
    {
      id: 'restore',
      name: 'Restore',
      quietHead: 'yes',
      className: 'end nowrap',
      cell: (version) =>
        restore !== undefined &&
        version.policy.version !== current && (
          <button
            type="button"
            className="btn plain"
            aria-label={`Restore as new version: version ${version.policy.version}`}
            onClick={() => restore(version)}
          >
            Restore as new version…
          </button>
        ),
    },
  ];
}
