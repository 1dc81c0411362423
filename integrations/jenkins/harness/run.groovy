import groovy.json.JsonOutput
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.Paths
import java.nio.file.StandardCopyOption
import javax.xml.parsers.DocumentBuilderFactory
import org.codehaus.groovy.control.CompilerConfiguration

/**
 * Runs a scripted Jenkinsfile with the shared library beside it and without Jenkins: the steps that the library uses do
 * here what they do there. The log goes to standard output, its last line is `Finished: RESULT`; what the build kept
 * goes to --record. Secrets are not masked, so that a test sees one that leaks.
 *
 *   groovy run.groovy --jenkinsfile FILE --workspace FOLDER --record FOLDER
 *     [--env NAME=VALUE]... [--credential ID=VARIABLE]... [--without STEP]...
 *
 * Exit code: 0 SUCCESS, 1 FAILURE, 2 UNSTABLE, 64 wrong call.
 */

/** `@Library('seawall') _` of a Jenkinsfile; the library is always the one beside this file. */
@interface Library {
  String[] value()
}

/** A step that ends the build, as AbortException does in Jenkins. */
class Aborted extends Exception {
  Aborted(String message) { super(message) }
}

/** What a Jenkinsfile and the scripts of the library are: each unknown call is a global variable or a step. */
abstract class PipelineScript extends Script {
  def methodMissing(String name, Object given) {
    Build build = binding.getVariable('build')
    return build.callStep(name, given as List)
  }
}

/** One build: its workspace, its environment, its result, and the steps. */
class Build {
  static final List RESULTS = ['SUCCESS', 'UNSTABLE', 'FAILURE']
  Path workspace
  Path record
  Map environment
  Map credentials
  Map library = [:]
  Set without
  String result = 'SUCCESS'
  Map kept = [artifacts: [], htmlReports: [], tests: [total: 0, failed: 0]]

  Map getSteps() {
    Map all = [
      node: this.&inside, stage: this.&inside, timestamps: this.&inside, echo: this.&echo, sh: this.&sh, error: this.&error,
      unstable: this.&unstable, archiveArtifacts: this.&archiveArtifacts, junit: this.&junit,
      publishHTML: this.&publishHTML, withCredentials: this.&withCredentials, string: { Map given -> given },
    ]
    return all.findAll { name, step -> !(name in without) }
  }

  def callStep(String name, List given) {
    if (library.containsKey(name)) {
      return library[name].invokeMethod('call', given as Object[])
    }
    if (!steps.containsKey(name)) {
      // Jenkins' own words and class for a step that no plug-in brings.
      throw new NoSuchMethodError("No such DSL method '${name}' found among steps ${steps.keySet().sort()}")
    }
    return steps[name].call(*given)
  }

  def inside(Object... given) {
    return (given[-1] as Closure).call()
  }

  void echo(Object message) {
    println(textOf(message))
  }

  def sh(Object given) {
    Map options = given instanceof Map ? given : [script: given]
    Path script = Files.createTempFile('script', '.sh')
    try {
      Files.write(script, options.script.toString().getBytes('UTF-8'))
      ProcessBuilder process = new ProcessBuilder('/bin/sh', '-xe', script.toString())
      process.directory(workspace.toFile())
      process.environment().clear()
      process.environment().putAll(environment)
      process.redirectErrorStream(!options.returnStdout)
      Process running = process.start()
      running.outputStream.close()
      StringBuilder said = new StringBuilder()
      running.inputStream.eachLine('UTF-8') { line ->
        said.append(line).append('\n')
        if (!options.returnStdout) {
          println(line)
        }
      }
      int status = running.waitFor()
      if (options.returnStatus) {
        return status
      }
      if (status != 0) {
        throw new Aborted("script returned exit code ${status}")
      }
      return options.returnStdout ? said.toString() : null
    } finally {
      Files.delete(script)
    }
  }

  void error(Object message) {
    throw new Aborted(textOf(message))
  }

  void unstable(Object message) {
    println("WARNING: ${textOf(message)}")
    worsen('UNSTABLE')
  }

  void archiveArtifacts(Object given) {
    Map options = given instanceof Map ? given : [artifacts: given]
    println('Archiving artifacts')
    for (String name : options.artifacts.toString().split(',')) {
      copy(workspace.resolve(name.trim()), record.resolve('archive').resolve(name.trim()))
      kept.artifacts << name.trim()
    }
  }

