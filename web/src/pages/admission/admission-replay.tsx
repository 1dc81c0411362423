import type { ReactNode } from 'react';
import { type AdmissionRuleText, replayAdmissionRule } from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { mutable } from '../policy/use-replay.ts';
import { Trial, type TriedText } from '../rules/trial.tsx';

/** What the rule would make of the images that lie on hosts now, as it is written. */
export function AdmissionReplay({ id, text }: TriedText<AdmissionRuleText>): ReactNode {
  return (
    <Trial
      title="Of what lies on hosts now it would"
      path={replayAdmissionRule.path}
      id={id}
      text={text}
      ask={(tried, signal) => ask(replayAdmissionRule, { body: { rule: mutable(tried), id } }, signal)}
    >
      {(reply) => (
        <>
          <p>
            refuse <b>{reply.denied}</b> and alert <b>{reply.alerted}</b> of {counted(reply.images, 'image')} that it
            holds for.{' '}
            {reply.running > 0 && (
              <>
                <b>{counted(reply.running, 'running container', 'running containers')}</b> would not start again.
              </>
            )}
          </p>
          <ul className="small soft">
            {reply.examples.slice(0, 5).map(({ image, digest, environment, was, would, reason }) => (
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
    </Trial>
  );
}
