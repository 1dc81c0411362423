/** From go.mod of github.com/kubernetes/kompose at 004705ef, shortened. */
export const kompose = `module github.com/kubernetes/kompose

go 1.18

require (
	github.com/compose-spec/compose-go v1.13.3
	github.com/google/shlex v0.0.0-20191202100458-e7afc7fbc510
	github.com/openshift/api v3.9.0+incompatible
	k8s.io/api v0.22.5
)

require (
	github.com/docker/docker v23.0.3+incompatible // indirect
	github.com/opencontainers/image-spec v1.0.3-0.20211202183452-c5a74bcca799 // indirect
	golang.org/x/net v0.9.0 // indirect
	sigs.k8s.io/structured-merge-diff/v4 v4.2.3 // indirect
)
`;

/** Every directive, as the reference of modules allows it to be written (https://go.dev/ref/mod#go-mod-file). */
export const everyDirective = `// Deprecated: by another
module "example.com/app" // the module

go 1.22.3
toolchain go1.22.7

godebug default=go1.21
tool example.com/tool/cmd/x
ignore ./node_modules

require example.com/one v1.0.0//indirect
require (
	"example.com/two" v2.0.0+incompatible
	example.com/three/v3 v3.1.0-rc.1 // indirect; a note

	example.com/four v0.4.0
	example.com/five v1.5.0
	example.com/six v1.6.0
	"example.com/seven" v1.7.0
)
exclude example.com/five v1.5.0
exclude (
	example.com/six v1.5.9
)
replace example.com/two => example.com/fork v0.2.0
replace (
	example.com/four v0.4.0 => ../four
	example.com/six v1.0.0 => ./other
	example.com/seven => /src/seven
)
retract [v1.0.0, v1.9.9] // published by mistake
retract v1.10.1
`;
