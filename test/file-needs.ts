import type { NeedName } from './needs.ts';

/** What test files need beyond Node and npm. */
interface FileNeeds {
  /** Path below the checkout; `*` and `**` as usual. */
  readonly files: string;
  readonly needs: readonly NeedName[];
}

/**
 * Every test file that needs more than Node and npm, and what. A file is run where all of it is there, and then no test of it may
 * be skipped; elsewhere the whole file is left out. Move tests that need more into a file of their own.
 */
export const fileNeeds: readonly FileNeeds[] = [
  { files: 'src/runtime/agent/sensor*.test.ts', needs: ['kernel'] },
  { files: 'src/runtime/agent/sensor/sensor-group.test.ts', needs: ['kernel'] },
  { files: 'test/native/**/*.test.ts', needs: ['kernel'] },
  { files: 'src/apps/agent/runtime.test.ts', needs: ['docker', 'kernel'] },

  { files: 'src/vulnerability/{build,feeds/feeds,jar-table,match-outside,systems}.test.ts', needs: ['whole feeds'] },
  { files: 'src/vulnerability/feeds/{oval,csaf-vex}/index.test.ts', needs: ['whole feeds'] },
  { files: 'src/ecosystems/whole-feeds.test.ts', needs: ['whole feeds'] },
  { files: 'src/ecosystems/{deb,maven/scheme,rpm}/{scheme,index}.test.ts', needs: ['whole feeds'] },
  { files: 'tools/slice-feeds.test.ts', needs: ['whole feeds'] },

  { files: 'src/apps/agent/{agent,watch-compliance}.test.ts', needs: ['docker', 'C compiler'] },
  { files: 'src/catalog/engine-images.test.ts', needs: ['docker', 'debian image'] },
  { files: 'src/catalog/real-program.test.ts', needs: ['docker', 'go'] },
  { files: 'src/gate/agent/{gate,beyond-images}.test.ts', needs: ['docker', 'C compiler'] },
  { files: 'src/gate/agent/trials/trials-on-host.test.ts', needs: ['docker', 'C compiler'] },
  {
    files: 'src/gate/agent/docker-authz/{settings,compliance,trial,answering-engine,bypasses}.test.ts',
    needs: ['docker', 'C compiler'],
  },
  { files: 'src/gate/agent/install/{install,engine-package}.test.ts', needs: ['docker', 'C compiler', 'dpkg'] },
  { files: 'src/compliance/agent/host-subjects.test.ts', needs: ['docker', 'busybox'] },
  { files: 'src/image/sources/docker/index.test.ts', needs: ['docker'] },
  { files: 'src/inventory/agent/collectors/docker/docker.test.ts', needs: ['docker', 'registry', 'C compiler'] },
  { files: 'src/inventory/agent/facts/engine/engine.test.ts', needs: ['docker'] },
  { files: 'src/inventory/agent/facts/registry/registry.test.ts', needs: ['registry'] },
  { files: 'src/inventory/agent/use/use-watch.test.ts', needs: ['docker', 'java'] },
  { files: 'test/journeys/{scan-engine,compliance}.test.ts', needs: ['docker'] },
  { files: 'test/journeys/{doctor-host,package}.test.ts', needs: ['docker', 'dpkg', 'kernel'] },
  { files: 'test/journeys/compliance-scripts.test.ts', needs: ['C compiler', 'busybox'] },
  { files: 'src/catalog/scripts/scripts.test.ts', needs: ['C compiler', 'busybox'] },
  { files: 'test/make/docker.test.ts', needs: ['docker'] },
  { files: 'test/journeys/{debian-image,executables,plain-debian-checks}.test.ts', needs: ['debian image'] },

  { files: 'src/gate/agent/decisions/decision-spool.test.ts', needs: ['root'] },
  { files: 'src/gate/agent/break-glass/break-glass-book.test.ts', needs: ['root'] },
  { files: 'src/store/embedded/server.test.ts', needs: ['root'] },
  { files: 'test/journeys/full-disk.test.ts', needs: ['root'] },
  { files: 'src/image/kept-digests-root.test.ts', needs: ['root'] },
  { files: 'src/image/kept-digests-mapping.test.ts', needs: ['C compiler'] },
  { files: 'src/catalog/analyze.test.ts', needs: ['dpkg'] },

  { files: 'src/gate/agent/docker-authz/answering-program.test.ts', needs: ['C compiler', 'systemd'] },
  { files: 'src/gate/agent/docker-authz/server.test.ts', needs: ['systemd'] },
  { files: 'src/gate/agent/ledger/{encode-ledger,ledger-header}.test.ts', needs: ['C compiler'] },
  { files: 'src/runtime/agent/wire/header.test.ts', needs: ['C compiler'] },

  { files: 'src/apps/metrics/promtool.test.ts', needs: ['promtool'] },
  { files: 'tools/release/sign.test.ts', needs: ['minisign'] },
  { files: 'tools/release/one-file.test.ts', needs: ['binutils'] },
  { files: 'tools/release/library-versions.test.ts', needs: ['binutils'] },

  { files: 'test/journeys/web*.test.ts', needs: ['chromium'] },
  { files: 'test/journeys/{trust,hostile-image,killed-scanner}.test.ts', needs: ['chromium'] },
  { files: 'src/apps/cli/formats/html/index.test.ts', needs: ['chromium'] },

  {
    files: 'src/provenance/{look,look-bounds,console/provenance,console/bounds,console/pull/pulls}.test.ts',
    needs: ['registry'],
  },
  { files: 'src/image/sources/registry/{platforms,redirects,registry}.test.ts', needs: ['registry'] },
  { files: 'test/journeys/{trust,web-trust}.test.ts', needs: ['registry'] },

  { files: 'src/ecosystems/deb/{reader,scheme}.test.ts', needs: ['dpkg'] },
  { files: 'src/ecosystems/deb/changes-tool.test.ts', needs: ['apt'] },
  { files: 'src/ecosystems/pypi/packaging.test.ts', needs: ['python', 'whole feeds'] },
  { files: 'src/gate/agent/install/engine-cases.test.ts', needs: ['dpkg'] },
  { files: 'src/ecosystems/rpm/{reader,scheme}.test.ts', needs: ['rpm'] },
  { files: 'src/ecosystems/rpm/changes-tool.test.ts', needs: ['root', 'rpm', 'rpm managers'] },
  { files: 'src/ecosystems/alpm/{reader,scheme}.test.ts', needs: ['pacman'] },
  { files: 'src/vulnerability/unpack-bzip2.test.ts', needs: ['bzip2'] },
  { files: 'src/catalog/damage.test.ts', needs: ['rpm'] },
  { files: 'src/ecosystems/maven/{scheme/index,jar/filed-jars}.test.ts', needs: ['java'] },
  { files: 'src/ecosystems/gem/installed-tool.test.ts', needs: ['ruby'] },
  { files: 'src/ecosystems/gem/scheme-tool.test.ts', needs: ['ruby', 'whole feeds'] },
  { files: 'src/ecosystems/composer/scheme-tool.test.ts', needs: ['composer', 'whole feeds'] },
  { files: 'src/ecosystems/pypi/changes-tool.test.ts', needs: ['pip'] },
  { files: 'src/ecosystems/gem/changes-tool.test.ts', needs: ['ruby', 'bundler'] },
  { files: 'src/ecosystems/cargo/changes-tool.test.ts', needs: ['cargo'] },
  { files: 'src/ecosystems/golang/changes-tool.test.ts', needs: ['go'] },
  { files: 'src/ecosystems/composer/changes-tool.test.ts', needs: ['composer itself'] },
  { files: 'src/vulnerability/jar-table.test.ts', needs: ['java'] },
  { files: 'src/ecosystems/golang/built.test.ts', needs: ['go', 'docker'] },
  { files: 'src/ecosystems/golang/sources-tool.test.ts', needs: ['go', 'whole feeds'] },
  { files: 'src/gate/agent/docker-authz/strict-json.test.ts', needs: ['go'] },
  { files: 'src/ecosystems/cargo/real-program.test.ts', needs: ['binutils'] },
  { files: 'src/catalog/executables/elf.test.ts', needs: ['binutils'] },
  { files: 'src/ecosystems/generic/index.test.ts', needs: ['busybox'] },
  { files: 'src/catalog/real-layers.test.ts', needs: ['skopeo'] },
  { files: 'src/image/open-target-skopeo.test.ts', needs: ['skopeo'] },
  { files: 'src/apps/cli/formats/junit/index.test.ts', needs: ['xmllint'] },
  { files: 'test/journeys/jenkins.test.ts', needs: ['groovy'] },
  { files: 'test/journeys/jenkins-bare.test.ts', needs: ['binutils', 'busybox', 'groovy', 'root'] },
];
