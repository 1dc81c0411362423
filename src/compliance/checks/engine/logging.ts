import type { EngineOption } from '#inventory/index.ts';
import { fail, failIfAny, type Judgement, notApplicable, pass, warn } from '../../judgement.ts';
import { engineCheck, failUnlessInForce, inFile } from './engine-check.ts';

/** What the engine and its containers write down. */
export const loggingChecks = [
  engineCheck({
    id: 'DMN-003',
    title: 'The engine logs at level info',
    why: 'With less, logs do not show what happened; debug messages show more than others should read.',
    remedy: { engine: 'Remove log-level and debug from daemon.json, or set "log-level": "info", and restart' },
    severity: 'low',
    nist: ['4.4.5'],
    cis: ['2.3'],
    version: 1,
    needs: ['log-level', 'debug'],
    judge: ({ 'log-level': level, debug }) =>
      failIfAny([...(level === 'info' ? [] : [`log-level ${level}`]), ...(debug ? ['debug is on'] : [])]),
  }),
  engineCheck({
    id: 'DMN-013',
    title: 'Logs of containers leave the host',
    why: 'Whoever takes over the host can delete logs that exist only there.',
    remedy: {
      engine: 'Name a driver that sends logs away: "log-driver": "fluentd"; or run a program that ships them',
    },
    severity: 'medium',
    nist: ['4.4.5'],
    cis: ['2.13'],
    version: 1,
    needs: ['logDriver', 'log-opts', 'logShippers'],
    judge: ({ logDriver, 'log-opts': options, logShippers }) => {
      if (isRemote(logDriver, options)) return pass;
      if (logDriver === 'none' || logShippers.length === 0) return fail(`${logDriver} keeps logs on this host`);
      return warn(`${logDriver}; ${logShippers.join(', ')} runs; whether it ships these logs is unknown`);
    },
  }),
  engineCheck({
    id: 'DMN-031',
    title: 'Logs of containers cannot fill the disk',
    why: 'Otherwise one container can fill the disk and stop all others on the host.',
    remedy: { engine: inFile('log-opts', { 'max-size': '10m', 'max-file': '3' }) },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['2.13'],
    version: 1,
    needs: ['logDriver', 'log-opts', 'notInForce'],
    judge: ({ logDriver, 'log-opts': options, notInForce }) => bounded(logDriver, options, notInForce),
  }),
];

/** Drivers that always send logs away. */
const remoteDrivers = ['awslogs', 'gcplogs', 'splunk'];
/** Drivers that send logs to where an option says, by the option; to this host where it says nothing. */
const addressOptions: Readonly<Record<string, string>> = {
  fluentd: 'fluentd-address',
  gelf: 'gelf-address',
  syslog: 'syslog-address',
};

function isRemote(driver: string, options: readonly EngineOption[]): boolean {
  if (remoteDrivers.includes(driver)) return true;
  const address = valueOf(options, addressOptions[driver] ?? '');
  if (address === undefined) return false;
  return !/^(?:unix|unixgram):|(?:^|\/\/)(?:127\.|localhost\b|\[::1\])/.test(address);
}

/** `local` rotates by itself: five files of 20 MB. `json-file` keeps one file without end until `max-size` says otherwise. */
function bounded(driver: string, options: readonly EngineOption[], notInForce: readonly string[]): Judgement {
  if (driver === 'local') return pass;
  if (driver !== 'json-file') return notApplicable(`The driver ${driver} keeps no files of its own.`);
  const size = valueOf(options, 'max-size');
  const seen =
    size === undefined ? ['json-file without max-size'] : Number.parseInt(size, 10) > 0 ? [] : [`max-size ${size}`];
  return failUnlessInForce(seen, 'log-opts', notInForce);
}

function valueOf(options: readonly EngineOption[], name: string): string | undefined {
  return options.find((one) => one.name === name)?.value;
}
