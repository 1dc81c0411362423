import { debian, installed, npm, withWheels } from './lay.ts';
import { gemHome, layout, publish, wheel } from './layouts.ts';
import { rust } from './rust.ts';
import type { Tree } from './subject.ts';

/** Packages of Debian that hold a program which is known by its own texts. */
const programs =
  'busybox-static nginx apache2-bin openssl libssl3t64 redis-tools valkey-tools postgresql-17 mariadb-server-core ' +
  'mariadb-client-core php8.4-cli php8.4-fpm curl libcurl4t64 perl-base libperl5.40 haproxy memcached varnish bash git ' +
  'lua5.4 libruby3.3 python3.13-minimal libpython3.13 libnode115';

/** Their neighbours, and what only speaks of them: nothing is to be found. */
const others =
  'redis-sentinel postgresql-client-17 libmariadb3 libpq5 nginx-common apache2-utils coreutils dash zsh vim-tiny wget ' +
  'gnupg sqlite3 libgnutls30t64 lighttpd tcl8.6';

const python = {
  web: 'python3-django python3-flask python3-jinja2 python3-werkzeug python3-requests python3-urllib3',
  science: 'python3-numpy python3-pandas python3-scipy python3-matplotlib python3-sympy python3-pil',
  cloud: 'python3-boto3 python3-botocore ansible-core python3-openstackclient awscli certbot',
  tools: 'mercurial bzr yt-dlp pipx python3-poetry python3-sphinx python3-twisted',
  libraries:
    'python3-cryptography python3-yaml python3-lxml python3-cffi python3-pytest python3-setuptools python3-pip ' +
    'python3-tornado python3-aiohttp python3-sqlalchemy python3-psycopg2 python3-redis python3-celery python3-paramiko ' +
    'python3-pydantic python3-fastapi python3-httpx python3-docutils python3-babel python3-dateutil ' +
    'python3-zope.interface python3-ruamel.yaml python3-markdown-it python3-uvicorn python3-gunicorn python3-certbot',
  wheels: 'python3-pip-whl python3-setuptools-whl python3-wheel-whl',
};

const ruby = {
  rails: 'ruby-rails ruby-activerecord ruby-actionpack ruby-activesupport ruby-rack ruby-sinatra puma',
  tools: 'jekyll ruby-sass ruby-nokogiri ruby-bundler rake ruby-mini-magick vagrant',
  libraries:
    'ruby-json ruby-mime-types ruby-mustermann ruby-tilt ruby-i18n ruby-tzinfo ruby-concurrent ruby-loofah ruby-mail ' +
    'ruby-builder ruby-erubi ruby-thor ruby-zeitwerk ruby-websocket-driver ruby-nio4r ruby-ffi ruby-faraday ruby-pg ' +
    'ruby-addressable ruby-public-suffix ruby-sqlite3 ruby-redis ruby-sidekiq ruby-bcrypt',
  itself: 'libruby3.3 ruby-rubygems ruby-minitest ruby-test-unit ruby-power-assert ruby-webrick',
};

/** What is labelled. Versions of npm are pinned; Debian keeps the newest of its stable release alone. */
export const trees: readonly Tree[] = [
  { name: 'mediawiki', of: ['composer'], lay: debian('mediawiki') },
  { name: 'ldap-account-manager', of: ['composer'], lay: debian('ldap-account-manager') },
  { name: 'zabbix', of: ['composer'], lay: debian('zabbix-frontend-php') },
  { name: 'rust-hexyl', of: ['cargo'], lay: rust(['hexyl']) },
  { name: 'rust-just', of: ['cargo'], lay: rust(['just']) },
  { name: 'go-buf', of: ['golang', 'npm'], lay: npm(['@bufbuild/buf-linux-x64@1.75.0']) },
  { name: 'go-cerbosctl', of: ['golang', 'npm'], lay: npm(['@cerbos/cerbosctl-linux-x64@0.55.0']) },
  { name: 'go-dbmate', of: ['golang', 'npm'], lay: npm(['dbmate@2.36.0']) },
  { name: 'go-fastly', of: ['golang', 'npm'], lay: npm(['@fastly/cli-linux-x64@16.1.0']) },
  { name: 'go-litestream', of: ['golang', 'npm'], lay: npm(['@flydotio/litestream-linux-x64@1.0.1']) },
  { name: 'go-mkcert', of: ['golang', 'npm'], lay: npm(['@mkcert/linux-x64@0.1.1']) },
  { name: 'go-of-debian', of: ['golang'], lay: debian('age caddy fzf gh podman restic') },
  { name: 'python-web', of: ['pypi'], lay: debian(python.web) },
  { name: 'python-science', of: ['pypi'], lay: debian(python.science) },
  { name: 'python-cloud', of: ['pypi'], lay: debian(python.cloud) },
  { name: 'python-tools', of: ['pypi'], lay: debian(python.tools) },
  { name: 'python-libraries', of: ['pypi'], lay: debian(python.libraries) },
  { name: 'python-wheels', of: ['pypi'], lay: withWheels(debian(python.wheels)) },
  { name: 'ruby-rails', of: ['gem'], lay: debian(ruby.rails) },
  { name: 'ruby-tools', of: ['gem'], lay: debian(ruby.tools) },
  { name: 'ruby-libraries', of: ['gem'], lay: debian(ruby.libraries) },
  { name: 'ruby-itself', of: ['gem'], lay: debian(ruby.itself) },
  {
    name: 'npm-bundlers',
    of: ['npm'],
    lay: npm(['webpack@5.99.9', 'esbuild@0.28.2', '@swc/core@1.12.1', 'sharp@0.34.2']),
  },
  { name: 'npm-bundled', of: ['npm'], lay: npm(['npm@11.4.2']) },
  { name: 'npm-linters', of: ['npm'], lay: npm(['eslint@9.29.0', 'typescript@5.8.3', '@biomejs/biome@2.6.8']) },
  { name: 'npm-web', of: ['npm'], lay: npm(['express@5.1.0', 'fastify@5.4.0', 'next@15.3.4', 'socket.io@4.8.1']) },
  { name: 'dotnet-azure-mcp', of: ['nuget', 'npm'], lay: npm(['@azure/mcp-linux-x64@2.0.5']) },
  { name: 'debian-13', of: ['dpkg', 'pypi', 'gem'], lay: installed(['python3-requests', 'ruby']) },
  { name: 'dotnet-dosai', of: ['nuget'], lay: npm(['@cdxgen/cdxgen-plugins-bin-linux-amd64@4.1.1']) },
  { name: 'layout-gems', of: ['gem'], lay: layout(gemHome) },
  { name: 'layout-wheel', of: ['pypi'], lay: layout(wheel) },
  { name: 'layout-publish', of: ['nuget'], lay: layout(publish) },
  { name: 'programs', of: ['programs'], lay: debian(`${programs} ${others}`, 'each') },
];
