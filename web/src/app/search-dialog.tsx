import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { listFlaws, listImages } from '#explorer/contract.ts';
import { reading } from '../api.ts';
import { count, subjectName } from '../ui/format.ts';
import { packageParts } from '../ui/names.ts';
import { Icon } from '../ui/icon.tsx';
import { SeverityMark } from '../ui/severity.tsx';
import { VerdictMark } from '../ui/state-mark.tsx';

/** Results of each kind. */
const limit = 6;

interface DialogProps {
  readonly opened: boolean;
  readonly close: () => void;
}

/** One search over flaws, packages and images. */
export function SearchDialog({ opened, close }: DialogProps): ReactNode {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 150);
  return (
    <Modal
      opened={opened}
      onClose={close}
      withCloseButton={false}
      yOffset="10vh"
      size={560}
      padding={0}
      transitionProps={{ duration: 120 }}
      attributes={{ content: { 'aria-label': 'Search' } }}
    >
      <div className="search-head">
        <Icon name="search" />
        <input
          type="search"
          data-autofocus
          aria-label="Search for a CVE, package or image"
          placeholder="CVE, package or image"
          maxLength={256}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <kbd>Esc</kbd>
      </div>
      {search !== '' && <Results search={search} close={close} />}
    </Modal>
  );
}

function Results({ search, close }: { readonly search: string; readonly close: () => void }): ReactNode {
  const images = useQuery(reading(listImages, { query: { search, limit } })).data;
  const flaws = useQuery(reading(listFlaws, { query: { search, limit } })).data;
  const nothing = images?.total === 0 && flaws?.total === 0;
  return (
    <div className="search-results" onClick={close} aria-live="polite">
      {nothing && <p className="soft search-nothing">Nothing is called like that.</p>}
      {images !== undefined && images.total > 0 && (
        <section>
          <h2 className="label">Images, {count(images.total)}</h2>
          <ul>
            {images.images.map((row) => (
              <li key={row.subject}>
                <Link to="/images/$subject" params={{ subject: row.subject }}>
                  <span className="clip">{subjectName(row.subject, row.names)}</span>
                  <VerdictMark verdict={row.verdict} />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {flaws !== undefined && flaws.total > 0 && (
        <section>
          <h2 className="label">Flaws, {count(flaws.total)}</h2>
          <ul>
            {flaws.flaws.map((flaw) => (
              <li key={`${flaw.id} ${flaw.package}`}>
                <Link to="/vulnerabilities" search={{ search, flaw: flaw.id, package: flaw.package }}>
                  <span className="clip">
                    {flaw.id} <span className="quiet">{packageParts(flaw.type, flaw.package).own}</span>
                  </span>
                  <SeverityMark severity={flaw.severity} />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
