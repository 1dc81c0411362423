import { expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import type { Convergence, Detection, Evidence, Model, RuntimeRule } from './contract.ts';
import { converge, modelStateOf } from './converge.ts';
import { detect } from './detect.ts';
import type { LearnableSighting } from './event.ts';
import { emptyEvidence, mergeEvidence } from './evidence.ts';
import type { Executable } from './executable.ts';
import { inherit } from './inherit.ts';
import { learnerOf } from './learn.ts';
import { indexModel, type ModelIndex } from './model-index.ts';
import { codeSighting, execSighting, hour, testContainer, testModel, testRule, testStart } from './testing.ts';

/** Streams as real containers make them: what must stay silent stays silent, and what must not is told. */

const preventing: RuntimeRule = { ...testRule, drift: 'prevent', code: 'prevent', process: 'prevent' };
const sh = '/usr/bin/dash';
const java = '/opt/java/openjdk/bin/java';
const nginx = '/usr/sbin/nginx';
const nginxEntry = '/docker-entrypoint.sh';

interface Moment {
  readonly boot: readonly LearnableSighting[];
  /** What comes again while it serves. */
  readonly run: readonly LearnableSighting[];
  readonly health?: readonly LearnableSighting[];
}

const boot = { phase: 'boot' as const };
const script = (given: string, words: readonly string[]) => ({
  ...boot,
  given,
  isScript: true,
  argv: ['/bin/sh', given, ...words],
});

/** nginx:1.27 as Debian has it: entry scripts, master, workers. */
const web: Moment = {
  boot: [
    execSighting(sh, undefined, script(nginxEntry, ['nginx', '-g', 'daemon off;'])),
    execSighting('/usr/bin/find', sh, boot),
    execSighting('/usr/bin/sort', sh, boot),
    execSighting(sh, sh, script('/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh', [])),
    execSighting('/usr/bin/basename', sh, boot),
    execSighting('/usr/bin/touch', sh, boot),
    execSighting('/usr/bin/grep', sh, boot),
    execSighting('/usr/bin/cut', sh, boot),
    execSighting('/usr/bin/md5sum', sh, boot),
    execSighting('/usr/bin/sed', sh, boot),
    execSighting(sh, sh, script('/docker-entrypoint.d/20-envsubst-on-templates.sh', [])),
    execSighting('/usr/bin/mawk', sh, boot),
    execSighting(sh, sh, script('/docker-entrypoint.d/30-tune-worker-processes.sh', [])),
    execSighting(nginx, sh, { ...boot, argv: ['nginx', '-g', 'daemon off;'] }),
  ],
  run: [execSighting(nginx, nginx, { argv: ['nginx', '-s', 'reload'] })],
};

/** tomcat:10: catalina.sh, its small helpers, java, and pages that become classes. */
const tomcat: Moment = {
  boot: [
    execSighting('/usr/bin/bash', undefined, {
      ...boot,
      given: '/usr/local/tomcat/bin/catalina.sh',
      isScript: true,
      argv: ['/bin/bash', '/usr/local/tomcat/bin/catalina.sh', 'run'],
    }),
    execSighting('/usr/bin/uname', '/usr/bin/bash', boot),
    execSighting('/usr/bin/dirname', '/usr/bin/bash', boot),
    execSighting('/usr/bin/tty', '/usr/bin/bash', boot),
    execSighting(java, '/usr/bin/bash', {
      ...boot,
      argv: [
        'java',
        '-Djava.util.logging.config.file=/x',
        '-classpath',
        '/usr/local/tomcat/bin/bootstrap.jar',
        'org.apache.catalina.startup.Bootstrap',
        'start',
      ],
    }),
    codeSighting(java, '/usr/local/tomcat/webapps/shop/WEB-INF/lib/app.jar', { ...boot, code: 'java', writer: java }),
  ],
  run: [
    execSighting('/opt/java/openjdk/lib/jspawnhelper', java),
    execSighting('/usr/bin/id', '/opt/java/openjdk/lib/jspawnhelper'),
    codeSighting(java, '/usr/local/tomcat/work/Catalina/localhost/shop/org/apache/jsp/index_jsp.class', {
      code: 'java',
      writer: java,
    }),
  ],
};

const check = [
  execSighting(sh, undefined, {
    session: 'health-check',
    argv: ['/bin/sh', '-c', 'curl -fs http://localhost/ || exit 1'],
  }),
  execSighting('/usr/bin/curl', sh, { session: 'health-check', argv: ['curl', '-fs', 'http://localhost/'] }),
];

const at = (sightings: readonly LearnableSighting[], time: number): readonly LearnableSighting[] =>
  sightings.map((sighting, place) => ({ ...sighting, time: time + place * 10, id: `${time}-${place}` }));

/** An agent and a console at once: learns, decides once an hour, and tells what was objected to. */
class Host {
  model: Model;
  index: ModelIndex;
  readonly detections: Detection[] = [];
  rule: RuntimeRule = preventing;

  constructor(evidence: Evidence = emptyEvidence, part: Partial<Model> = {}) {
    this.model = testModel(evidence, { state: 'learning', ...part });
    this.index = indexModel(this.model, 3600);
  }

  see(sightings: readonly LearnableSighting[], start?: number): void {
    const learner = learnerOf(this.model.evidence, { bucketSeconds: 3600 });
    if (start !== undefined) learner.start(start);
    for (const sighting of sightings) {
      const { detections, grade } = detect(sighting, { bucketSeconds: 3600, index: this.index, rule: this.rule });
      this.detections.push(...detections);
      learner.learn(sighting, grade);
    }
    this.#take(learner.changes() ?? emptyEvidence);
  }

  pass(hours: number, from: number, { run, health = check }: Moment): void {
    for (let passed = 0; passed < hours; passed++) {
      const time = from + passed * hour;
      const learner = learnerOf(this.model.evidence, { bucketSeconds: 3600 });
      learner.expose(['process', 'file'], time);
      this.#take(learner.changes() ?? emptyEvidence);
      this.see(at([...run, ...health], time));
      this.#judge(time + hour);
    }
  }

  #take(evidence: Evidence): void {
    this.model = { ...this.model, evidence: mergeEvidence(this.model.evidence, evidence) };
    this.index = indexModel(this.model, 3600);
  }

  #judge(now: number): void {
    const { evidence, convergence } = this.model;
    const asked = (dimension: 'process' | 'file'): Convergence =>
      converge(evidence, dimension, { bucketSeconds: 3600, now, before: convergence[dimension] });
    const next = { process: asked('process'), file: asked('file') };
    this.model = { ...this.model, convergence: next, state: modelStateOf(this.model.state, next) };
    this.index = indexModel(this.model, 3600);
  }
}

