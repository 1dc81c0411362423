import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { plainContracts } from './plain-contracts.ts';

/** Smaller files fit one packet either way. */
const threshold = 1024;
const consoleOrigin = 'http://127.0.0.1:8083';

/** Builds the pages to `dist/web`, which the console serves; in development asks the console that runs on this machine. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [plainContracts(), react(), paintFirst(), compressed()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    manifest: 'manifest.json',
    // Everything is a file of its own origin: the content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every page needs is two files: each small one of its own would be compressed without the others' words.
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules\/(?!zod)/, priority: 1 },
            { name: 'shell', tags: ['$initial'], test: /\/(?:web\/)?src\/(?!http\/fields)[^?]*$/ },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': {
        target: consoleOrigin,
        changeOrigin: true,
        configure: (proxy) => {
          proxy.on('proxyReq', (request) => {
            if (request.hasHeader('origin')) request.setHeader('origin', consoleOrigin);
          });
        },
      },
    },
  },
});

/** Keeps the program in a template until the frame is painted; public/before-paint.js takes it out. */
function paintFirst(): Plugin {
  return {
    name: 'paint-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => {
        const program =
          /[ \t]*<(?:link rel="(?:stylesheet|modulepreload)"[^>]*>|script type="module"[^>]*><\/script>)\n?/g;
        const parts = html.match(program) ?? [];
        const frame = html.replace(program, '');
        return frame.replace('</body>', `<template id="program">\n${parts.join('')}</template>\n  </body>`);
      },
    },
  };
}

/** Writes each text file a second and third time, compressed, which the console hands out as they are. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir);
    },
    writeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(?:css|html|js|svg)$/.test(name)) continue;
        const text = readFileSync(join(folder, name));
        if (text.length < threshold) continue;
        const params = {
          [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
          // 11 saves 6 % more and doubles the time of a first start; so does a window that is larger than the file.
          [constants.BROTLI_PARAM_QUALITY]: 9,
          [constants.BROTLI_PARAM_LGWIN]: Math.min(22, Math.ceil(Math.log2(text.length))),
        };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text, { params }));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(text, { level: 9 }));
      }
    },
  };
}
