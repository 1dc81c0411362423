#!/bin/sh
# Builds the kubelet and kubeadm of the source of Debian 12, which has no package of them, with the Go of its time, which
# is Debian 11's:
#   sh test/lab/compliance/recordings/build-kubelet.sh WORK-FOLDER
# Takes ten minutes; the programs lie in WORK-FOLDER/bin then.
set -eu
. "$(dirname "$0")/own-apt.sh"
mkdir -p bin go source
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$key] http://deb.debian.org/debian bullseye main
deb-src [signed-by=$key] http://deb.debian.org/debian bookworm main" >apt/sources.list
(
  export APT_CONFIG="$own_apt"
  apt-get -q update
  apt-get -q download golang-1.15-go golang-1.15-src
  apt-get -q source --download-only kubernetes
)
for package in golang-*.deb; do dpkg -x "$package" go; done
tar -C source --strip-components=1 -xzf kubernetes_*.orig.tar.gz
export GOROOT="$work/go/usr/lib/go-1.15" GOPATH="$work/path" GOCACHE="$work/cache"
export GOFLAGS=-mod=vendor GOPROXY=off GO111MODULE=on CGO_ENABLED=0
version=k8s.io/component-base/version
cd source
for program in kubelet kubeadm; do
  "$GOROOT/bin/go" build -tags providerless -ldflags "-s -w -X $version.gitVersion=v1.20.2 -X $version.gitMajor=1 -X $version.gitMinor=20" \
    -o "$work/bin/$program" "./cmd/$program"
done
