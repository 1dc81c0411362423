import type { ReactNode } from 'react';
import { type AdmissionRuleText, replayAdmissionRule } from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { counted } from '../../ui/format.ts';
import { mutable } from '../policy/use-replay.ts';
import { Trial, type TriedText } from '../rules/trial.tsx';

/** What the rule would do with the images on hosts now, as it is written. */
export function AdmissionReplay({ id, text }: TriedText<AdmissionRuleText>): ReactNode {
  return (
    <Trial
      title="Replay over the images on hosts now"
      path={replayAdmissionRule.path}
      id={id}
      text={text}
      ask={(tried, signal) => ask(replayAdmissionRule, { body: { rule: mutable(tried), id } }, signal)}
    >
      {(reply) => (
        <>
          <p>
            {counted(reply.images, 'image')} in scope: <b>{reply.denied}</b> blocked, <b>{reply.alerted}</b> alerted.{' '}
            {reply.running > 0 && (
              <>
                <b>{counted(reply.running, 'running container')}</b> would not start again.
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
          <p className="small quiet">The replay covers images only; settings are judged when a container starts.</p>
        </>
      )}
    </Trial>
  );
}
