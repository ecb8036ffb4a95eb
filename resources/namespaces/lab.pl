# The processes of a namespaces lab: a hub that owns its wires, and for each node an init that answers the app. Run by `perl -e`, needs perl-base only.
#
#   perl -e TEXT ID APP NODE…      descriptor 3 is the hub's channel, 4, 5, … are the nodes'; APP: what of the app nodes see, NAME=PATH, joined by NULs, as hex
#
# A message is its length (N), then fields, each with its length (N/a*). Requests: id, verb, arguments. Answers: id, status, stdout, stderr.
# Invariant: every process ends when its channel does, so nothing outlives the app, however that ends.
use strict;
use warnings;
use Socket;
use POSIX ();

my %NUMBERS = (
  x86_64  => { mount => 165, umount2 => 166, sethostname => 170, unshare => 272, prctl => 157, setns => 308 },
  aarch64 => { mount => 40, umount2 => 39, sethostname => 161, unshare => 97, prctl => 167, setns => 268 },
);
my $machine = (POSIX::uname())[4];
my $call = $NUMBERS{$machine} or die "this processor ($machine) is not known here\n";
my ($NEWNS, $NEWUTS, $NEWIPC, $NEWUSER, $NEWPID, $NEWNET) = (0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000);
my ($RDONLY, $NOSUID, $NODEV, $NOEXEC, $REMOUNT, $BIND, $REC, $PRIVATE, $SHARED) = (1, 2, 4, 8, 32, 4096, 16384, 1 << 18, 1 << 20);

