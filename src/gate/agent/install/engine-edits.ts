import { AppError } from '#base/index.ts';
import { readEngineSettings } from './find-runtimes.ts';
import { withElement, withMember } from './json-text.ts';

/** Name of an instance's authorization plugin, as the engine's settings write it. */
export function pluginName(instance: string): string {
  return instance === 'default' ? 'seawall' : `seawall-${instance}`;
}

/** Where an engine looks for it. */
export function pluginSocket(instance: string): string {
  return `/run/docker/plugins/${pluginName(instance)}.sock`;
}

/**
 * A name by which every Docker engine since 20.10 knows its own runtime. The engine lets its path be set, and a container
 * made under it starts with the plain runtime when the setting is gone: nothing of ours is ever written into one.
 */
export const runtimeName = 'io.containerd.runc.v2';

/** Whether a name is that of an instance's plugin. */
export function isOurPlugin(name: string): boolean {
  return /^seawall(?:-|$)/.test(name);
}

/** The settings with the wrapper as default runtime. Throws `AppError` `gate-unsuitable` where there is another default. */
export function withRuntime(file: string, wrapper: string): string {
  const { text, settings } = readEngineSettings(file);
  const current = settings['default-runtime'];
  if (current !== undefined && current !== runtimeName && current !== 'runc')
    throw new AppError('gate-unsuitable', `The engine’s default runtime is ${current}, by ${file}.`, {
      next: 'Without a diversion the gate takes the place of the default runtime: take that setting out first.',
    });
  const other = settings.runtimes?.[runtimeName]?.path;
  if (other !== undefined && other !== wrapper)
    throw new AppError('gate-unsuitable', `${file} already names ${other} as runtime ${runtimeName}.`);
  const base = text.trim() === '' ? '{}\n' : text;
  const named = other === wrapper ? base : withMember(base, ['runtimes', runtimeName], { path: wrapper });
  return current === runtimeName ? named : withMember(named, ['default-runtime'], runtimeName);
}

/** The settings with the authorization plugin behind those that are there. */
export function withPlugin(file: string, plugin: string): string {
  const { text, settings } = readEngineSettings(file);
  if (settings['authorization-plugins']?.includes(plugin) === true) return text;
  return withElement(text.trim() === '' ? '{}\n' : text, 'authorization-plugins', plugin);
}

/** Whether nothing of the gate is in these settings. */
export function isWithoutGate(file: string): boolean {
  const { settings } = readEngineSettings(file);
  const runtime = settings.runtimes?.[runtimeName]?.path ?? '';
  const plugins = settings['authorization-plugins'] ?? [];
  return !plugins.some(isOurPlugin) && !runtime.includes('seawall');
}
