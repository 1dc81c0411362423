import { join, resolve } from 'node:path';
import type { GateContext } from '#gate/agent/index.ts';
import { AppError, stateFolder, systemClock } from '#base/index.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';
import { engineSocketOf } from '../scan/options.ts';

/** Where the wrapper looks for what it needs; fixed when it is built. */
export const gateFolder = '/var/lib/seawall/gate';

/** The host as the commands below `gate` work on it. */
export function contextOf({ options, env }: CommandCall): GateContext {
  const instance = text(options['instance']) ?? 'default';
  const wrapper = text(options['wrapper']);
  const places = [join(checkoutFolder(), 'native/build/seawall-runc'), '/usr/lib/seawall/seawall-runc'];
  return {
    gateFolder,
    wrapperPlaces: wrapper === undefined ? places : [resolve(wrapper)],
    stateFolder: text(options['state']) ?? join(stateFolder(env, userId()), 'agent', instance),
    engineSocket: engineSocketOf({ options, env }),
    instance,
    answering: {
      places: [join(checkoutFolder(), 'native/build/seawall-authz'), '/usr/lib/seawall/seawall-authz'],
      socket: join('/run/seawall', instance, 'authorization.sock'),
    },
    socketUnit: join(checkoutFolder(), 'integrations/docker/seawall-authorization.socket'),
    program: join(checkoutFolder(), 'bin/seawall'),
    now: systemClock(),
  };
}

/** Throws `AppError` `needs-root`. */
export function needsRoot(command: string): void {
  if (userId() === 0) return;
  throw new AppError('needs-root', `\`seawall ${command}\` changes this host and works for root alone.`);
}