function watched(stream: Moment, hours = 200): Host {
  const host = new Host();
  for (const start of [0, 50, 100]) {
    host.see(at(stream.boot, testStart + start * hour), testStart + start * hour);
    host.pass(50, testStart + start * hour, stream);
  }
  host.pass(hours - 150, testStart + 150 * hour, stream);
  return host;
}

const words = (host: Host) => host.detections.map(({ detector, message }) => `${detector}: ${message}`);
const later = testStart + 200 * hour;

test.each([
  ['nginx', web],
  ['Tomcat', tomcat],
])('%s goes from its first start to prevention without a word, and stays silent', (_, stream) => {
  const host = watched(stream);
  expect(words(host)).toEqual([]);
  expect(host.model.state).toBe('active');
  expect(host.model.convergence.process).toMatchObject({ verdict: 'protect-ready', novelHours: 0, starts: 3 });

  host.see(at(stream.boot, later), later); // restart
  host.see(at(stream.run, later + 1000)); // reload, workers come anew
  host.see(at(check, later + 2000)); // health check
  const replica = { ...testContainer, id: 'd'.repeat(64), name: 'web-2' };
  host.see(
    at([...stream.boot, ...stream.run], later + 3000).map((one) => ({ ...one, container: replica })),
    later,
  ); // second replica
  host.see(at([...stream.boot, ...stream.run, ...check], later)); // agent starts anew: all is told again
  expect(words(host)).toEqual([]);
});

