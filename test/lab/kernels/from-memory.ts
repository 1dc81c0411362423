/** Runs a program from memory: none of it lies in a file system. */
export const fromMemory = `perl -e '
  open(my $from, "<", "/bin/ls"); binmode($from); local $/; my $all = <$from>;
  my $number = syscall(319, my $name = "hidden", 0);
  open(my $to, ">&=", $number); syswrite($to, $all);
  exec {"/proc/self/fd/$number"} "ls", "/" or print "$!\\n" and exit 126'`;
