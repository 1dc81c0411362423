import { packageParts } from '#ecosystems/contract.ts';
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
import { listApplications, listVulnerabilities, listImages } from '#explorer/contract.ts';
import { listHosts } from '#inventory/contract.ts';
import { reading } from '../api.ts';
import { EnvironmentMark } from '../ui/environment-mark.tsx';
import { count, subjectName } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { SeverityMark } from '../ui/severity.tsx';
import { VerdictMark } from '../ui/state-mark.tsx';

/** Results of each kind. */
const limit = 6;

interface DialogProps {
  readonly opened: boolean;
  readonly close: () => void;
}

/** One search over vulnerabilities, packages, images, applications and hosts, in all environments. */
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
          aria-label="Search for a CVE, package, image, application or host"
          placeholder="CVE, package, image, application or host"
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
  const vulnerabilities = useQuery(reading(listVulnerabilities, { query: { search, limit } })).data;
  const applications = useQuery(reading(listApplications, { query: { search, limit } })).data;
  const wanted = search.toLowerCase();
  const hosts = useQuery(reading(listHosts)).data?.hosts.filter(({ name }) => name.toLowerCase().includes(wanted));
  const totals = [images?.total, vulnerabilities?.total, applications?.total, hosts?.length];
  return (
    <div className="search-results" onClick={close} aria-live="polite">
      {totals.every((total) => total === 0) && <p className="soft search-nothing">No results</p>}
      <Group name="Images" total={images?.total}>
        {images?.images.map((row) => (
          <li key={row.subject}>
            <Link to="/images/$subject" params={{ subject: row.subject }}>
              <span className="clip">{subjectName(row.subject, row.names)}</span>
              <VerdictMark verdict={row.verdict} />
            </Link>
          </li>
        ))}
      </Group>
      <Group name="Vulnerabilities" total={vulnerabilities?.total}>
        {vulnerabilities?.vulnerabilities.map((vulnerability) => (
          <li key={`${vulnerability.id} ${vulnerability.package}`}>
            <Link
              to="/vulnerabilities"
              search={{ search, vulnerability: vulnerability.id, package: vulnerability.package }}
            >
              <span className="clip">
                {vulnerability.id}{' '}
                <span className="quiet">{packageParts(vulnerability.type, vulnerability.package).own}</span>
              </span>
              <SeverityMark severity={vulnerability.severity} />
            </Link>
          </li>
        ))}
      </Group>
      <Group name="Applications" total={applications?.total}>
        {applications?.applications.map((row) => (
          <li key={row.name}>
            <Link to="/applications/$name" params={{ name: row.name }}>
              <span className="clip">{row.name}</span>
              <VerdictMark verdict={row.verdict} />
            </Link>
          </li>
        ))}
      </Group>
      <Group name="Hosts" total={hosts?.length}>
        {hosts?.slice(0, limit).map((host) => (
          <li key={host.name}>
            <Link to="/images" search={{ host: host.name }}>
              <span className="clip">{host.name}</span>
              <EnvironmentMark environment={host.environment} />
            </Link>
          </li>
        ))}
      </Group>
    </div>
  );
}

interface GroupProps {
  readonly name: string;
  /** All that match; missing until it is known. */
  readonly total: number | undefined;
  readonly children: ReactNode;
}

function Group({ name, total, children }: GroupProps): ReactNode {
  if (total === undefined || total === 0) return null;
  return (
    <section>
      <h2 className="label">
        {name}, {count(total)}
      </h2>
      <ul>{children}</ul>
    </section>
  );
}
