import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { messageOf } from '#base/index.ts';
import { type GateSocket, openGateSocket } from './answer/gate-socket.ts';
import { answerStart, previewDecision, type StartsOptions } from './answer/starts.ts';
import { StartAgain } from './boot/start-again.ts';
import { toStartFile } from './boot/trouble.ts';
import { type Canaries, startCanaries } from './canary/canaries.ts';
import { bundleOf, canaryContainer, canaryFolderIn, writeCanaryFiles } from './canary/canary-files.ts';
import { trySocket, tryWrapper } from './canary/trial.ts';
import { AdmittedContainers } from './decisions/admitted.ts';
import { type DecisionSpool, openDecisionSpool } from './decisions/decision-spool.ts';
import { ReportedStarts } from './decisions/reported-starts.ts';
import type { AuthorizationPlugin } from './docker-authz/index.ts';
import { readEngineContainer } from './host/engine-container.ts';
import { type GateContext, openGateContext } from './gate-context.ts';
import { rootProblems } from './host/engine-root.ts';
import { GateReport } from './gate-report.ts';
import { GateInstallation } from './installed-gate.ts';
import { writeInstanceFile } from './instance-file.ts';
import { trialContainer } from './trials/names.ts';
import { trialsOf } from './trials/compose-trials.ts';
import type { Trials } from './trials/trials.ts';
import { openAuthorization } from './open-authorization.ts';
import type { GateArming, GateOptions } from './options.ts';
import { sweepOptions } from './sweep/compose-sweep.ts';
import { startSweep, type Sweep } from './sweep/sweep.ts';

/** What the gate of an agent runs. */
export interface GateServices {
  readonly context: GateContext;
  readonly reported: ReportedStarts;
  readonly again: StartAgain;
  readonly socket: GateSocket;
  readonly authorization: AuthorizationPlugin | undefined;
  readonly spool: DecisionSpool;
  readonly report: GateReport;
  readonly sweep: Sweep;
  readonly canaries: Canaries;
  readonly trials: Trials;
  readonly installation: GateInstallation;
  /** Tells the wrapper where this instance is, once its engine is known, and makes ready for its first start. */
  introduce(): void;
}

/** Nothing of the gate is constructed elsewhere. Throws `AppError` `state-unwritable`. */
export async function composeGate(options: GateOptions): Promise<GateServices> {
  const { log } = options;
  const context = openGateContext(options);
  const { folder } = context;
  const admitted = new AdmittedContainers(join(folder, 'admitted.json'), log);
  const again = startAgainOf(context);
  const reported = reportedStartsOf(context, admitted, again);
  const socket = await listen(context, reported);
  const spool = openDecisionSpool({
    folder: spoolOf(context),
    take: (one, done) => reported.take(one, done),
    lost: () => admitted.beginAnew(),
    log,
  });
  const installation = new GateInstallation(options);
  const authorization = await openAuthorization(context, installation);
  const sweeping = sweepOptions(context, {
    admitted,
    installed: () => installation.now(),
    collect: () => spool.collect(),
  });
  const report = reportOf(context, installation, () => [
    ...(admitted.fault() === undefined ? [] : [`${admitted.fault()} Make room on the disk, or mend its rights.`]),
    ...spool.problems(),
    ...sweeping.problems(),
    ...again.problems(),
  ]);
  const sweep = startSweep(sweeping);
  await writeCanaryFiles(canaryFolderOf(context));
  await rehearse(context);
  const canaries = canariesOf(context, installation, report);
  const trials = trialsOf(context, installation);
  return {
    context,
    reported,
    again,
    socket,
    authorization,
    spool,
    report,
    sweep,
    canaries,
    trials,
    installation,
    introduce: () => void Promise.all([introduce(context), rehearse(context)]),
  };
}

function spoolOf({ folder }: GateContext): string {
  return join(folder, 'decisions');
}

function canaryFolderOf({ folder }: GateContext): string {
  return canaryFolderIn(folder);
}

/**
 * Reads and judges the canary as if it were to start: what is compiled and looked up at the first time would keep the
 * first start longer than the runtime wrapper waits.
 */
async function rehearse(context: GateContext): Promise<void> {
  const folder = canaryFolderOf(context);
  try {
    await readEngineContainer(folder, canaryContainer, context.options.log);
    await context.starts.settings(bundleOf(folder), []);
  } catch (error) {
    context.options.log.warn({ folder, error: messageOf(error) }, 'The first start may have to wait longer.');
  }
}

