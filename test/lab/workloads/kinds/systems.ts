import { execFile } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { strToU8, zipSync } from 'fflate';
import { expectThat, until } from '../../lab.ts';
import { letIn, pause, served, through, type Workload } from '../workload.ts';
import { readOr, wordsOf } from './web.ts';

const run = promisify(execFile);

/** sshd with visitors from outside, who run commands and copy files. */
export const sshd: Workload = {
  name: 'sshd',
  ground: 'light',
  prepare: async (folder) => {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    copyFileSync(join(folder, 'key.pub'), join(folder, 'authorized_keys'));
    copyFileSync(join(folder, 'key'), keyPath);
    process.once('exit', () => rmSync(keyPath, { force: true }));
  },
  serve: ({ port, id, pier }) => {
    const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'LogLevel=ERROR', 'BatchMode=yes'];
    const words = ['-i', keyPath, ...options.flatMap((one) => ['-o', one])];
    const visit = async (command: string): Promise<string> => {
      const { stdout } = await run('ssh', [...words, '-p', String(port), 'root@127.0.0.1', command], {
        timeout: 20_000,
      });
      return stdout;
    };
    const copy = (): Promise<unknown> =>
      run('scp', ['-q', ...words, '-P', String(port), 'root@127.0.0.1:/etc/debian_version', '/dev/null'], {
        timeout: 20_000,
      });
    return {
      traffic: async () => {
        expectThat((await visit('ls /etc | wc -l')).trim() !== '', 'the session says nothing');
        await copy();
      },
      rare: {
        reload: async () => void (await pier.docker('kill', '-s', 'HUP', id)),
        'five sessions at once': async () => {
          await pause(1);
          await Promise.all(Array.from({ length: 5 }, () => visit('ls /etc | wc -l')));
        },
      },
      intrude: () => visit(letIn).catch((error: Error) => error.message),
    };
  },
};

const keyPath = join(process.env['TMPDIR'] ?? '/tmp', `seawall-workload-key-${process.pid}`);

/** cron with a report and log rotation every minute. The intruder adds an entry. */
export const cron: Workload = {
  name: 'cron',
  ground: 'light',
  serve: ({ id, marks, pier }) => {
    const reported = async (): Promise<number> => Number(await readOr(join(marks, 'reported'), '0'));
    const fresh = async (): Promise<boolean> => Date.now() / 1000 - (await reported()) < 75;
    return {
      traffic: async () => expectThat(await fresh(), 'cron has not reported for 75 s'),
      rare: {
        'the next minute': async () => {
          const before = await reported();
          await until('the next report', async () => (await reported()) > before, { seconds: 75, every: 500 });
          await pause(2);
        },
      },
      intrude: async () => {
        writeFileSync(join(marks, 'entry'), '* * * * * root /mark/intruder\n', { mode: 0o644 });
        await pier.docker('cp', join(marks, 'entry'), `${id}:/etc/cron.d/entry`);
        const before = await reported();
        await until('the next minute', async () => (await reported()) > before, { seconds: 75, every: 500 });
        await pause(3);
        return 'cron ran the entry';
      },
    };
  },
};

/** supervisor with a web server, a shell that loops, and a program that ends and is started again. */
export const supervisor: Workload = {
  name: 'supervisor',
  ground: 'light',
  serve: ({ id, port, pier, inside }) => {
    const page = `http://127.0.0.1:${port}/`;
    return {
      traffic: async () => void (await served(page)),
      rare: {
        'logs reopened': async () => void (await pier.docker('kill', '-s', 'USR2', id)),
        'a program restarted': async () => {
          const { code, output } = await inside(
            'supervisorctl',
            '-c',
            '/etc/supervisor/workload.conf',
            'restart',
            'all',
          );
          expectThat(code === 0, output);
          await until('the page', () => served(page), { seconds: 20 });
        },
      },
      intrude: () => through(`${page}?${wordsOf('sh', '-c', letIn)}`),
    };
  },
};

/** Tomcat into whose applications a person drops another one while it serves. */
export const tomcat: Workload = {
  name: 'tomcat',
  ground: 'heavy',
  serve: ({ id, port, marks, pier, allow }) => {
    const page = (path: string): string => `http://127.0.0.1:${port}${path}`;
    return {
      traffic: async () => void (await served(page('/index.jsp'))),
      rare: {
        'hot deploy': async () => {
          const war = zipSync({ 'index.jsp': strToU8('<%= "served" + 2 %>'), 'WEB-INF/web.xml': strToU8(webXml) });
          const isThere = () => served(page('/later/index.jsp')).then(() => true);
          for (let tries = 0; tries < 4; tries++) {
            // Tomcat deploys an archive again when it is newer.
            writeFileSync(join(marks, 'later.war'), war);
            await pier.docker('cp', join(marks, 'later.war'), `${id}:/var/lib/tomcat10/webapps/later.war`);
            if (await until('the new application', isThere, { seconds: 30, every: 1000 }).catch(() => false)) return;
            await allow(({ file }) => file?.path.includes('/later') === true);
          }
          throw new Error('the new application never served');
        },
      },
      intrude: () => through(`${page('/hole.jsp')}?${wordsOf('/bin/sh', '-c', letIn)}`),
    };
  },
};

const webXml = '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"/>';
