import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError, messageOf } from '#base/index.ts';
import { describeEngine, engineBuild } from '#image/index.ts';
import { Ledger, SignedLedger } from '#admission/contract.ts';
import { type GateFact } from '../../contract.ts';
import { readToStart, toStartFile, troubleProblems } from '../boot/trouble.ts';
import { readBrokenRule, readUnknownEngines } from '../answer/broken-rule.ts';
import { answeringProblems } from '../docker-authz/answering-state.ts';
import { type ProgramStatus, pluginServer } from '../docker-authz/program-status.ts';
import { asksPlugin } from '../docker-authz/trial.ts';
import { ledgerClock, missingLedger } from '../ledger/ledger-words.ts';
import { isOurPlugin, pluginSocket } from './engine-edits.ts';
import { engineSafety, safeVersion } from './engine-cases.ts';
import { enginePackage } from './engine-package.ts';
import { type RulesInForce, rulesInForce } from './rule-sights.ts';
import { agentProcess, hasSystemd } from './units.ts';
import { wrapperState } from './wrapper-state.ts';

/** The gate of one host as `seawall gate status` shows it. */
export interface GateStatus extends Pick<GateFact, 'wrapper' | 'authorization' | 'engine' | 'ledger' | 'problems'> {
  readonly place: string | undefined;
  readonly runtime: string | undefined;
  /** What is in force here, and which places see what it is about. */
  readonly rules: RulesInForce;
  /** What answers the engine's authorization plugin, as it says itself; missing: no program of its own does. */
  readonly answering?: ProgramStatus;
}

export interface StatusContext {
  /** Of the agent. */
  readonly instance: string;
  readonly gateFolder: string;
  readonly engineSocket: string;
  readonly stateFolder: string;
  readonly now: Date;
}

/** Looks at everything anew. What cannot be seen is a problem, never a silent "well". */
export async function gateStatus(context: StatusContext): Promise<GateStatus> {
  const wrapper = wrapperState(context);
  const engine = await engineState(context.engineSocket);
  const answering = await answeringState(context, engine.authorization);
  const ledger = ledgerState(context);
  const isGated = wrapper.state === 'installed' || wrapper.state === 'partial';
  return {
    wrapper: wrapper.state,
    place: wrapper.place,
    runtime: wrapper.runtime,
    authorization: engine.authorization,
    ...(answering.status !== undefined && { answering: answering.status }),
    ...(engine.safety !== undefined && { engine: engine.safety }),
    ...(ledger.fact !== undefined && { ledger: ledger.fact }),
    rules: rulesInForce({
      wrapper: wrapper.state,
      authorization: engine.authorization,
      agent: agentProcess(context.stateFolder) === undefined ? 'away' : 'at-work',
      unknownEngines: readUnknownEngines(context.gateFolder),
      ledger: ledger.ledger,
    }),
    problems: [
      ...wrapper.problems,
      ...(isGated ? [...agentProblems(context), ...ledger.problems] : []),
      ...troubleProblems(readToStart(join(context.stateFolder, 'gate', toStartFile)).trouble),
      ...engine.problems,
      ...answering.problems,
    ],
  };
}

interface AnsweringState {
  readonly status?: ProgramStatus;
  readonly problems: readonly string[];
}

/** Asks what answers the engine, which asks the agent. */
export async function answeringState(
  { instance, now }: Pick<StatusContext, 'instance' | 'now'>,
  authorization: GateFact['authorization'],
): Promise<AnsweringState> {
  const socket = pluginSocket(instance);
  const server = await pluginServer(socket);
  const restart = hasSystemd() ? 'run `systemctl restart seawall-agent`' : 'start the agent again with `seawall agent`';
  const problems = answeringProblems({ server, authorization, socket, restart, now });
  return { problems, ...(typeof server === 'object' && { status: server }) };
}

/** The part that needs no engine, for whoever asks often. */

function agentProblems({ stateFolder }: StatusContext): readonly string[] {
  if (agentProcess(stateFolder) !== undefined) return [];
  return [
    `No agent works with the state in ${stateFolder}, so nobody scans what is unknown: start it with \`seawall agent\`.`,
  ];
}

type EngineSafety = NonNullable<GateFact['engine']>;

export interface EngineState {
  readonly authorization: GateFact['authorization'];
  readonly safety?: EngineSafety;
  readonly problems: readonly string[];
}

const unasked =
  'The engine no longer asks the authorization plugin, which was taken out of its settings: run `seawall gate install --authorization` again, and restart the engine.';

/** Asks the engine, and tries what it says. */
export async function engineState(socket: string): Promise<EngineState> {
  try {
    const [{ authorization }, { version, platform }] = await Promise.all([describeEngine(socket), engineBuild(socket)]);
    const build = platform === dockersOwn ? 'docker' : ((await enginePackage(socket)) ?? 'unknown');
    const safety = await engineSafety({ version, build });
    const isNamed = authorization.some(isOurPlugin);
    const isAsked = isNamed && (await asksPlugin(socket));
    return {
      authorization: isAsked ? 'on' : 'off',
      safety,
      problems: [...engineProblems(safety), ...(isNamed && !isAsked ? [unasked] : [])],
    };
  } catch (error) {
    const why = isAppError(error) ? `${error.message} ${error.next}` : `The engine answers oddly: ${messageOf(error)}`;
    return { authorization: 'unknown', problems: [why] };
  }
}

/** How Docker's own builds call themselves. */
const dockersOwn = 'Docker Engine - Community';

/** What an engine with known cases against it asks a person to do. */
export function engineProblems({ version, package: ofPackage, safe, unknown = [] }: EngineSafety): readonly string[] {
  if (safe) return [];
  const ids = unknown.map((one) => one.split(/[ :]/)[0]).join(', ');
  if (ids === '') {
    return [
      `Docker ${version} is below ${safeVersion}: upgrade it, or see \`seawall gate status --format json\` for the cases.`,
    ];
  }
  const whose =
    ofPackage === undefined ? 'not built by Docker, and no package that is known' : `the package ${ofPackage}`;
  return [
    `Docker ${version} is below ${safeVersion} and ${whose}: the patch status against ${ids} is unknown. Check the security tracker of the distribution.`,
  ];
}

/** What lies on this disk; the agent has checked who signed it before it wrote it there. */
function ledgerState({ stateFolder, gateFolder, now }: StatusContext): {
  readonly fact?: NonNullable<GateFact['ledger']>;
  readonly ledger?: Ledger;
  readonly problems: readonly string[];
} {
  const file = join(stateFolder, 'gate/ledger.json');
  try {
    const { ledger: text } = SignedLedger.parse(JSON.parse(readFileSync(file, 'utf8')));
    const ledger = Ledger.parse(JSON.parse(text));
    const { sequence, issuedAt, expiresAt, entries } = ledger;
    const fact = { sequence, issuedAt, expiresAt, entries: entries.length };
    return { fact, ledger, problems: ledgerClock(fact, now) };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing) return { problems: [missingLedger(readBrokenRule(gateFolder))] };
    return { problems: [`The ledger ${file} cannot be read: restart the agent, which asks for a new one.`] };
  }
}