sub unshare { syscall($call->{unshare}, 0 + $_[0]) == 0 or die "unshare: $!\n" }
sub mount {
  my ($source, $target, $type, $flags, $data) = @_;
  return syscall($call->{mount}, "$source", "$target", "$type", 0 + ($flags // 0), defined $data ? "$data" : 0) == 0;
}
sub unmount { my ($target) = @_; return syscall($call->{umount2}, "$target", 2) == 0 }    # MNT_DETACH
sub must { my ($what, @args) = @_; mount(@args) or die "$what cannot be mounted: $!\n" }
sub hostname { my ($name) = @_; syscall($call->{sethostname}, "$name", length $name) == 0 or die "sethostname: $!\n" }
sub end_with_parent { syscall($call->{prctl}, 1, 9, 0, 0, 0) }    # PR_SET_PDEATHSIG, SIGKILL
sub spill { my ($file, $text, $mode) = @_; open my $f, '>', $file or die "$file: $!\n"; print $f $text; close $f; chmod $mode, $file if defined $mode }
sub slurp { my ($file) = @_; open my $f, '<', $file or return ''; local $/; my $text = <$f>; return $text // '' }
sub folders { my ($path) = @_; my $at = ''; for (split m{/}, $path) { $at .= "$_/"; mkdir $at, 0755 unless -d $at } }

# --- messages ---
sub frame { my $body = pack '(N/a*)*', @_; return pack 'N/a*', $body }
sub send_all { my ($fd, $data) = @_; my $at = 0; while ($at < length $data) { my $n = syswrite $fd, $data, length($data) - $at, $at; return 0 unless defined $n || $!{EINTR}; $at += $n // 0 } return 1 }

# --- the agent: runs commands for whoever writes to its channel, many at once ---
my %running;                # by pid: { id, out, err, stdout, stderr, in, text }
my $channel;                # of this process
# In a child that is no agent. Perl counts the users of a descriptor: one closed behind its back would never be closed again.
sub forget {
  for my $one (values %running) { for (qw(in out err)) { close $one->{$_} if $one->{$_} } }
  %running = ();
  close $channel if $channel;
  close $_ for @_;
}
sub start {
  my ($id, $env, $stdin, @argv) = @_;
  pipe my $in_r, my $in_w; pipe my $out_r, my $out_w; pipe my $err_r, my $err_w;
  my $pid = fork // return (undef, "fork: $!");
  if (!$pid) {
    POSIX::dup2(fileno $in_r, 0); POSIX::dup2(fileno $out_w, 1); POSIX::dup2(fileno $err_w, 2);
    POSIX::close($_) for 3 .. 255;
    $SIG{$_} = 'DEFAULT' for qw(PIPE CHLD TERM INT HUP);
    my %env = map { split /=/, $_, 2 } split /\0/, $env;
    $ENV{$_} = $env{$_} for keys %env;
    chdir '/root' or chdir '/';
    { no warnings; exec { $argv[0] } @argv }
    my $status = $!{ENOENT} ? 127 : 126;
    syswrite STDERR, "$argv[0]: $!\n";
    POSIX::_exit($status);
  }
  close $_ for $in_r, $out_w, $err_w;
  $running{$pid} = { id => $id, in => $in_w, text => $stdin, out => $out_r, err => $err_r, stdout => '', stderr => '' };
  if ($stdin eq '') { close $in_w; $running{$pid}{in} = undef }
  return ($pid, undef);
}

sub serve {
  my ($verbs) = @_;
  $SIG{PIPE} = 'IGNORE';
  my $buffer = '';
  for (;;) {
    my ($r, $w) = ('', '');
    vec($r, fileno $channel, 1) = 1;
    for my $one (values %running) {
      vec($r, fileno $one->{out}, 1) = 1 if $one->{out};
      vec($r, fileno $one->{err}, 1) = 1 if $one->{err};
      vec($w, fileno $one->{in}, 1) = 1 if $one->{in};
    }
    # one whose pipes are closed is about to end
    my $n = select $r, $w, undef, (grep { !$_->{out} && !$_->{err} } values %running) ? 0.002 : 0.2;
    next if $n < 0;
    for my $one (values %running) {
      for my $which (['out', 'stdout'], ['err', 'stderr']) {
        my ($key, $into) = @$which;
        next unless $one->{$key} && vec($r, fileno $one->{$key}, 1);
        my $got = sysread $one->{$key}, $one->{$into}, 65536, length $one->{$into};
        if (!$got) { close $one->{$key}; $one->{$key} = undef }
      }
      if ($one->{in} && vec($w, fileno $one->{in}, 1)) {
        my $put = syswrite $one->{in}, $one->{text}, 4096;
        if (defined $put) { substr($one->{text}, 0, $put) = '' }
        if (!defined $put || $one->{text} eq '') { close $one->{in}; $one->{in} = undef }
      }
    }
    while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) { $running{$pid}{status} = $? & 127 ? 128 + ($? & 127) : $? >> 8 if $running{$pid} }
    for my $pid (keys %running) {
      my $one = $running{$pid};
      next unless defined $one->{status} && !$one->{out} && !$one->{err};
      delete $running{$pid};
      send_all($channel, frame($one->{id}, $one->{status}, $one->{stdout}, $one->{stderr})) or POSIX::_exit(0);
    }
    next unless vec($r, fileno $channel, 1);
    my $got = sysread $channel, $buffer, 1 << 20, length $buffer;
    next if !defined $got && $!{EINTR};
    POSIX::_exit(0) unless $got;
    while (length $buffer >= 4) {
      my $size = unpack 'N', $buffer;
      last if length $buffer < 4 + $size;
      my ($id, $verb, @args) = unpack '(N/a*)*', substr $buffer, 4, $size;
      substr($buffer, 0, 4 + $size) = '';
      my @answer;
      if ($verb eq 'run') {
        my ($pid, $why) = start($id, @args);
        next if $pid;
        @answer = (126, '', $why);
      } else {
        my $text = eval { $verbs->{$verb} ? $verbs->{$verb}->(@args) : die "there is no $verb\n" };
        @answer = $@ ? (1, '', $@) : (0, $text // '', '');
      }
      send_all($channel, frame($id, @answer)) or POSIX::_exit(0);
    }
  }
}

# --- namespaces ---
sub own_users {
  my ($uid, $gid) = ($>, $) + 0);
  unshare($NEWUSER | $_[0]);
  spill('/proc/self/setgroups', "deny\n");
  spill('/proc/self/uid_map', "0 $uid 1\n");
  spill('/proc/self/gid_map', "0 $gid 1\n");
  ($>, $<) = (0, 0);
}

# A folder of this machine seen in a node: the node's own folder, with a link to each thing of the machine's but those in `except`.
sub mirror {
  my ($from, $to, @except) = @_;
  my %except = map { $_ => 1 } @except;
  folders("/mnt/run/podwalk/host$from");
  mount($from, "/mnt/run/podwalk/host$from", '', $BIND | $REC) or return;
  folders("/mnt$to");
  opendir my $dir, $from or return;
  for my $name (readdir $dir) {
    next if $name =~ /^\.\.?$/ || $except{$name};
    my $link = readlink "$from/$name";    # one that leads elsewhere from here keeps its way
    symlink defined $link ? $link : "/run/podwalk/host$from/$name", "/mnt$to/$name";
  }
}

sub node_files {
  my ($name, $app) = @_;
  mount('none', '/', '', $REC | $PRIVATE);
  must('a temporary file system', 'podwalk', '/mnt', 'tmpfs', $NOSUID | $NODEV, 'mode=755');
  mkdir "/mnt/$_", 0755 for qw(run root home tmp);
  chmod 01777, '/mnt/tmp';
  mirror('/etc', '/etc', qw(hosts hostname resolv.conf cni iproute2 kubernetes profile profile.d mtab));
  mirror('/var/lib', '/var/lib', qw(cni kubelet));
  mirror('/opt', '/opt', qw(cni));
  folders("/mnt$_") for qw(/var/log /etc/cni/net.d /etc/iproute2 /etc/kubernetes /var/lib/cni /opt/cni/bin /run/netns /run/flannel /run/podwalk/bin /run/podwalk/pods /run/lock);
  for my $from (glob '/usr/share/iproute2/* /etc/iproute2/*') { (my $base = $from) =~ s{.*/}{}; spill("/mnt/etc/iproute2/$base", slurp($from)) if -f $from }
  for (split /\0/, $app) {
    my ($to, $from) = split /=/, $_, 2;
    if (-d $from) { folders("/mnt/run/podwalk/$to") } else { spill("/mnt/run/podwalk/$to", '') }
    mount($from, "/mnt/run/podwalk/$to", '', $BIND | $REC);
  }
  for (qw(etc var/lib var/log opt run root home tmp)) { -d "/$_" && must("/$_", "/mnt/$_", "/$_", '', $BIND | $REC) }
  unmount('/mnt');
  must('/proc', 'proc', '/proc', 'proc', $NOSUID | $NODEV | $NOEXEC);
  mount('sysfs', '/sys', 'sysfs', $NOSUID | $NODEV | $NOEXEC);
  my ($options) = slurp('/proc/self/mountinfo') =~ m{^\S+ \S+ \S+ / / (\S+)}m;
  my $kept = 0;
  for (split /,/, $options // '') { $kept |= { nosuid => $NOSUID, nodev => $NODEV, noexec => $NOEXEC }->{$_} // 0 }
  mount('none', '/', '', $REMOUNT | $BIND | $RDONLY | $kept);
  mount('/run/netns', '/run/netns', '', $BIND);
  mount('none', '/run/netns', '', $SHARED | $REC);
}

# A pod: its network namespace by name, and processes of its own.
sub pod {
  my ($netns, $hostname, $ports, $word) = @_;
  pipe my $ready_r, my $ready_w;
  my $pid = fork // die "fork: $!\n";
  if (!$pid) {
    eval {
      forget($ready_r);
      end_with_parent();
      unshare($NEWNET | $NEWNS | $NEWUTS | $NEWIPC | $NEWPID);
      spill("/run/netns/$netns", '');
      mount('/proc/self/ns/net', "/run/netns/$netns", '', $BIND) or die "$netns: $!\n";
      my $inside = fork // die "fork: $!\n";
      if (!$inside) {
        end_with_parent();
        mount('none', '/', '', $REC | $PRIVATE);
        hostname($hostname);
        mount("/run/podwalk/pods/$netns/$_", "/etc/$_", '', $BIND) for qw(hosts hostname resolv.conf);
        mount('proc', '/proc', 'proc', $NOSUID | $NODEV | $NOEXEC);
        mount('sysfs', '/sys', 'sysfs', $NOSUID | $NODEV | $NOEXEC);
        close $ready_w;
        pod_init($ports, $word);
      }
      syswrite $ready_w, "$inside\n";
      $0 = "containerd-shim $hostname";
      close $ready_w;
      waitpid $inside, 0;
      POSIX::_exit(0);
    };
    syswrite $ready_w, "0 $@";
    POSIX::_exit(1);
  }
  close $ready_w;
  my $line = <$ready_r> // '0 it ended';
  chomp $line;
  $line =~ /^0 (.*)/ and die "$1\n";
  return $line;
}

# The pod's first process: waits, reaps, and answers HTTP on the ports of its image.
sub pod_init {
  my ($ports, $word) = @_;
  $0 = '/pause';
  $SIG{CHLD} = 'IGNORE';
  socket my $any, AF_INET, SOCK_DGRAM, 0;
  my $wanted = pack 'a16sx22', 'lo', 0x41;
  ioctl $any, 0x8914, $wanted;    # SIOCSIFFLAGS: up, running
  close $any;
  for my $port (split /,/, $ports) {
    next if fork;
    $0 = "$word: listens on $port";
    socket my $listener, AF_INET, SOCK_STREAM, 0 or POSIX::_exit(1);
    setsockopt $listener, SOL_SOCKET, SO_REUSEADDR, 1;
    bind $listener, sockaddr_in($port, INADDR_ANY) or POSIX::_exit(1);
    listen $listener, 64;
    while (1) {
      my $from = accept my $peer, $listener or next;
      if (!fork) {
        sysread $peer, my $request, 8192;
        my $body = (POSIX::uname())[1] . "\n";
        send_all($peer, "HTTP/1.1 200 OK\r\nServer: $word\r\nContent-Type: text/plain\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body");
        POSIX::_exit(0);
      }
      close $peer;
    }
  }
  sleep 1000 while 1;
}

sub write_files {
  while (@_) { my ($path, $mode, $text) = splice @_, 0, 3; (my $folder = $path) =~ s{/[^/]*$}{}; folders($folder); spill($path, $text, oct $mode) }
  return '';
}
sub set_sysctls {
  my @failed;
  while (@_) { my ($path, $value) = splice @_, 0, 2; open my $f, '>', "/proc/sys/$path" or do { push @failed, $path; next }; print $f $value; close $f or push @failed, $path }
  return join "\n", @failed;
}
sub find_plugin { my ($name, @path) = @_; for (@path) { return "$_/$name" if -x "$_/$name" && -f _ } return '' }
sub list_folder { my ($path) = @_; opendir my $dir, $path or return ''; return join "\0", sort grep { !/^\.\.?$/ } readdir $dir }
my %node_verbs = (find => \&find_plugin, list => \&list_folder,
  read => sub { -e $_[0] or die "there is no $_[0]\n"; slurp($_[0]) },
  inode => sub { (stat $_[0])[1] // die "there is no $_[0]\n" },
  remove => sub { unlink $_[0]; '' },
  files => \&write_files, sysctls => \&set_sysctls, pod => \&pod,
  kill => sub { kill 9, $_[0]; waitpid $_[0], 0; '' },
  gone => sub { my ($netns) = @_; unmount("/run/netns/$netns"); unlink "/run/netns/$netns"; '' });

sub node {
  my ($name, $fd, $app, $told) = @_;
  own_users($NEWNET | $NEWNS | $NEWUTS | $NEWIPC | $NEWPID);
  my $pid = fork // die "fork: $!\n";
  if ($pid) { return $pid }
  end_with_parent();
  $0 = '/sbin/init';
  close $told;
  open $channel, '+<&=', $fd or POSIX::_exit(1);
  my $ok = eval { node_files($name, $app); hostname($name); 1 };
  my $why = $@;
  POSIX::setsid();
  chdir '/root';
  %ENV = (PATH => '/run/podwalk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/root', USER => 'root', LOGNAME => 'root', SHELL => '/bin/bash', LANG => 'C.UTF-8');
  send_all($channel, frame('ready', $ok ? 0 : 1, '', $ok ? '' : $why)) or POSIX::_exit(0);
  serve(\%node_verbs);
}

# A name server for a namespace of the hub, which knows no names: programs that ask are told so, and do not wait.
sub name_server {
  my ($netns, $address) = @_;
  my $pid = fork // die "fork: $!\n";
  return '' if $pid;
  forget();
  end_with_parent();
  $0 = "podwalk names $netns";
  open my $place, '<', "/run/netns/$netns" or POSIX::_exit(1);
  syscall($call->{setns}, fileno $place, $NEWNET) == 0 or POSIX::_exit(1);
  socket my $listener, AF_INET, SOCK_DGRAM, 0 or POSIX::_exit(1);
  bind $listener, sockaddr_in(53, inet_aton($address)) or POSIX::_exit(1);
  while (1) {
    my $from = recv $listener, my $asked, 4096, 0;
    next if !defined $from || length $asked < 12;
    my ($id, $flags, $questions) = unpack 'n3', $asked;
    my $end = 12;
    while ($end < length $asked && ord substr $asked, $end, 1) { $end += 1 + ord substr $asked, $end, 1 }
    send $listener, pack('n6', $id, 0x8183 | ($flags & 0x0100), 1, 0, 0, 0) . substr($asked, 12, $end + 5 - 12), 0, $from;    # NXDOMAIN
  }
}

# --- the hub ---
my ($id, $app, @names) = @ARGV;
$app = pack 'H*', $app;
eval {
  $0 = "podwalk lab $id";
  end_with_parent();
  own_users($NEWNET | $NEWNS);
  mount('none', '/', '', $REC | $PRIVATE);
  mount('podwalk', '/run', 'tmpfs', $NOSUID | $NODEV, 'mode=755');
  folders('/run/netns');
  1;
} or do { print STDERR $@; POSIX::_exit(1) };
my @pids;
for my $i (0 .. $#names) {
  pipe my $told_r, my $told_w;
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    end_with_parent();
    close $_ for $told_r, @pids;
    POSIX::close($_) for grep { $_ != 4 + $i } 3 .. 3 + @names;    # the channels of the others
    my $pid = eval { node($names[$i], 4 + $i, $app, $told_w) };
    syswrite $told_w, defined $pid ? "$pid\n" : "0 $@";
    POSIX::_exit(1) unless defined $pid;
    $0 = "podwalk node $names[$i]";
    close $told_w;
    POSIX::close(4 + $i);
    waitpid $pid, 0;
    POSIX::_exit(0);
  }
  close $told_w;
  push @pids, $told_r;
}
my @told = map { my $line = <$_> // "0 it ended\n"; chomp $line; $line } @pids;
POSIX::close(4 + $_) for 0 .. $#names;
open $channel, '+<&=', 3;
$ENV{PATH} = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
send_all($channel, frame('ready', 0, join("\n", @told), ''));
serve({ names => \&name_server });
