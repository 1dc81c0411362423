import { linesOf, manifestReader } from '../manifest.ts';

/** `{:plug_cowboy, "~> 2.0", hex: :other}`: a package of Hex has a requirement behind its name. */
const dependency = /\{:(\w{1,256}), {0,20}"[ \d~<>=!][^"]{0,200}"([^}]{0,1000})\}/g;

/** What `mix.exs` asks for, a program of Elixir (https://hexdocs.pm/mix/Mix.Tasks.Deps.html). */
export const hexManifest = manifestReader({
  id: 'hex-manifest',
  summary: 'What mix.exs asks for, where no lock file tells the versions',
  file: /(?:^|\/)mix\.exs$/,
  except: /(?:^|\/)deps\//,
  answeredBy: /(?:^|\/)mix\.lock$/,
  command: '`mix deps.get`',
  read(text) {
    const own = /\bapp: {1,20}:(\w{1,256})/.exec(text)?.[1];
    const names = linesOf(text, /(?:^|\s)#.*$/).flatMap((line) =>
      [...line.matchAll(dependency)].flatMap(([, name = '', options = '']) => {
        if (/\b(?:path|git|github):|in_umbrella: true/.test(options)) return [];
        const only = /\bonly: (\[[^\]]*\]|:\w+)/.exec(options)?.[1]?.match(/\w+/g);
        if (only?.every((each) => ['dev', 'test', 'docs'].includes(each)) === true) return [];
        return [/\bhex: :(\w+)/.exec(options)?.[1] ?? name];
      }),
    );
    return { names, ...(own !== undefined && { own }) };
  },
});
