import { packageOfPurl } from '#ecosystems/contract.ts';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Executable } from '#catalog/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { bytes, count } from '../../ui/format.ts';
import { kindWords } from './executables.ts';

/** Executables of one image. */
export const executableColumns: readonly Column<Executable>[] = [
  {
    id: 'path',
    name: 'Executable',
    className: 'c-file',
    heads: 'row',
    cell: (row) => (
      <>
        <span className="l1 mono clip" title={`/${row.path}`}>
          /{row.path}
        </span>
        <span className="l2">
          <Owner purl={row.package} />
        </span>
      </>
    ),
    text: (row) => `/${row.path}`,
  },
  {
    id: 'package',
    name: 'Package',
    className: '',
    place: 'export',
    cell: () => null,
    text: (row) => row.package,
  },
  {
    id: 'kind',
    name: 'Kind',
    className: 'c-kind',
    cell: (row) => <span className="soft">{kindWords[row.kind]}</span>,
    text: (row) => kindWords[row.kind],
  },
  {
    id: 'sha256',
    name: 'SHA-256',
    className: 'c-sum',
    cell: (row) => <Sum sum={row.sha256} what={`SHA-256 of /${row.path}`} />,
    text: (row) => row.sha256,
  },
  {
    id: 'md5',
    name: 'MD5',
    className: 'c-sum',
    cell: (row) => <Sum sum={row.md5} what={`MD5 of /${row.path}`} />,
    text: (row) => row.md5,
  },
  {
    id: 'size',
    name: 'Size',
    className: 'c-bytes num',
    cell: (row) => bytes(row.size),
    text: (row) => row.size,
  },
  {
    id: 'layer',
    name: 'Layer',
    className: 'c-layer num',
    cell: (row) => count(row.layer + 1),
    text: (row) => row.layer + 1,
  },
];

function Owner({ purl }: { readonly purl: string | undefined }): ReactNode {
  if (purl === undefined) return 'of no package';
  const name = packageOfPurl(purl);
  return (
    <Link
      from="/images/$subject"
      to="/images/$subject"
      search={{ tab: 'packages', search: name }}
      resetScroll={false}
      className="quiet"
      title={purl}
    >
      {name}
    </Link>
  );
}

/** A sum, shortened to read and whole to copy. */
function Sum({ sum, what }: { readonly sum: string; readonly what: string }): ReactNode {
  return (
    <>
      <span className="hash" title={sum}>
        {sum.slice(0, 8)}…{sum.slice(-4)}
      </span>
      <CopyButton text={sum} what={what} />
    </>
  );
}
