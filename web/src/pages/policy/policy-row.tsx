import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listCollections } from '#access/contract.ts';
import type { PolicyInPlace } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { count, counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { When } from '../../ui/marks.tsx';
import { Hits } from './hits.tsx';
import { ruleInWords, scopeInWords } from './words.ts';

interface Edit {
  readonly move: (to: number) => void;
  readonly turn: () => void;
  readonly drag: () => void;
  readonly drop: () => void;
}

interface RowProps {
  readonly inPlace: PolicyInPlace;
  readonly place: number;
  readonly last: number;
  /** Missing for those who only read. */
  readonly edit: Edit | undefined;
}

/** One policy: place, scope, rules in words, current results. */
export function PolicyRow({ inPlace, place, last, edit }: RowProps): ReactNode {
  const { policy, hits, inScope, savedAt, savedBy } = inPlace;
  const collections = useQuery(reading(listCollections)).data?.collections;
  const off = policy.state === 'off';
  const judged = hits.pass + hits.fail + hits.cannotJudge;
  return (
    <li
      className={off ? 'policy off' : 'policy'}
      onDragOver={(event) => edit && place < last && event.preventDefault()}
      onDrop={edit?.drop}
    >
      <Place place={place} last={last} edit={edit} name={policy.name} />
      <div className="policy-body">
        <h2>
          <Link to="/rules/$id" params={{ id: policy.id }} draggable={false}>
            {policy.name}
          </Link>{' '}
          {off && <span className="mark dashed">disabled</span>}
        </h2>
        {policy.description !== undefined && <p className="soft">{policy.description}</p>}
        <p className="small">
          <span className="quiet">Scope: </span>
          {scopeInWords(policy, (id) => collections?.find((one) => one.id === id)?.name)}
        </p>
        <ul className="small said">
          {policy.rules.map((rule, index) => (
            <li key={index}>{ruleInWords(rule)}</li>
          ))}
          {policy.rules.length === 0 && <li className="quiet">No rules: every image in scope passes.</li>}
        </ul>
      </div>
      <div className="policy-does small">
        {off ? (
          <span className="quiet">Disabled: evaluates nothing</span>
        ) : (
          <>
            <Hits policy={policy} hits={hits} />
            <span className="quiet">
              {count(hits.fail)} of {counted(judged, 'image')} {hits.fail === 1 ? 'fails' : 'fail'},{' '}
              {counted(hits.violations, 'violation')}; {count(inScope)} in scope
            </span>
          </>
        )}
        <span className="quiet">
          version {policy.version}, <When moment={savedAt} /> by {savedBy}
        </span>
        {edit && place < last && (
          <button
            type="button"
            className="btn"
            onClick={edit.turn}
            aria-label={`${off ? 'Enable' : 'Disable'} ${policy.name}`}
          >
            {off ? 'Enable' : 'Disable'}…
          </button>
        )}
      </div>
    </li>
  );
}

function Place({
  place,
  last,
  edit,
  name,
}: Pick<RowProps, 'place' | 'last' | 'edit'> & { readonly name: string }): ReactNode {
  if (edit === undefined || place === last) {
    return (
      <div className="policy-place">
        <b>{place + 1}</b>
        {place === last && <span className="quiet micro">default</span>}
      </div>
    );
  }
  return (
    <div className="policy-place movable" draggable onDragStart={edit.drag} title="Drag to another place">
      <b>{place + 1}</b>
      <button
        type="button"
        className="icon-btn"
        aria-label={`Move ${name} up`}
        disabled={place === 0}
        onClick={() => edit.move(place - 1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label={`Move ${name} down`}
        disabled={place >= last - 1}
        onClick={() => edit.move(place + 1)}
      >
        <Icon name="down" />
      </button>
    </div>
  );
}