  void junit(Object given) {
    String name = given instanceof Map ? given.testResults : given
    Path file = workspace.resolve(name)
    println('Recording test results')
    if (!Files.isRegularFile(file)) {
      throw new Aborted('No test report files were found. Configuration error?')
    }
    def cases = parse(file).getElementsByTagName('testcase')
    if (cases.length == 0) {
      throw new Aborted('None of the test reports contained any result')
    }
    int failed = (0..<cases.length).count { index ->
      cases.item(index).getElementsByTagName('failure').length + cases.item(index).getElementsByTagName('error').length > 0
    }
    kept.tests = [total: kept.tests.total + cases.length, failed: kept.tests.failed + failed]
    if (failed > 0) {
      worsen('UNSTABLE')
    }
  }

  void publishHTML(Map given) {
    Map target = given.target ?: given
    println("[htmlpublisher] Archiving HTML reports...")
    Path folder = workspace.resolve(target.reportDir.toString())
    copy(folder.resolve(target.reportFiles.toString()), record.resolve('htmlreports').resolve(target.reportName.toString()).resolve(target.reportFiles.toString()))
    kept.htmlReports << target.reportName.toString()
  }

  def withCredentials(List bindings, Closure body) {
    Map before = environment
    for (Map binding : bindings) {
      if (!credentials.containsKey(binding.credentialsId)) {
        throw new Aborted("Could not find credentials entry with ID '${binding.credentialsId}'")
      }
      environment = environment + [(binding.variable): credentials[binding.credentialsId]]
    }
    try {
      return body.call()
    } finally {
      environment = before
    }
  }

  void worsen(String other) {
    result = RESULTS[Math.max(RESULTS.indexOf(result), RESULTS.indexOf(other))]
  }

  private static String textOf(Object message) {
    return (message instanceof Map ? message.message : message).toString()
  }

  private static def parse(Path file) {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance()
    factory.setFeature('http://apache.org/xml/features/disallow-doctype-decl', true)
    return factory.newDocumentBuilder().parse(file.toFile())
  }

  private static void copy(Path from, Path to) {
    if (!Files.isRegularFile(from)) {
      throw new Aborted("No artifacts found that match ${from}")
    }
    Files.createDirectories(to.parent)
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING)
  }
}

Map given = [env: [], credential: [], without: []]
for (int index = 0; index < args.length; index += 2) {
  String name = args[index].replaceFirst(/^--/, '')
  if (index + 1 == args.length || !(name in ['jenkinsfile', 'workspace', 'record', 'env', 'credential', 'without'])) {
    System.err.println("wrong call at ${args[index]}")
    System.exit(64)
  }
  given[name] instanceof List ? given[name] << args[index + 1] : given.put(name, args[index + 1])
}
Closure pairs = { List written -> written.collectEntries { it.split('=', 2) as List } }

// A secret is no variable of the build until withCredentials makes it one.
Map secrets = pairs(given.credential)
Map environment = new HashMap(System.getenv())
secrets.values().each { environment.remove(it) }
Build build = new Build(
  workspace: Paths.get(given.workspace).toAbsolutePath(),
  record: Paths.get(given.record).toAbsolutePath(),
  environment: environment + [WORKSPACE: given.workspace] + pairs(given.env),
  credentials: secrets.collectEntries { id, variable -> [id, System.getenv(variable)] },
  without: given.without as Set,
)
CompilerConfiguration configuration = new CompilerConfiguration()
configuration.scriptBaseClass = PipelineScript.name
GroovyShell shell = new GroovyShell(this.class.classLoader, new Binding([build: build, env: build.environment]), configuration)
Path home = Paths.get(this.class.protectionDomain.codeSource.location.toURI()).parent
home.resolveSibling('vars').toFile().eachFileMatch(~/.*\.groovy/) { file ->
  build.library[file.name - '.groovy'] = shell.parse(file)
}

try {
  shell.parse(new File(given.jenkinsfile)).run()
} catch (Aborted aborted) {
  println("ERROR: ${aborted.message}")
  build.worsen('FAILURE')
} catch (Throwable fault) {
  fault.printStackTrace(System.out)
  build.worsen('FAILURE')
}
Files.createDirectories(build.record)
build.record.resolve('build.json').toFile().text = JsonOutput.toJson(build.kept + [result: build.result])
println("Finished: ${build.result}")
System.out.flush()
System.exit([SUCCESS: 0, FAILURE: 1, UNSTABLE: 2][build.result])
