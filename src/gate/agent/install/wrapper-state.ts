import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '#base/index.ts';
import type { GateFact } from '../../contract.ts';
import { diversionOf } from './diversion.ts';
import { hashOf } from './durable.ts';
import { runtimeName } from './engine-edits.ts';
import { readEngineSettings, settingsFileOf } from './find-runtimes.ts';
import { readRecord } from './record.ts';
import { type Change, GateSettings, type InstallRecord } from './schema.ts';

/** How the wrapper stands, with a sentence and the next command for each thing that is wrong. */
export interface WrapperState {
  readonly state: GateFact['wrapper'];
  /** Where it stands, and where it hands on to; missing: it is not installed. */
  readonly place?: string;
  readonly runtime?: string;
  readonly problems: readonly string[];
}

export interface WrapperContext {
  readonly gateFolder: string;
  readonly engineSocket: string;
}

const again = 'run `seawall gate install` again';

/** Looks at the files themselves; what the record says counts for nothing by itself. */
export function wrapperState(context: WrapperContext): WrapperState {
  try {
    const record = readRecord(context.gateFolder);
    if (record === undefined) return withoutRecord(context);
    return { ...wrapperStateOf(context, record), ...placesOf(record) };
  } catch (error) {
    return { state: 'broken', problems: [`${messageOf(error)} Restore it from a backup, or remove the gate by hand.`] };
  }
}

function withoutRecord({ gateFolder }: WrapperContext): WrapperState {
  if (!existsSync(join(gateFolder, 'gate.json')))
    return { state: 'absent', problems: ['No gate is installed: run `seawall gate install`.'] };
  return {
    state: 'broken',
    problems: [`${gateFolder} holds settings of a gate and no record of its install: ${again}.`],
  };
}

function wrapperStateOf(context: WrapperContext, record: InstallRecord): WrapperState {
  if (record.state !== 'installed') {
    const command = record.state === 'installing' ? 'install' : 'remove';
    return { state: 'broken', problems: [`\`seawall gate ${command}\` was ended before its end: run it again.`] };
  }
  const faults = [...faultsOfSettings(context), ...record.changes.flatMap((change) => faultsOf(context, change))];
  const state = faults.length > 0 ? 'broken' : record.wish.divert === 'yes' ? 'installed' : 'partial';
  const partial =
    state === 'partial' ? ['The gate is the default runtime alone; a container that names another goes past it.'] : [];
  return { state, problems: [...faults, ...partial] };
}

function placesOf({ changes }: InstallRecord): Pick<WrapperState, 'place' | 'runtime'> {
  const change = changes.find(({ kind }) => kind === 'diversion' || kind === 'beside');
  if (change?.kind === 'diversion') return { place: change.path, runtime: change.to };
  return change?.kind === 'beside' ? { place: change.path, runtime: change.runtime } : {};
}

function faultsOfSettings({ gateFolder }: WrapperContext): readonly string[] {
  const file = join(gateFolder, 'gate.json');
  try {
    const { runc } = GateSettings.parse(JSON.parse(readFileSync(file, 'utf8')));
    const { uid, mode } = statSync(file);
    if (uid !== 0 || (mode & 0o022) !== 0) return [`${file} may be written by others than root: ${again}.`];
    return isProgram(runc) ? [] : [`${runc}, the engine’s runtime, is missing: install its package again.`];
  } catch (error) {
    return [`${file} cannot be read, ${firstLine(messageOf(error))}: ${again}.`];
  }
}

function faultsOf({ engineSocket }: WrapperContext, change: Change): readonly string[] {
  switch (change.kind) {
    case 'diversion': {
      const diverted = diversionOf(change.path)?.to === change.to;
      const isOurs = change.ours.at(-1) === hashOf(change.path);
      return [
        ...(diverted ? [] : [`dpkg no longer diverts ${change.path}: ${again}.`]),
        ...(isOurs ? [] : [`${change.path} is not the wrapper that was put there: ${again}.`]),
      ];
    }
    case 'beside': {
      const { settings } = readEngineSettings(settingsFileOf(engineSocket));
      const isNamed =
        settings.runtimes?.[runtimeName]?.path === change.path && settings['default-runtime'] === runtimeName;
      return [
        ...(isNamed ? [] : [`The engine’s settings no longer name the gate as default runtime: ${again}.`]),
        ...(isProgram(change.path) ? [] : [`${change.path}, the wrapper, is missing: ${again}.`]),
      ];
    }
    case 'file':
    case 'folder':
    case 'link':
      return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
