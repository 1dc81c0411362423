import type { DescribedContainer } from '#inventory/agent/index.ts';
import { againAndAgain } from './again-and-again.ts';
import { composeGate } from './compose-gate.ts';
import type { GateOptions } from './options.ts';

/** Answers for the gates of a host, tells what they decided, and looks at what runs past them. */
export interface Gate {
  /** Takes in what the engine says of a container. */
  describe(container: DescribedContainer): void;
  /** The engine came, changed or went. */
  engineChanged(): void;
  /** Images of the engine came, went or were named. */
  imagesChanged(): void;
  /** Says everything again, when what was said may be lost. */
  repeat(): void;
  close(): Promise<void>;
}

/** Milliseconds between two looks at what is due by the clock, and at how the gate is installed. */
const look = 5000;
const reportEvery = 60_000;

/** Throws `AppError` `state-unwritable` where the runtime wrapper could not reach it. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const parts = await composeGate(options);
  const { context, reported, again, spool, report, sweep, canaries, trials, socket, authorization, installation } =
    parts;
  const stopLooking = againAndAgain(look, options.log, async () => {
    context.lookAtImages();
    again.look();
    report.report();
    await reported.reportDue();
  });
  const lookAtInstallation = async (): Promise<void> => {
    await installation.refresh();
    report.report();
    canaries.needed();
  };
  const stopReporting = againAndAgain(reportEvery, options.log, lookAtInstallation);
  // An engine that was asked while it came back is known long before the next report.
  const stopAsking = againAndAgain(look, options.log, async () => {
    if (installation.now().authorization === 'unknown') await lookAtInstallation();
  });
  context.onChange(() => {
    sweep.wake();
    again.look();
    report.report();
    canaries.needed();
  });
  return {
    describe: () => sweep.wake(),
    engineChanged() {
      parts.introduce();
      again.look();
      void lookAtInstallation();
    },
    imagesChanged() {
      context.lookAtImages();
      again.look();
    },
    repeat() {
      report.report();
      sweep.wake();
    },
    async close() {
      await Promise.all([
        stopLooking(),
        stopReporting(),
        stopAsking(),
        canaries.close(),
        trials.close(),
        sweep.close(),
        socket.close(),
        authorization?.close(),
      ]);
      await Promise.all([spool.close(), again.settled(), context.close()]);
    },
  };
}
