import { type ConsoleLook, lookAtConsole } from '../console-look.ts';
import { type Answer, fine, probe, sentence, stops } from '../probe.ts';

export const consoleProbe = probe({
  id: 'console',
  title: 'Console',
  parts: ['cli'],
  look: lookAtConsole,
  judge: judgeConsole,
});

export function judgeConsole({ url, wasKilled, answer }: ConsoleLook): Answer {
  if (answer === undefined) {
    if (!wasKilled) return fine('none is named, and none runs here');
    return stops(
      'A console ran here and was killed; nothing of it is in the way.',
      'Start it again: `seawall console`. Its log, console.log in the state folder, may say why.',
    );
  }
  switch (answer.kind) {
    case 'answers':
      return fine(`${url} answers`);
    case 'other':
      return stops(
        `What answers at ${url} is no console of Seawall, or refuses this address (status ${answer.status}).`,
        'Name the address of its pages with --console; behind a name or a proxy, start the console with --host-name.',
      );
    case 'silent':
      return stops(
        `The console ${url} does not answer: ${sentence(answer.reason)}`,
        'Look whether `seawall console` runs there, listens beyond loopback (--host) and is let through by firewalls.',
      );
  }
}
