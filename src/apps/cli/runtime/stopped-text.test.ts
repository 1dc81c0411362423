import { describe, expect, test } from 'vitest';
import type { StoppedLine, Stops } from '#runtime/contract.ts';
import { evidenceText, exitCodeOfStops, stoppedText, stopsReason } from './stopped-text.ts';

const line: StoppedLine = {
  key: 'process "/usr/bin/dash" by="/usr/sbin/apache2"',
  line: 'allow /usr/bin/dash by=/usr/sbin/apache2',
  image: 'web',
  path: '/usr/bin/dash',
  caller: '/usr/sbin/apache2',
  session: 'entry',
  part: 'model',
  effect: 'prevent',
  detectors: [],
  alerts: 0,
  stopped: 0,
  hours: 2,
  lastAt: '2026-11-28T10:00:00Z',
  containers: [],
  containerCount: 0,
  state: 'unconfirmed',
};
const stops = (lines: readonly StoppedLine[], unknown: Stops['evidence']['unknown'] = []): Stops => ({
  lines,
  total: lines.length,
  evidence: {
    days: 14,
    from: '2026-11-20T00:00:00Z',
    to: '2026-11-28T12:00:00Z',
    watched: 190,
    of: 337,
    models: 1,
    left: 0,
    unknown,
  },
});
const gap = { kind: 'gaps', reason: '147 hours were not watched.', models: 1 } as const;
const denied = { ...line, decidedBy: 'ada', state: 'denied' } as const;

describe('what prevent would have stopped, for people', () => {
  test.each([
    ['nothing, and all is known', [stops([])], [0, 'Prevent would have stopped nothing.']],
    ['nothing of what is known', [stops([], [gap])], [3, 'stopped nothing of what is known; not everything is.']],
    ['what a person denied', [stops([denied])], [0, 'stopped nothing but 1 that a person denied.']],
    [
      'a line',
      [stops([denied]), stops([line], [gap])],
      [1, 'Prevent would have stopped 2 lines, of which a person denied 1. '],
    ],
  ] as const)('%s', (_, all, [code, reason]) => {
    expect(exitCodeOfStops(all)).toBe(code);
    expect(stopsReason(all)).toContain(reason);
  });

  test('is two lines of text each, and what is not known below', () => {
    expect(stoppedText(stops([line]))).toBe(
      '/usr/sbin/apache2 starts /usr/bin/dash\n' +
        '    seen in 2 hours, last 2026-11-28 10:00 UTC; not in the model; no alert in these days; seen too rarely to be trusted\n',
    );
    expect(stoppedText(stops([{ ...line, session: 'exec' }]))).toContain(
      '/usr/sbin/apache2 starts /usr/bin/dash, in a docker exec session\n',
    );
    const { key: _, caller: __, ...rest } = line;
    const alerted = {
      ...rest,
      file: '/srv/x\u202e.php',
      part: 'code',
      alerts: 1,
      stopped: 2,
      hours: 0,
      detectors: ['code-drift'],
      containers: [{ name: 'web', host: 'quay-1' }],
      containerCount: 3,
    } as const;
    expect(stoppedText({ ...stops([alerted]), total: 5 })).toBe(
      '/usr/bin/dash runs /srv/x\ufffd.php\n' +
        "    1 alert, stopped 2 times, last 2026-11-28 10:00 UTC; in web on quay-1 and 2 more; not the image's code; detected by code-drift; no line can allow it\n" +
        '4 more are not listed.\n',
    );
    expect(evidenceText(stops([], [gap]))).toBe(
      'Evidence from 2026-11-20 00:00 to 2026-11-28 12:00 UTC: 190 of 337 hours watched without loss.\n  not known: 147 hours were not watched.\n',
    );
  });
});
