const { exec, execFile, fork } = require('node:child_process');
const { createServer } = require('node:http');
const { join } = require('node:path');

/** Starts children in each of the ways that applications do: a program, a shell, another Node. */
function answer(url, done) {
  switch (url.pathname) {
    case '/program':
      execFile('/usr/bin/gzip', ['--version'], done);
      break;
    case '/shell':
      exec('date -u +%F | tr - /', done);
      break;
    case '/fork':
      fork(join(__dirname, 'worker.cjs')).once('message', (sum) => done(null, `sum ${sum}`));
      break;
    case '/hole':
      // Runs what it is asked to: the hole that a visitor comes in by.
      exec(url.searchParams.get('run') ?? 'true', done);
      break;
    default:
      done(null, '');
  }
}

createServer((request, response) => {
  answer(new URL(request.url, 'http://localhost'), (error, output) => {
    response.statusCode = error ? 500 : 200;
    response.end(`${error ? error.message : output} served`);
  });
}).listen(Number('@PORT@'), '127.0.0.1');
