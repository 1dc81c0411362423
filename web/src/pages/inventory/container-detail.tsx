import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Container, listContainers } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { environmentName } from '../../app/environment.ts';
import { ErrorState, Notice, Skeleton } from '../../ui/blank.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Minute, When } from '../../ui/marks.tsx';
import { makerOf } from '../compliance/check-words.ts';
import { Compliance } from '../compliance/lazy-compliance.tsx';
import { ContainerProtection } from '../sensor/container-protection.tsx';
import { RunningCode } from '../runtime/running-code.tsx';
import { capabilitiesOf, isRoot, publishedPorts, settingsOf } from './container-settings.ts';
import { ContainerStateMark, isUp } from './container-state.tsx';

/** One container: how it is, what of its settings matters and why, and everything that its engine says. */
export function ContainerDetail({ id }: { readonly id: string }): ReactNode {
  const { data, error, refetch } = useQuery(reading(listContainers, { query: { search: id, limit: 1 } }));
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div className="d-head" aria-busy="true">
        <Skeleton width={220} />
      </div>
    );
  }
  const container = data.containers.find((one) => one.id === id);
  if (container === undefined) {
    return (
      <div className="d-head">
        <h2>This container is not known</h2>
        <p className="soft">It was forgotten after the time that history is kept, or you may not see it.</p>
      </div>
    );
  }
  return (
    <>
      <Head container={container} />
      {container.protection && <ContainerProtection protection={container.protection} />}
      <Compliance
        title="Compliance"
        host={container.host}
        kind="container"
        id={container.id}
        asker={makerOf(container.labels)}
        isRunning={isUp(container.state)}
      />
      {container.incomplete && (
        <Notice title="Gone before its engine could be asked">
          <p className="soft">Its name, image and times are known from the engine's events; its settings are not.</p>
        </Notice>
      )}
      {container.incomplete !== true && <Settings container={container} />}
      {container.state === 'running' && <RunningCode id={container.id} />}
      <Reach container={container} />
      <Storage container={container} />
      <Labels labels={container.labels} />
    </>
  );
}

function Head({ container }: { readonly container: Container }): ReactNode {
  const { name, host, image, subject, application } = container;
  return (
    <div className="d-head">
      <div className="d-title">
        <h2>{name}</h2>
      </div>
      <ContainerStateMark container={container} />
      <dl className="kv">
        <dt>Image</dt>
        <dd>
          {subject === undefined ? (
            `${image.name}, not known by its content yet`
          ) : (
            <Link to="/images/$subject" params={{ subject }}>
              {image.name}
            </Link>
          )}
        </dd>
        <dt>Host</dt>
        <dd>
          <Link to="/containers" search={{ host }}>
            {host}
          </Link>
          , {environmentName(container.environment)}
        </dd>
        {application !== undefined && (
          <>
            <dt>Application</dt>
            <dd>
              <Link to="/applications/$name" params={{ name: application }}>
                {application}
              </Link>
            </dd>
          </>
        )}
        <Times container={container} />
        <dt>Id</dt>
        <dd>
          <span className="hash" title={container.id}>
            {container.id.slice(0, 12)}
          </span>
          <CopyButton text={container.id} what="id" />
        </dd>
      </dl>
    </div>
  );
}

function Times({ container }: { readonly container: Container }): ReactNode {
  const times = [
    ['Created', container.createdAt],
    ['Started', container.startedAt],
    ['Ended', container.finishedAt],
    ['Last reported', container.changedAt],
  ] as const;
  return times.map(([name, at]) =>
    at === undefined ? null : (
      <Row key={name} name={name}>
        <Minute moment={at} />, <When moment={at} />
      </Row>
    ),
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Settings({ container }: { readonly container: Container }): ReactNode {
  const settings = settingsOf(container);
  const { user, command, readOnlyRoot, securityOptions } = container;
  return (
    <section className="d-sec">
      <h3>Settings</h3>
      {settings.length === 0 ? (
        <p className="soft small">Nothing that gives it more than an ordinary container has.</p>
      ) : (
        <ul className="plain-list small">
          {settings.map(({ word, why, weight }) => (
            <li key={word}>
              <span className={weight === 'grave' ? 'mark grave' : 'mark'}>{word}</span> {why}
            </li>
          ))}
        </ul>
      )}
      <dl className="kv">
        <Row name="User">{isRoot(user) ? `${user === '' ? 'none set' : user}, root` : user}</Row>
        <Row name="Root folder">{readOnlyRoot ? 'read only' : 'writable'}</Row>
        <Row name="Capabilities">{capabilitiesOf(container)}</Row>
        {container.sharedByDefault.length > 0 && (
          <Row name="Shared with the host">
            {container.sharedByDefault.map((one) => `${one} namespace`).join(', ')}, as every container of this engine
            by default (cgroup v1)
          </Row>
        )}
        {securityOptions.length > 0 && <Row name="Security">{securityOptions.join(', ')}</Row>}
        <Row name="Command">
          <code>{command.length === 0 ? "the image's own" : command.join(' ')}</code>
          {command.length > 0 && <CopyButton text={command.join(' ')} what="command" />}
        </Row>
      </dl>
    </section>
  );
}

function Reach({ container }: { readonly container: Container }): ReactNode {
  const { ports, networks } = container;
  const published = publishedPorts(ports);
  const inside = ports.filter((port) => port.host === undefined).map((port) => `${port.container}/${port.protocol}`);
  return (
    <section className="d-sec">
      <h3>Reach</h3>
      <dl className="kv">
        <Row name="Published">{published.length === 0 ? 'none' : <Lines lines={published} />}</Row>
        {inside.length > 0 && <Row name="Inside only">{inside.join(', ')}</Row>}
        <Row name="Networks">{networks.length === 0 ? 'none' : networks.join(', ')}</Row>
      </dl>
    </section>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }): ReactNode {
  return (
    <ul>
      {lines.map((line) => (
        <li key={line} className="mono">
          {line}
        </li>
      ))}
    </ul>
  );
}

function Storage({ container }: { readonly container: Container }): ReactNode {
  if (container.mounts.length === 0) return null;
  return (
    <section className="d-sec">
      <h3>Mounts</h3>
      <ul className="plain-list small">
        {container.mounts.map(({ kind, source, target, writable }) => (
          <li key={target} className="breakable">
            <code>{target}</code> <span className="quiet">{kind}</span> {source !== '' && <code>{source}</code>}{' '}
            <span className="soft">{writable ? 'writable' : 'read only'}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Labels({ labels }: { readonly labels: Container['labels'] }): ReactNode {
  const all = Object.entries(labels).toSorted(([one], [other]) => one.localeCompare(other));
  if (all.length === 0) return null;
  return (
    <section className="d-sec">
      <h3>Labels</h3>
      <dl className="labels">
        {all.map(([key, value]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd className="breakable">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
