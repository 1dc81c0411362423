import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GateSettings } from '../install/schema.ts';

/** What starts get where the gate's own parts cannot be believed: the host's rule, `gate install --when-broken`. */
export type BrokenRule = 'allow' | 'deny';

/** Read anew each time. Where no gate was installed it is `allow`: nothing of this host asks for more. A damaged `gate.json` starts nothing, as with the wrapper. */
export function readBrokenRule(gateFolder: string): BrokenRule {
  let text: string;
  try {
    text = readFileSync(join(gateFolder, 'gate.json'), 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'allow' : 'deny';
  }
  try {
    return GateSettings.parse(JSON.parse(text)).broken;
  } catch {
    return 'deny';
  }
}

/** What starts get of engines that no agent watches: `gate install --unknown-engines`; `undefined`: no gate says it. */
export function readUnknownEngines(gateFolder: string): 'allow' | 'deny' | undefined {
  try {
    return GateSettings.parse(JSON.parse(readFileSync(join(gateFolder, 'gate.json'), 'utf8'))).unknownInstance;
  } catch {
    return undefined;
  }
}