/** The wrapper knows an engine's containers by its root, and the canary by a folder of the same form. */
async function introduce(context: GateContext): Promise<void> {
  const { options, compiled } = context;
  const { gateFolder, instance, socket, log } = options;
  const root = context.engineRoot();
  if (root === undefined) return;
  try {
    await compiled.write();
    await writeInstanceFile(gateFolder, {
      name: instance,
      engineRoots: [root, canaryFolderOf(context)],
      ledger: compiled.file,
      socket,
      spool: spoolOf(context),
    });
  } catch (error) {
    log.error({ gateFolder, error: messageOf(error) }, 'The gate of this machine does not know this instance.');
  }
}

function listen({ options, starts, compiled }: GateContext, reported: ReportedStarts): Promise<GateSocket> {
  const { socket: path, arming, log } = options;
  return openGateSocket({
    path,
    async answer(question, signal) {
      const began = performance.now();
      if (question.ledger === 'corrupt') void compiled.write();
      const answer = await answerStart(starts, question, signal);
      reported.answered(answer, question, { milliseconds: performance.now() - began, isLate: signal.aborted });
      return answer;
    },
    ...(arming !== undefined && { arming: { ...arming, expect: (id) => expectStart(starts, arming, id) } }),
    created: (id, how) => (arming === undefined ? undefined : reported.created(id, how)),
    log,
  });
}

/** While the engine starts a container it answers nothing about it: its own files do. */
async function expectStart(starts: StartsOptions, arming: GateArming, id: string): Promise<void> {
  if (id === trialContainer) return;
  const found = await starts.container(id);
  if (found === undefined || found === 'too-long') return;
  const { name, imageId, imageName, labels, command } = found;
  const environment = starts.environment(labels);
  arming.expect({
    container: id,
    name,
    imageId,
    imageName,
    labels,
    command,
    ...(environment !== undefined && { environment }),
  });
}

function startAgainOf({ options, folder, starts, engineRoot }: GateContext): StartAgain {
  return new StartAgain({
    file: join(folder, toStartFile),
    container: async (id) => (engineRoot() === undefined ? 'not-known' : await starts.container(id)),
    async outlook(container) {
      const { answer, cause, lacks } = await previewDecision(starts, { container, image: null, annotations: {} });
      return answer === 'deny' && (cause === 'unknown-image' || lacks === 'ledger') ? 'unknown' : answer;
    },
    start: (id) => options.collecting.start(id),
    log: options.log,
  });
}

function reportedStartsOf(
  { options, folder, starts }: GateContext,
  admitted: AdmittedContainers,
  again: StartAgain,
): ReportedStarts {
  const { link, log, arming } = options;
  return new ReportedStarts({
    admitted,
    trialBundle: bundleOf(canaryFolderIn(folder), trialContainer),
    watchesArming: arming !== undefined,
    async known({ container, image }) {
      const named = { container, image: image ?? null, annotations: {} };
      const { subject, environment, digest, cause, evidence } = await previewDecision(starts, named);
      const isOfImage = cause === 'verdict' || cause === 'compliance';
      return { subject, environment, digest, cause, evidence: isOfImage ? evidence : [] };
    },
    report: (decision) => link.send('decision', decision),
    refusedForAbsence: (container) => again.add(container),
    log,
  });
}

function reportOf(
  { options, book, breakGlass, compiled, starts, engineRoot }: GateContext,
  installation: GateInstallation,
  problems: () => readonly string[],
): GateReport {
  return new GateReport({
    reporter: options.reporter,
    installed: () => installation.now(),
    ledger: () => book.ledger(),
    broken: starts.broken,
    authorityFrom: () => new Date(new X509Certificate(options.link.authorities()).validFrom),
    problems() {
      return [
        ...(book.refusal() === undefined ? [] : [`${book.refusal()} Nobody else's is used instead.`]),
        ...(compiled.fault() === undefined ? [] : [`${compiled.fault()} Make room on the disk, or mend its rights.`]),
        ...breakGlass.problems(),
        ...rootProblems(engineRoot()),
        ...problems(),
      ];
    },
  });
}

/** Where no ledger came yet nothing must be refused, so nothing is tried. */
function canariesOf(context: GateContext, installation: GateInstallation, report: GateReport): Canaries {
  const { options, effectiveLedger, compiled } = context;
  const { socket, log, canaryPause } = options;
  const folder = canaryFolderOf(context);
  return startCanaries({
    trials() {
      if (effectiveLedger.ledger() === undefined) return [];
      const { place } = installation.now();
      const wrapper = async () => {
        await compiled.write();
        return tryWrapper(place ?? '', folder);
      };
      return [() => trySocket(socket, folder), ...(place === undefined ? [] : [wrapper])];
    },
    tried: (canary) => report.canary(canary),
    log,
    ...(canaryPause !== undefined && { between: canaryPause }),
  });
}
