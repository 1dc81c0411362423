import { type Creations, readCreations } from '#admission/console/index.ts';
import { readGateStates } from '#gate/console/index.ts';
import {
  type AnsweredSubject,
  notApplicable,
  notAssessed,
  pass,
  type ProductAnswer,
} from '../../../evidence/answer.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, silentWords } from '../context.ts';

/** Milliseconds that are looked back. */
const lookedBack = 24 * 3_600_000;

/** Who had containers made, as the gate at the engine saw it. */
export const creationAnswers: HostSource = async ({ queries, now, hosts }) => {
  const names = hosts.map(({ name }) => name);
  const gates = await readGateStates(queries, names);
  const made = await readCreations(queries, { hosts: names, since: new Date(now.getTime() - lookedBack) });
  return hosts.map(({ name, silentSince }): AnsweredSubject => {
    const asked = gates.get(name)?.gate.authorization === 'on';
    const answer =
      silentSince === undefined
        ? principal(made.get(name), asked ? 'asked' : 'not-asked')
        : notAssessed(silentWords(silentSince));
    return { host: name, kind: 'host', id: ownId, answers: { 'creation-principal': answer } };
  });
};

function principal(made: Creations | undefined, plugin: 'asked' | 'not-asked'): ProductAnswer {
  if (plugin === 'not-asked')
    return notAssessed(
      'Its engine asks no authorization plugin, so nobody records who makes containers. Turning the plugin on would assess this.',
    );
  if (made === undefined) return notApplicable('No container was made here within the last 24 hours.');
  const { all, unnamed } = made;
  if (unnamed.length === 0) return pass(`${all} containers made within 24 hours`);
  return notAssessed(
    `${unnamed.length} of ${all} containers were made over a socket that names nobody, ${unnamed[0]} among them. TLS with client certificates would assess this.`,
  );
}
