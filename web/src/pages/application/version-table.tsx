import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Immutable } from '#base/index.ts';
import type { ApplicationDetail } from '#explorer/contract.ts';
import { environmentName } from '../../app/environment.ts';
import { counted, shortDigest } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { subjectParts } from '../../ui/names.ts';
import { Counts } from '../../ui/severity.tsx';
import { VerdictMark } from '../../ui/state-mark.tsx';
import { builds, type Cell, cellsOf, type Part, placesOf, type Version } from './matrix.ts';

/** Parts down, environments across: which version of each part is where, and where they differ. */
export function VersionTable({ detail }: { readonly detail: Immutable<ApplicationDetail> }): ReactNode {
  const places = placesOf(detail);
  const [first] = places;
  return (
    <div className="wide-box" role="region" aria-label="Versions by environment" tabIndex={0}>
      <table className="versions" aria-label="Versions by environment">
        <thead>
          <tr>
            <th scope="col">Part</th>
            {places.map((place) => (
              <th key={place} scope="col">
                {placeName(place)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {detail.parts.map((part) => (
            <PartRow key={part.repository} part={part} places={places} first={first} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function placeName(place: string): string {
  return place === builds ? 'Built, runs nowhere' : environmentName(place);
}

interface RowProps {
  readonly part: Part;
  readonly places: readonly string[];
  readonly first: string | undefined;
}

function PartRow({ part, places, first }: RowProps): ReactNode {
  const cells = cellsOf(part, places);
  const compared = cells.find(({ versions }) => versions.length > 0)?.place ?? first ?? '';
  const { own, origin } = subjectParts('', [part.repository]);
  return (
    <tr>
      <th scope="row">
        <span className="l1 strong breakable">{own}</span>
        {origin !== undefined && <span className="l2">{origin}</span>}
      </th>
      {cells.map((cell) => (
        <td key={cell.place} data-name={placeName(cell.place)} data-state={cell.state}>
          <CellMark cell={cell} compared={compared} />
          {cell.versions.map((version) => (
            <VersionEntry key={`${version.subject} ${version.state}`} version={version} />
          ))}
        </td>
      ))}
    </tr>
  );
}

function CellMark({ cell, compared }: { readonly cell: Cell; readonly compared: string }): ReactNode {
  switch (cell.state) {
    case 'missing':
      return <span className="quiet small">not there</span>;
    case 'same':
      return null;
    case 'differs':
      return <span className="mark differs">other than {placeName(compared)}</span>;
    case 'several':
      return <span className="mark differs">{counted(cell.versions.length, 'version')} at once</span>;
  }
}

function VersionEntry({ version }: { readonly version: Version }): ReactNode {
  const { subject, tags, state, containers, created, verdict, counts } = version;
  return (
    <div className="version">
      <span className="l1">
        <Link className="strong breakable" to="/images/$subject" params={{ subject }} title={subject}>
          {tags[0] ?? shortDigest(subject)}
        </Link>
        {tags.length > 1 && (
          <span className="mark" title={tags.join('\n')}>
            +{tags.length - 1}
          </span>
        )}
      </span>
      <span className="l2">
        {tags.length > 0 && <span className="hash">{shortDigest(subject)}</span>}
        {created !== undefined && (
          <>
            {' built '}
            <When moment={created} />
          </>
        )}
      </span>
      <VerdictMark verdict={verdict} />
      <Counts
        counts={counts}
        form="line"
        linkTo={(severity) => ({ to: '/images/$subject', params: { subject }, search: { severity } })}
      />
      <span className="small quiet">{stateWords(state, containers)}</span>
    </div>
  );
}

function stateWords(state: Version['state'], containers: number): string {
  switch (state) {
    case 'running':
      return `runs in ${counted(containers, 'container')}`;
    case 'on-disk':
      return 'on disk only';
    case 'build':
      return 'a build';
  }
}
