import type { HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, notApplicable, pass, warn } from '../../judgement.ts';
import { exceeds, showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

const noSsh = notApplicable('No sshd is installed.');
const keysOnly = ['no', 'prohibit-password', 'without-password', 'forced-commands-only'];
const weakCipher = /-cbc(@|$)|^arcfour/;

/** Ways to control the host or containers from outside. */
export const accessChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'HST-027',
    title: 'Nobody logs in over SSH with a password',
    why: 'Passwords can be guessed, and people use one in several places; keys cannot be guessed.',
    remedy: {
      host: 'Set PermitRootLogin prohibit-password and PasswordAuthentication no in /etc/ssh/sshd_config, then reload sshd',
    },
    severity: 'medium',
    nist: ['4.5.4'],
    cis: ['1.2.1'],
    version: 1,
    needs: ['ssh'],
    judge: ({ ssh }) => {
      if (ssh === null) return noSsh;
      const seen = [
        ...(keysOnly.includes(ssh.permitRootLogin) ? [] : [`permitrootlogin ${ssh.permitRootLogin}`]),
        ...(ssh.passwordAuthentication === 'no' ? [] : [`passwordauthentication ${ssh.passwordAuthentication}`]),
      ];
      if (seen.length > 0) return fail(...seen);
      // Through PAM that may be a password, or a second factor after a key.
      return ssh.keyboardInteractive === 'no' ? pass : warn(`kbdinteractiveauthentication ${ssh.keyboardInteractive}`);
    },
  }),
  hostCheck({
    id: 'HST-063',
    title: 'SSH refuses root’s password, and weak ciphers',
    why: 'Whoever guesses root’s password, or decrypts a connection, has the host.',
    remedy: { host: 'Set PermitRootLogin no and Ciphers -*-cbc,arcfour* in /etc/ssh/sshd_config, then reload sshd' },
    severity: 'high',
    nist: ['4.5.4'],
    version: 1,
    needs: ['ssh'],
    judge: ({ ssh }) =>
      ssh === null
        ? noSsh
        : failIfAny([
            ...(keysOnly.includes(ssh.permitRootLogin) ? [] : [`permitrootlogin ${ssh.permitRootLogin}`]),
            ...ssh.ciphers.filter((cipher) => weakCipher.test(cipher)),
          ]),
  }),
  hostCheck({
    id: 'HST-040',
    title: 'Only root can use other runtimes and builders',
    why: 'They start containers that the engine does not list and no gate sees.',
    remedy: {
      host: 'Run systemctl disable --now podman.socket, or chown root and chmod 0660 for a socket that is needed',
    },
    severity: 'medium',
    nist: ['4.4.5', '4.5.4'],
    version: 1,
    needs: ['otherRuntimeSockets'],
    judge: ({ otherRuntimeSockets: found }) =>
      failIfAny([
        ...found.filter(({ mode }) => exceeds(mode, 0o7770)).map(showMode),
        ...found.filter(({ uid }) => uid !== 0).map(showOwner),
      ]),
  }),
];
