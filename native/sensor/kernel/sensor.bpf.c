/* The programs in the kernel, one file for each hook. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "hooks/cgroup.h"
#include "hooks/exec-done.h"
#include "hooks/exec-lsm.h"
#include "hooks/exec-prepare.h"
#include "hooks/fork.h"
#include "hooks/found.h"
#include "hooks/listen.h"
#include "hooks/mapping-lsm.h"
#include "hooks/mapping-protected.h"
#include "hooks/mapping-stored.h"
#include "hooks/mappings-found.h"

char LICENSE[] SEC("license") = "GPL";
