import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  getImportedFile,
  getImportedResult,
  type ImportedResult,
  listImportedResults,
  removeImportedResult,
} from '#explorer/contract.ts';
import { ask, askFile, reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { type Asked, AskOnce } from '../../ui/ask-once.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { download } from '../../ui/download.ts';
import { Failure } from '../../ui/failure.tsx';
import { bytes, counted } from '../../ui/format.ts';
import { Hash, Minute, When } from '../../ui/marks.tsx';
import { Fact, PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { benchmarkName, outcomeOrder, outcomeWords, profileName } from '../compliance/imported-words.ts';
import { ruleColumns, TargetLink } from './imported-columns.tsx';
import './evidence.css';

const title = 'Imported result';
const route = getRouteApi('/inside/compliance/imported/$id');

/** One imported result: what its file says of itself, and every rule in the words of the file. */
export function ImportedResultPage(): ReactNode {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(reading(getImportedResult, { params: { id } }));
  if (data === undefined)
    return error === null ? <WaitingHead title={title} /> : <ErrorState error={error} retry={() => void refetch()} />;
  const { result, rules } = data;
  const rows = rules
    .map((rule, at) => ({ ...rule, at }))
    .toSorted((left, right) => outcomeOrder.indexOf(left.outcome) - outcomeOrder.indexOf(right.outcome));
  return (
    <>
      <Head result={result} />
      <section className="section flush" aria-labelledby="rules">
        <header>
          <h2 id="rules">Rules</h2>
          <span className="quiet small">{counted(rules.length, 'rule')}, in the words of XCCDF</span>
        </header>
        <PlainTable name="Rules" rows={rows} columns={ruleColumns} keyOf={({ at }) => String(at)} />
      </section>
    </>
  );
}

function Head({ result }: { readonly result: ImportedResult }): ReactNode {
  const { targets, endedAt, staleAt, age, tool, file, importedAt, importedBy } = result;
  return (
    <PageHead
      title={title}
      crumbs={
        <>
          <Link to="/compliance">Compliance Explorer</Link> <span aria-hidden="true">/</span>{' '}
          <Link to="/compliance/imported">Imported results</Link> <span aria-hidden="true">/</span>{' '}
          <span>{profileName(result)}</span>
        </>
      }
      {...(age === 'stale' && { state: 'unknown' as const })}
      verdict={`${age === 'stale' ? 'Stale. ' : ''}${outcomeWords(result.counts)}.`}
      reason="It is what the file says: Seawall proved none of it, and no control counts it."
      facts={
        <>
          <Fact name="Target">
            <TargetLink result={result} />
          </Fact>
          <Fact name="Named in the file">{targets.join(', ')}</Fact>
          <Fact name="Benchmark">{benchmarkName(result)}</Fact>
          <Fact name="Scanned" unknown={age === 'stale'}>
            <Minute moment={endedAt} />, {age === 'stale' ? 'stale since' : 'stale from'} <Minute moment={staleAt} />
          </Fact>
          <Fact name="Tool" unknown={tool === undefined}>
            {tool ?? 'not named'}
          </Fact>
          <Fact name="Imported">
            <When moment={importedAt} /> by {importedBy}
          </Fact>
          <Fact name="File">
            {file.name}, {bytes(file.bytes)}, SHA-256 <Hash digest={file.sha256} what="SHA-256 of the file" />
          </Fact>
        </>
      }
      actions={<Actions result={result} />}
    />
  );
}

function Actions({ result }: { readonly result: ImportedResult }): ReactNode {
  const { id, file } = result;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const [asked, askFor] = useState<Asked>();
  const saving = useMutation({
    mutationFn: async () => await askFile(getImportedFile, { params: { id } }),
    onSuccess: (content) => download(file.name, content, 'application/xml'),
  });
  const remove = (): void =>
    askFor({
      title: `Remove “${profileName(result)}”?`,
      consequence: 'The file and its rules are gone. The evidence log keeps that the result was there, and its hash.',
      act: 'Remove',
      run: async () => {
        await ask(removeImportedResult, { params: { id } });
        await queries.invalidateQueries({ queryKey: [listImportedResults.path] });
        await navigate({ to: '/compliance/imported' });
      },
    });
  return (
    <>
      <button type="button" className="btn" disabled={saving.isPending} onClick={() => saving.mutate()}>
        Save the file
      </button>
      {mayWrite && (
        <button type="button" className="btn plain" onClick={remove}>
          Remove…
        </button>
      )}
      {saving.isError && <Failure error={saving.error} />}
      <AskOnce asked={asked} close={() => askFor(undefined)} />
    </>
  );
}
