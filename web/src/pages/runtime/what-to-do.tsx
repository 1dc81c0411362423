import type { ReactNode } from 'react';
import type { Detection } from '#runtime/contract.ts';
import type { IncidentStory } from './incident-story.ts';
import { isReported } from './incident-subject.ts';

interface Props {
  readonly story: IncidentStory;
  readonly detections: readonly Detection[];
}

/** Remedies, each once, the most severe event's first. */
export function WhatToDo({ story, detections }: Props): ReactNode {
  const order = ['critical', 'high', 'medium', 'low'];
  const ranked = detections.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const remedies = [...new Set(ranked.map(({ remedy }) => remedy))];
  const ran = detections.some((one) => one.outcome === 'observed' && !one.notice && !isReported([one]));
  return (
    <section className="section">
      <header>
        <h2>What to do</h2>
      </header>
      <ol className="todo">
        {ran && (
          <li>
            <p>
              Some of it was not prevented: inspect <b>{story.incident.container.name}</b> before you restart it.
            </p>
          </li>
        )}
        {remedies.map((remedy) => (
          <li key={remedy}>
            <p>{remedy}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
