import type { Detector } from '../detector.ts';
import { cgroupMove } from './cgroup-move/index.ts';
import { codeDrift } from './code-drift/index.ts';
import { drift } from './drift/index.ts';
import { execSession } from './exec-session/index.ts';
import { fileless } from './fileless/index.ts';
import { forbiddenTool } from './forbidden-tool/index.ts';
import { loader } from './loader/index.ts';
import { masquerade } from './masquerade/index.ts';
import { miner } from './miner/index.ts';
import { modifiedBinary } from './modified-binary/index.ts';
import { shellFromServer } from './shell-from-server/index.ts';
import { unexpectedProcess } from './unexpected-process/index.ts';

/** Every detector, the most telling first: of several that object to one event, the first speaks. The only registration. */
export const detectors: readonly Detector[] = [
  miner,
  masquerade,
  cgroupMove,
  fileless,
  modifiedBinary,
  loader,
  drift,
  codeDrift,
  forbiddenTool,
  shellFromServer,
  unexpectedProcess,
  execSession,
];
