import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Detection, getIncident } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { environmentName } from '../../app/environment.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { counted, span } from '../../ui/format.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { When } from '../../ui/marks.tsx';
import { Fact, PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { AllowEntry } from './allow-entry.tsx';
import { ExpectedSeen } from './expected-seen.tsx';
import { IncidentActions } from './incident-actions.tsx';
import { isReported, subjectOf } from './incident-subject.ts';
import { incidentMark } from './incident-mark.ts';
import { incidentStateWord } from './outcome-mark.tsx';
import { ProcessTree } from './process-tree.tsx';
import { Respond } from './respond.tsx';
import { Techniques } from './techniques.tsx';
import { Timeline } from './timeline.tsx';
import { WhatToDo } from './what-to-do.tsx';
import './incident-page.css';
import type { IncidentStory } from './incident-story.ts';

const route = getRouteApi('/inside/incidents/$id');

/** One incident: what was tried when, what the model expects in its place, what to do. */
export function IncidentPage(): ReactNode {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(reading(getIncident, { params: { id: Number(id) } }));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <WaitingHead title={`Incident ${id}`} crumbs={<Crumbs id={id} />} />
        <p className="section" aria-busy="true">
          <Skeleton width={420} />
        </p>
      </>
    );
  }
  const detections = data.detections.toSorted((one, other) =>
    one.time.localeCompare(other.time),
  ) as readonly Detection[];
  if (isReported(detections)) return <ReportedStory story={data} detections={detections} />;
  return (
    <>
      <Head story={data} detections={detections} />
      <div className="split incident-top">
        <Timeline detections={detections} events={data.incident.detections} />
        <section className="section">
          <header>
            <h2>Process tree</h2>
            <span className="small end quiet">dashed: detected</span>
          </header>
          <ProcessTree detections={detections} />
          <Techniques detections={detections} />
        </section>
      </div>
      <ExpectedSeen story={data} detections={detections} />
      <div className="split incident-bottom">
        <div>
          <WhatToDo story={data} detections={detections} />
          <Respond story={data} detections={detections} />
        </div>
        <AllowEntry story={data} detections={detections} />
      </div>
    </>
  );
}

/** What the console or a gate reported: there is no process to show, and no model that expects anything. */
function ReportedStory({ story, detections }: HeadProps): ReactNode {
  return (
    <>
      <Head story={story} detections={detections} />
      <Timeline detections={detections} events={story.incident.detections} />
      <section className="section">
        <header>
          <h2>Expected and seen</h2>
        </header>
        {detections.map(({ id, expected, seen }) => (
          <dl key={id} className="kv">
            <dt>Expected</dt>
            <dd className="breakable">{expected ?? 'unknown'}</dd>
            <dt>Seen</dt>
            <dd className="breakable">{seen}</dd>
          </dl>
        ))}
      </section>
      <WhatToDo story={story} detections={detections} />
      <Respond story={story} detections={detections} />
    </>
  );
}

function Crumbs({ id, state }: { readonly id: string; readonly state?: string }): ReactNode {
  return (
    <>
      <Link to="/incidents">Incidents</Link>
      <span aria-hidden="true">/</span>
      <span>
        {id}
        {state !== undefined && `, ${state}`}
      </span>
    </>
  );
}

interface HeadProps {
  readonly story: IncidentStory;
  readonly detections: readonly Detection[];
}

function Head({ story, detections }: HeadProps): ReactNode {
  const { incident, siblings } = story;
  const { host, environment } = incident;
  const about = subjectOf(incident);
  const rule = detections.findLast((one) => one.rule !== undefined)?.rule;
  return (
    <PageHead
      title={`Incident ${incident.id}`}
      crumbs={<Crumbs id={String(incident.id)} state={incidentStateWord(incident.state).toLowerCase()} />}
      state={incidentMark(incident)}
      verdict={incident.title}
      reason={eventsSentence(incident)}
      facts={
        <>
          {about === 'container' && <ContainerFacts incident={incident} />}
          {about !== 'console' && (
            <Fact name="Host">
              <Link to="/hosts" search={{ host }}>
                {host}
              </Link>
              , {environmentName(environment)}
            </Fact>
          )}
          {about === 'host' && detections.some(({ detector }) => detector === 'protection') && (
            <Fact name="Containers">
              <Link to="/containers" search={{ host, protection: 'not-protected', state: 'up' }}>
                those not protected now
              </Link>
            </Fact>
          )}
          {rule && (
            <Fact name="Rule">
              <Link to="/runtime-rules" search={{ rule: rule.id }}>
                {rule.name}
              </Link>
            </Fact>
          )}
          {incident.acknowledged && (
            <Fact name={incident.state === 'closed' ? 'Closed by' : 'Acknowledged by'}>
              {incident.acknowledged.by}, <When moment={incident.acknowledged.at} />
              {incident.acknowledged.note !== '' && `: ${incident.acknowledged.note}`}
            </Fact>
          )}
          {!isReported(detections) && (
            <Fact name="Seen in">
              {siblings.same} of {counted(siblings.running, 'running container')} of this image
            </Fact>
          )}
        </>
      }
      actions={<IncidentActions incident={incident} />}
    />
  );
}

/** How many events, and over what time. */
function eventsSentence({ detections, openedAt, lastAt }: IncidentStory['incident']): string {
  const lasted = Date.parse(lastAt) - Date.parse(openedAt);
  const within = lasted < 1000 ? '' : ` within ${span(lasted)}`;
  return `${counted(detections, 'event')}${within}.`;
}

function ContainerFacts({ incident }: { readonly incident: IncidentStory['incident'] }): ReactNode {
  const { container, imageDigest } = incident;
  return (
    <>
      <Fact name="Container">
        <Link to="/containers" search={{ search: container.id }}>
          {container.name}
        </Link>{' '}
        <span className="hash" title={container.id}>
          {container.id.slice(0, 12)}
        </span>
        <CopyButton text={container.id} what="container id" />
      </Fact>
      <Fact name="Image" unknown={imageDigest === undefined}>
        {imageDigest === undefined ? (
          container.image
        ) : (
          <Link to="/images/$subject" params={{ subject: imageDigest }}>
            {container.image}
          </Link>
        )}
      </Fact>
    </>
  );
}
