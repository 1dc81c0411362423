import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type AdmissionRuleText, replayAdmissionRule } from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { counted } from '../../ui/format.ts';
import { mutable } from '../policy/use-replay.ts';

/** What the rule would make of the images that lie on hosts now, as it is written. */
export function AdmissionReplay({ id, text }: { readonly id: string; readonly text: AdmissionRuleText }): ReactNode {
  const { data, error } = useQuery({
    queryKey: [replayAdmissionRule.path, id, JSON.stringify(text)],
    queryFn: ({ signal }) =>
      ask(replayAdmissionRule, { body: { rule: mutable({ ...text, name: text.name || 'new' }), id } }, signal),
    placeholderData: (before) => before,
  });
  return (
    <section className="replay" aria-live="polite">
      <h3>Of what lies on hosts now it would</h3>
      {error !== null && <Failure error={error} />}
      {data !== undefined && (
        <>
          <p>
            refuse <b>{data.denied}</b> and alert <b>{data.alerted}</b> of {counted(data.images, 'image')} that it holds
            for.{' '}
            {data.running > 0 && (
              <>
                <b>{counted(data.running, 'running container', 'running containers')}</b> would not start again.
              </>
            )}
          </p>
          <ul className="small soft">
            {data.examples.slice(0, 5).map(({ image, digest, environment, was, would, reason }) => (
              <li key={`${digest} ${environment ?? ''}`} className="breakable">
                <b>{image}</b>
                {environment !== undefined && ` in ${environment}`}: {was}, now {would}.{' '}
                <span className="quiet">{reason}</span>
              </li>
            ))}
          </ul>
          <p className="small quiet">Settings are judged when a container starts; this looks at images only.</p>
        </>
      )}
    </section>
  );
}
