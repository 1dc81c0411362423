import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Kernel } from '../../make/qemu-host/disks.ts';
import { checkoutInGuest } from '../../make/qemu-host/guest.ts';
import { bootHost } from '../../make/qemu-host/host.ts';
import type { LabOptions } from '../lab.ts';
import { dynamicImage } from './image.ts';

/** A machine under one of the kernels, with the driver of the trials in it. */
interface Guest {
  readonly kernel: Kernel;
  /** Runs a trial in the guest; rejects when the guest broke. */
  try(id: string): Promise<Answer>;
  close(): Promise<void>;
}

/** What the cases work on: one guest at a time, booted when the first case wants it. */
export interface Guests {
  /** Rejects when the trial does not hold. */
  try(kernel: Kernel, id: string): Promise<string | undefined>;
}

export async function setUpGuests(options: LabOptions): Promise<{ readonly world: Guests; close(): Promise<void> }> {
  let guest: Guest | undefined;
  const broken = new Map<Kernel, unknown>();
  const open = async (kernel: Kernel): Promise<Guest> => {
    if (guest?.kernel === kernel) return guest;
    await guest?.close();
    guest = undefined;
    guest = await openGuest(kernel, options);
    return guest;
  };
  const world: Guests = {
    async try(kernel, id) {
      if (broken.has(kernel)) throw broken.get(kernel);
      const answer = await open(kernel)
        .then((one) => one.try(id))
        .catch((error: unknown) => {
          broken.set(kernel, error);
          throw error;
        });
      if (answer.failure !== undefined) throw new Error(answer.failure);
      return answer.figures;
    },
  };
  const close = async (): Promise<void> => {
    await guest?.close();
    // A guest that broke proves nothing of a case that has to fail.
    for (const [kernel, error] of broken) throw new Error(`The guest of ${kernel} broke.`, { cause: error });
  };
  return { world, close };
}

interface Answer {
  readonly figures?: string;
  readonly failure?: string;
}

async function openGuest(kernel: Kernel, { armed, say }: LabOptions): Promise<Guest> {
  const host = await bootHost({ kernel, say });
  const input = new PassThrough();
  let ended: Error | undefined;
  let heard = '';
  let wake = (): void => {};
  const echo = (text: string): void => {
    heard += text;
    wake();
  };
  const next = async (): Promise<Answer> => {
    for (;;) {
      const [line, ...rest] = heard.split('\n');
      if (line !== undefined && rest.length > 0) {
        heard = rest.join('\n');
        if (line.startsWith('{')) return JSON.parse(line) as Answer;
        say(line);
      } else if (ended === undefined) await new Promise<void>((resolve) => void (wake = resolve));
      else throw ended;
    }
  };
  const finish = (why: string): void => {
    ended = new Error(`The driver in the guest ended: ${why}`);
    wake();
  };
  try {
    await sendImage((local, path) => host.copyIn(local, path));
    const driver = join(checkoutInGuest, 'test/lab/kernels/guest.ts');
    const words = ['node', driver, imageInGuest, armed ? 'armed' : 'disarmed'];
    const run = host.run(words, { input, echo }).then(
      ({ code, stderr }) => finish(`${code} ${stderr}`),
      (error: unknown) => finish(String(error)),
    );
    await next();
    say('the sensor listens, the container runs');
    return {
      kernel,
      async try(id) {
        input.write(`${id}\n`);
        return await next();
      },
      async close() {
        finish('closed');
        await host.close();
        await run;
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

const imageInGuest = '/root/image.tar';

async function sendImage(copyIn: (local: string, path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-kernels-'));
  try {
    const archive = join(folder, 'image.tar');
    writeFileSync(archive, await dynamicImage());
    await copyIn(archive, imageInGuest);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
