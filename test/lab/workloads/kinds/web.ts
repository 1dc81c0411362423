import { promises } from 'node:fs';
import { expectThat, until } from '../../lab.ts';
import { layBusyBox, layManyFiles } from '../images.ts';
import { letIn, pause, served, through, type Workload } from '../workload.ts';

/** nginx; reload and log rotation are its operator's. Nothing in it can be broken into, so the intruder comes by a session. */
export const nginx: Workload = {
  name: 'nginx',
  ground: 'light',
  serve: ({ id, port, pier, inside }) => ({
    traffic: async () => void (await served(`http://127.0.0.1:${port}/`)),
    rare: {
      reload: async () => void (await pier.docker('kill', '-s', 'HUP', id)),
      'reload by a session': async () => {
        const { code, output } = await inside('/usr/sbin/nginx', '-s', 'reload');
        expectThat(code === 0, output);
      },
      'log rotation': async () => {
        await inside('mv', '/var/log/nginx/access.log', '/var/log/nginx/access.log.1');
        await pier.docker('kill', '-s', 'USR1', id);
      },
    },
    intrude: async () => (await inside('sh', '-c', letIn)).output,
  }),
};

/** Apache with scripts in shell and Python, and logs that rotate by a program of its own. */
export const apache: Workload = {
  name: 'apache',
  ground: 'light',
  serve: ({ id, port, pier }) => {
    const page = (name: string): string => `http://127.0.0.1:${port}/cgi/${name}`;
    return {
      traffic: async () => {
        await served(page('report.cgi'));
        await served(page('report.py'));
      },
      rare: {
        // The server answers 503 until its new process for scripts listens.
        'graceful reload': async () => {
          await pier.docker('kill', '-s', 'USR1', id);
          const serves = async () => served(page('report.cgi')).then(() => true);
          await until('scripts after the reload', serves, { seconds: 5, every: 100 });
        },
        'log rotation': async () => {
          for (let at = 0; at < 10; at++) {
            await served(page('report.cgi'));
            await pause(1);
          }
        },
      },
      intrude: () => through(page('hole.cgi'), { 'x-run': letIn }),
    };
  },
};

/** PHP with templates that Twig compiles into a cache. */
export const php: Workload = {
  name: 'php',
  ground: 'heavy',
  serve: ({ port, inside }) => ({
    traffic: async () => void (await served(`http://127.0.0.1:${port}/?page=first`)),
    rare: {
      'a page not compiled before': async () => void (await served(`http://127.0.0.1:${port}/?page=list`)),
      'the cache emptied': async () => {
        await inside('rm', '-rf', '/var/cache/twig');
        await served(`http://127.0.0.1:${port}/?page=list`);
      },
    },
    intrude: () => through(`http://127.0.0.1:${port}/hole.php?${new URLSearchParams({ run: letIn })}`),
  }),
};

/** gunicorn with two workers; modules that are imported late. */
export const gunicorn: Workload = {
  name: 'gunicorn',
  ground: 'light',
  serve: ({ id, port, pier }) => ({
    traffic: async () => void (await served(`http://127.0.0.1:${port}/`)),
    rare: {
      reload: async () => void (await pier.docker('kill', '-s', 'HUP', id)),
      'one more worker': async () => void (await pier.docker('kill', '-s', 'TTIN', id)),
      'a module imported late': async () => void (await served(`http://127.0.0.1:${port}/?late=1`)),
    },
    intrude: () => through(`http://127.0.0.1:${port}/hole?${wordsOf('sh', '-c', letIn)}`),
  }),
};

/** Node with programs, shells and other Nodes as children. */
export const node: Workload = {
  name: 'node',
  ground: 'heavy',
  serve: ({ port }) => {
    const page = (path: string): string => `http://127.0.0.1:${port}${path}`;
    return {
      traffic: async () => {
        for (const path of ['/', '/program', '/shell', '/fork']) await served(page(path));
      },
      rare: {
        'twenty at once': async () => {
          await Promise.all(Array.from({ length: 20 }, () => served(page('/shell'))));
        },
      },
      intrude: () => through(page(`/hole?${new URLSearchParams({ run: letIn })}`)),
    };
  },
};

/** A BusyBox system in which everything is a script. */
export const busybox: Workload = {
  name: 'busybox',
  ground: 'none',
  prepare: layBusyBox,
  serve: ({ port, inside }) => {
    const page = (name: string): string => `http://127.0.0.1:${port}/cgi-bin/${name}`;
    return {
      traffic: async () => void (await served(page('report.cgi'))),
      rare: { 'log rotation': () => pause(10), 'a look around': async () => void (await inside('ls', '/')) },
      intrude: () => through(page('hole.cgi'), { 'x-run': letIn }),
    };
  },
};

/** A service whose entrypoint gives 20,000 files of the image to another user, its own code among them. */
export const owned: Workload = {
  name: 'owned',
  ground: 'light',
  prepare: layManyFiles,
  serve: ({ port }) => ({
    traffic: async () => void (await served(`http://127.0.0.1:${port}/`)),
    rare: {},
    intrude: () => through(`http://127.0.0.1:${port}/?${wordsOf('sh', '-c', letIn)}`),
  }),
};

/** Query of a page that runs these words. */
export function wordsOf(...words: readonly string[]): URLSearchParams {
  return new URLSearchParams(words.map((word): [string, string] => ['run', word]));
}

export async function readOr(path: string, otherwise: string): Promise<string> {
  return await promises.readFile(path, 'utf8').catch(() => otherwise);
}
