#pragma once
/* What a script may call; anything else is refused (EPERM), clone3 as if this kernel had none, so that clone is used. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const unsigned allowed[] = {
#if defined(__x86_64__)
	SYS_open,
	SYS_stat,
	SYS_lstat,
	SYS_access,
	SYS_readlink,
	SYS_pipe,
	SYS_dup2,
	SYS_poll,
	SYS_select,
	SYS_fork,
	SYS_vfork,
	SYS_getpgrp,
	SYS_time,
	SYS_arch_prctl,
	SYS_alarm,
	SYS_getrlimit,
#endif
	SYS_read,
	SYS_write,
	SYS_openat,
	SYS_close,
	SYS_fstat,
	SYS_newfstatat,
	SYS_statx,
	SYS_ppoll,
	SYS_pselect6,
	SYS_lseek,
	SYS_mmap,
	SYS_mprotect,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_brk,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_rt_sigsuspend,
	SYS_pread64,
	SYS_readv,
	SYS_writev,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_readlinkat,
	SYS_pipe2,
	SYS_dup,
	SYS_dup3,
	SYS_fcntl,
	SYS_ioctl,
	SYS_getpid,
	SYS_getppid,
	SYS_gettid,
	SYS_wait4,
	SYS_execve,
	SYS_exit,
	SYS_exit_group,
	SYS_uname,
	SYS_getcwd,
	SYS_chdir,
	SYS_fchdir,
	SYS_getdents64,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_getgroups,
	SYS_getpgid,
	SYS_getsid,
	SYS_setpgid,
	SYS_umask,
	SYS_prlimit64,
	SYS_set_tid_address,
	SYS_set_robust_list,
	SYS_rseq,
	SYS_getrandom,
	SYS_clock_gettime,
	SYS_clock_nanosleep,
	SYS_nanosleep,
	SYS_gettimeofday,
	SYS_futex,
	SYS_kill,
	SYS_tgkill,
	SYS_sendfile,
	SYS_sysinfo,
	SYS_statfs,
	SYS_fstatfs,
	SYS_fadvise64,
	SYS_times,
	SYS_sched_yield
};

#if defined(__x86_64__)
enum { MACHINE = AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { MACHINE = AUDIT_ARCH_AARCH64 };
#endif
/* A new process must not open a world of its own. */
enum {
	WORLDS = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
		 CLONE_NEWCGROUP
};
#define LOOK(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)
#define WHERE(how, what, then, otherwise) BPF_JUMP(BPF_JMP | how | BPF_K, what, then, otherwise)

static int filter_calls(void)
{
	static struct sock_filter filter[12 + 2 * sizeof allowed / sizeof *allowed] = {
		LOOK(arch),
		WHERE(BPF_JEQ, MACHINE, 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOOK(nr),
		WHERE(BPF_JEQ, SYS_clone3, 0, 1),
		ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
		WHERE(BPF_JEQ, SYS_clone, 0, 4),
		LOOK(args[0]),
		WHERE(BPF_JSET, WORLDS, 1, 0),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_ERRNO | EPERM)
	};
	unsigned short length = 11;
	for (size_t at = 0; at < sizeof allowed / sizeof *allowed; at++) {
		filter[length++] = (struct sock_filter)WHERE(BPF_JEQ, allowed[at], 0, 1);
		filter[length++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
	}
	filter[length++] = (struct sock_filter)ANSWER(SECCOMP_RET_ERRNO | EPERM);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ length, filter });
}
