/**
 * Scans an image with the Seawall command line, keeps its reports with the build, and ends the build by the verdict.
 * Options and their defaults: docs/how-to/jenkins.md. Answers 'pass', 'fail' or 'cannot-judge' where the build goes on.
 */
def call(Map options = [:]) {
  Map settings = settingsOf(options)
  String limit = settings.failOn == null ? settings.unstableOn : settings.failOn
  int status = scan(settings, limit)
  // Two limits are two judgements; layers that were read for the first come out of the cache for the second.
  boolean again = status == 0 && settings.failOn != null && settings.unstableOn != null
  if (again) {
    status = scan(settings, settings.unstableOn)
  }
  boolean softer = again || settings.failOn == null && settings.unstableOn != null
  publish(settings, status)
  return conclude(settings, status, softer ? 'unstable' : settings.onFail)
}

/** What was asked for, with defaults. A name that is not known is refused: a typing error must not loosen a gate. */
def settingsOf(Map options) {
  Map defaults = [
    image: null, input: null, console: null, credentialsId: null, application: null, job: null, failOn: null, unstableOn: null,
    failOnChecks: null,
    onlyFixed: false, policy: null, db: null, dbKey: null, platform: null, onFail: 'fail', onCannotJudge: 'fail', name: null,
    reports: 'seawall-reports', seawall: 'seawall', arguments: [],
  ]
  Map settings = [:]
  for (String known : defaults.keySet()) {
    settings[known] = options[known] == null ? defaults[known] : options[known]
  }
  List unknown = []
  for (Object given : options.keySet()) {
    if (!defaults.containsKey(given.toString())) {
      unknown += given.toString()
    }
  }
  if (unknown.size() > 0) {
    error("seawallScan has no option '${unknown.join("', '")}'; it has ${defaults.keySet().join(', ')}.")
  }
  if ((settings.image == null) == (settings.input == null)) {
    error('seawallScan needs an image, or input: the file of a saved image, and not both.')
  }
  for (String choice : ['onFail', 'onCannotJudge']) {
    if (!(settings[choice].toString() in ['fail', 'unstable'])) {
      error("seawallScan: ${choice} is 'fail' or 'unstable', not '${settings[choice]}'.")
    }
  }
  // The folder stands in patterns of other steps, where a comma or a star means more than itself.
  if (!(settings.reports.toString() ==~ /[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/)) {
    error('seawallScan: reports is a folder below the workspace, made of letters, digits, dots, lines and slashes.')
  }
  return settings
}

/** Runs the command line and answers its exit code. The token is in its environment only, never in a command or the log. */
def scan(Map settings, Object limit) {
  String script = scriptOf(settings, limit)
  int status = 2
  if (settings.credentialsId == null) {
    status = sh(script: script, returnStatus: true, label: 'seawall scan')
  } else {
    whenInstalled('withCredentials', { error('seawallScan: credentialsId needs the plug-in Credentials Binding, which this Jenkins lacks.') }) {
      withCredentials([string(credentialsId: settings.credentialsId.toString(), variable: 'SEAWALL_TOKEN')]) {
        status = sh(script: script, returnStatus: true, label: 'seawall scan')
      }
    }
  }
  return status
}

/** The shell script: is the program there, then old reports away, then one scan with all its reports. */
def scriptOf(Map settings, Object limit) {
  List words = [settings.seawall, 'scan', '--format', 'table']
  for (String format : ['html', 'junit', 'sarif', 'json']) {
    words += ['--format', format + '=' + fileOf(settings, format)]
  }
  Map named = [
    '--input': settings.input, '--console': settings.console, '--application': settings.application, '--job': settings.job,
    '--fail-on': limit, '--fail-on-checks': settings.failOnChecks, '--policy': settings.policy, '--db': settings.db, '--db-key': settings.dbKey, '--platform': settings.platform,
  ]
  for (String option : named.keySet()) {
    if (named[option] != null) {
      words += [option, named[option]]
    }
  }
  if (settings.onlyFixed) {
    words += '--only-fixed'
  }
  words += settings.arguments
  // After these two dashes nothing is an option, whatever the image is called.
  words += settings.image == null ? [] : ['--', settings.image]
  return 'set +x\n' +
    'command -v ' + quoted(settings.seawall) + ' >/dev/null 2>&1 || exit 127\n' +
    'mkdir -p ' + quoted(settings.reports) + ' || exit 2\n' +
    'rm -f ' + commandOf(filesOf(settings)) + ' || exit 2\n' +
    commandOf(words) + '\n'
}

/** Keeps the reports with the build. What Jenkins lacks a step for is said; the verdict is given all the same. */
def publish(Map settings, int status) {
  if (!(status in [0, 1, 3])) {
    return
  }
  List quotedFiles = []
  for (String file : filesOf(settings)) {
    quotedFiles += quoted(file)
  }
  String present = 'set +x\ntest -s ' + quotedFiles.join(' && test -s ')
  if (sh(script: present, returnStatus: true, label: 'seawall reports') != 0) {
    echo 'seawall: there are no reports, because nothing could be scanned.'
    return
  }
  whenInstalled('archiveArtifacts', { echo 'seawall: the reports are not archived: this Jenkins has no step archiveArtifacts.' }) {
    archiveArtifacts(artifacts: filesOf(settings).join(','), fingerprint: true)
  }
  whenInstalled('junit', { echo 'seawall: no test results are shown: install the plug-in JUnit.' }) {
    junit(testResults: fileOf(settings, 'junit'))
  }
  whenInstalled('publishHTML', { echo 'seawall: the page is archived but not linked: install the plug-in HTML Publisher.' }) {
    publishHTML(target: [
      allowMissing: false, alwaysLinkToLastBuild: true, keepAll: true, reportDir: settings.reports.toString(),
      reportFiles: baseOf(settings) + '.html', reportName: 'Seawall ' + baseOf(settings),
    ])
  }
}

/** Ends the build as the exit code says; only a pass, or an unstable build, comes back from here. */
def conclude(Map settings, int status, Object onFail) {
  String target = (settings.image == null ? settings.input : settings.image).toString()
  switch (status) {
    case 0:
      echo "seawall: ${target} passes."
      return 'pass'
    case 1:
      endAs(onFail, "seawall: ${target} breaks the policy. The reason stands above, the changes that remove it in the report.")
      return 'fail'
    case 3:
      endAs(settings.onCannotJudge, "seawall: ${target} could not be judged, which is no pass. The reason stands above.")
      return 'cannot-judge'
    case 126:
    case 127:
      error("seawall: this agent has no program '${settings.seawall}'. Install Seawall there and put its bin folder on PATH, " +
        "or name the program: seawallScan(seawall: '/opt/seawall/bin/seawall', …).")
    default:
      error("seawall: the scan of ${target} did not work (exit code ${status}). What to do stands above.")
  }
}

def endAs(Object result, String message) {
  if (result.toString() == 'unstable') {
    whenInstalled('unstable', { error(message + ' (This Jenkins has no step unstable.)') }) {
      unstable(message: message)
    }
  } else {
    error(message)
  }
}

/** A step whose plug-in is missing is one that Jenkins does not know, which it says by this error. */
def whenInstalled(String step, Closure otherwise, Closure body) {
  boolean missing = false
  try {
    body()
  } catch (NoSuchMethodError unknown) {
    if (!(unknown.message ?: '').contains("'" + step + "'")) {
      throw unknown
    }
    missing = true
  }
  if (missing) {
    otherwise()
  }
}

def filesOf(Map settings) {
  return [fileOf(settings, 'html'), fileOf(settings, 'junit'), fileOf(settings, 'sarif'), fileOf(settings, 'json')]
}

def fileOf(Map settings, String format) {
  Map endings = [html: '.html', junit: '.xml', sarif: '.sarif', json: '.json']
  return settings.reports.toString() + '/' + baseOf(settings) + endings[format]
}

/** `name`, else the image without its tag, as a file may be called. */
def baseOf(Map settings) {
  String name = settings.name
  if (name == null) {
    name = settings.image == null ? settings.input.toString() : settings.image.toString().replaceFirst(/@.*$/, '').replaceFirst(/:[^:\/]*$/, '')
  }
  String safe = name.replaceAll(/[^A-Za-z0-9_-]+/, '-').replaceAll(/^-+|-+$/, '')
  return safe == '' ? 'image' : safe.substring(0, Math.min(safe.length(), 100))
}

def commandOf(List words) {
  List safe = []
  for (Object word : words) {
    safe += quoted(word)
  }
  return safe.join(' ')
}

/** One word of a POSIX shell, whatever stands in it. */
def quoted(Object word) {
  return "'" + word.toString().replace("'", "'\\''") + "'"
}
