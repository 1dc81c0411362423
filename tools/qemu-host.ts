import { kernels } from '../test/make/qemu-host/disks.ts';
import { bootHost } from '../test/make/qemu-host/host.ts';
import { checkoutInGuest } from '../test/make/qemu-host/guest.ts';

/** Boots a Docker host under another kernel, runs one command in its copy of this checkout and ends with its exit code. */

const [name, ...command] = process.argv.slice(2);
const kernel = kernels.find((one) => one === name);

if (kernel === undefined || command.length === 0) {
  console.error(`usage: node tools/qemu-host.ts ${kernels.join('|')} COMMAND [WORD…]`);
  process.exitCode = 2;
} else {
  const host = await bootHost({ kernel, say: (words) => console.error(`… ${words}`) });
  try {
    const words = ['env', '--chdir', checkoutInGuest, ...command];
    const echo = (text: string) => void process.stdout.write(text);
    const { code } = await host.run(words, { echo, limit: 3 * 3_600_000 });
    process.exitCode = code;
  } finally {
    await host.close();
  }
}
