import { AppError } from '#base/index.ts';

/** In the place of what reads the database of the console that runs here: that needs the server's modules. */
export async function notHere(): Promise<never> {
  throw new AppError('not-in-one-file', 'This file does not read the database of a console on this machine.', {
    next: 'Name the console with --console and --token where the command takes them, or run it from the console’s image, the Debian package or the tarball.',
  });
}
