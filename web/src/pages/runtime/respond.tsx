import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Detection } from '#runtime/contract.ts';
import { useMe } from '../../app/session.ts';
import { Command } from '../../ui/copy-button.tsx';
import { download } from '../../ui/download.ts';
import type { IncidentStory } from './incident-story.ts';
import { isReported, subjectOf } from './incident-subject.ts';
import { preventableOf } from './preventable.ts';

interface Props {
  readonly story: IncidentStory;
  readonly detections: readonly Detection[];
}

/** Actions on an incident: prevent it from now on, stop the container, keep the evidence. */
export function Respond({ story, detections }: Props): ReactNode {
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const { incident } = story;
  const { container, host } = incident;
  const aspect = preventableOf(detections);
  const isOfContainer = subjectOf(incident) === 'container' && !isReported(detections);
  const collect = (): void =>
    download(`incident-${incident.id}.json`, `${JSON.stringify(story, undefined, 2)}\n`, 'application/json');
  return (
    <section className="section respond">
      <header>
        <h2>Respond</h2>
      </header>
      <div className="actions">
        {mayWrite && aspect !== undefined && (
          <Link
            className="btn"
            to="/runtime-rules"
            search={{ rule: 'new', prevent: aspect, name: `Prevent in ${container.image}`.slice(0, 200) }}
          >
            Create prevent rule…
          </Link>
        )}
        <button type="button" className="btn" onClick={collect}>
          Collect forensics
        </button>
      </div>
      <p className="small soft">
        Collect forensics saves what the console stores of this incident: every event with its process tree, hashes and
        arguments, and what the model expected.
      </p>
      {isOfContainer && (
        <>
          <h3>Stop the container</h3>
          <p className="small soft">On {host}, as root. Its files stay for a closer look until it is removed:</p>
          <Command text={`docker stop ${container.id.slice(0, 12)}`} />
        </>
      )}
    </section>
  );
}