test('an agent that starts anew and tells again changes no model', () => {
  const host = watched(web);
  const before = host.model.evidence;
  host.pass(200, testStart, web);
  expect(host.model.evidence).toEqual(before);
});

test('a new digest with the same programs raises nothing, and prevents from its first second', () => {
  const host = watched(web);
  const files = [...new Set([...web.boot, ...web.run].map(({ process }) => process.path))];
  const executables: readonly Executable[] = files.map((path) => ({ path: path.slice(1), sha256: path }));
  const model = inherit(host.model, {
    key: { digest: `sha256:${'2'.repeat(64)}` as ImageDigest, entrypoint: testContainer.entrypoint },
    before: executables,
    after: executables,
    now: later,
  });
  const next = new Host(model.evidence, model);
  next.see(at(web.boot, later), later);
  next.pass(30, later, web);
  expect(words(next)).toEqual([]);
  next.see(at([execSighting('/usr/bin/id', nginx)], later + 31 * hour));
  expect(next.detections).toMatchObject([{ detector: 'unexpected-process', effect: 'prevent' }]);
});

test('a web shell in Tomcat is told while it learns and once it knows', () => {
  const attack = [
    codeSighting(java, '/usr/local/tomcat/webapps/ROOT/x.jsp', { code: 'java', writer: java }),
    execSighting(sh, '/opt/java/openjdk/lib/jspawnhelper', { argv: ['sh', '-c', 'id'], ancestors: [{ path: java }] }),
    execSighting('/tmp/m', sh, { origin: 'upper' }),
  ];
  const young = new Host();
  young.see(at(tomcat.boot, testStart), testStart);
  young.see(at(attack, testStart + 1000));
  expect(young.detections.map(({ detector }) => detector)).toEqual(['code-drift', 'shell-from-server', 'drift']);

  const old = watched(tomcat);
  const known = old.model.evidence.items.length;
  old.see(at(attack, later));
  expect(old.detections.map(({ detector, effect }) => [detector, effect])).toEqual([
    ['code-drift', 'prevent'],
    ['shell-from-server', 'prevent'],
    ['drift', 'prevent'],
  ]);
  const added = old.model.evidence.items.filter(({ state }) => state === 'review');
  expect(added).toHaveLength(3);
  expect(old.model.evidence.items).toHaveLength(known + 3);
  old.see(at(attack, later + hour));
  expect(old.detections).toHaveLength(6);
});

test('patience teaches nothing that is forbidden, and lists what is notable', () => {
  const attack: Moment = {
    boot: [],
    run: [
      execSighting('/tmp/x', nginx, { origin: 'upper' }),
      execSighting('/usr/bin/nmap', sh),
      execSighting(sh, nginx, { argv: ['sh', '-c', 'id'] }),
      execSighting('/usr/bin/find', nginx),
    ],
  };
  const host = new Host();
  host.pass(100, testStart, { ...attack, health: [] });
  const states = Object.fromEntries(
    host.model.evidence.items.map(({ key, class: weight, state }) => [key, [weight, state]]),
  );
  expect(states).toEqual({
    'process "/tmp/x" by="/usr/sbin/nginx" origin="upper"': ['forbidden', 'review'],
    'process "/usr/bin/nmap" by="/usr/bin/dash" args="nmap"': ['forbidden', 'review'],
    'process "/usr/bin/dash" by="/usr/sbin/nginx" args="dash -c {code:a56145270ce6}"': ['notable', 'confirmed'],
    'process "/usr/bin/find" by="/usr/sbin/nginx"': ['benign', 'confirmed'],
  });
});
