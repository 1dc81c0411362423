import { engineProblems, type GateStatus, gateStatus } from '#gate/agent/index.ts';
import { gateFolder } from '../../gate/context.ts';
import type { Place } from '../place.ts';
import { type Answer, fine, probe, sentence, stops, unknown, weakens } from '../probe.ts';
import { mendEngine, noAnswer } from './engine.ts';

function lookAtGate(place: Place): Promise<GateStatus> {
  const { instance, engineSocket, agentFolder: stateFolder } = place;
  return place.once('gate', () => gateStatus({ instance, gateFolder, engineSocket, stateFolder, now: new Date() }));
}

type GateFact = Pick<GateStatus, 'wrapper' | 'problems'> & { readonly isRoot: boolean };

export const gate = probe({
  id: 'gate',
  title: 'Gate',
  parts: ['agent'],
  look: async (place): Promise<GateFact> => {
    const { wrapper, problems, engine } = await lookAtGate(place);
    // Other probes tell these.
    const told = engine === undefined ? [] : engineProblems(engine);
    return { isRoot: place.uid === 0, wrapper, problems: problems.filter((one) => !told.includes(one)) };
  },
  judge: judgeGate,
});

export function judgeGate({ isRoot, wrapper, problems }: GateFact): Answer {
  if (!isRoot) return unknown('Only root sees how the gate stands.', 'Run `seawall doctor` as root.');
  const words = problems.map(sentence).join(' ');
  const fix = 'Run `seawall gate status`, and what it names.';
  switch (wrapper) {
    case 'absent':
      return fine('not installed: every container starts; `seawall gate install` judges starts');
    case 'broken':
      return stops(words, fix);
    case 'installed':
    case 'partial':
      return problems.length === 0 ? fine('installed') : weakens(words, fix);
  }
}

export const engineVersion = probe({
  id: 'engine-version',
  title: 'Version of the engine',
  parts: ['agent'],
  look: async (place) => (await lookAtGate(place)).engine,
  judge: judgeEngineVersion,
});

export function judgeEngineVersion(engine: GateStatus['engine']): Answer {
  if (engine === undefined) return unknown(noAnswer, mendEngine);
  const problems = engineProblems(engine);
  if (problems.length === 0) return fine(`Docker ${engine.version}`);
  return weakens(
    `Docker ${engine.version} may have known vulnerabilities: ${problems.join(' ')}`,
    'Upgrade the engine; `seawall gate status` lists the cases.',
  );
}
