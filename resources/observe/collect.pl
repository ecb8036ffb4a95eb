# The network of a node, read with as few processes as can be: this one enters each namespace, reads what the kernel tells in files, and lets `ip` tell
# the rest in one go; then again each namespace in which the kernel told of a change. A line `read N` on standard input reads all of them anew, and its
# end ends this. Runs as root where possible; needs perl-base and an iproute2 that knows JSON, installs and changes nothing.
#
# What it prints is read by shared/observe: marks, each followed by what one program (or file) says. Ends with status 77 where it cannot work.
use strict;
use warnings;
use Config;

my %NUMBERS = (
  x86_64 => { setns => 308, inotify => 294, watch => 254, recvmsg => 47, openat => 257, read => 0, close => 3, dup3 => 292, memfd => 319 },
  aarch64 => { setns => 268, inotify => 26, watch => 27, recvmsg => 212, openat => 56, read => 63, close => 57, dup3 => 24, memfd => 279 });
my ($machine) = $Config{archname} =~ /^([^-]+)/;
my $call = $NUMBERS{$machine} or exit 77;
$ENV{PATH} = ($ENV{PATH} // '/usr/bin:/bin') . ':/usr/sbin:/sbin';
$ENV{LC_ALL} = 'C';
my ($NEWNET, $AF_NETLINK, $SOCK_RAW, $SOL_NETLINK, $LISTEN_ALL) = (0x40000000, 16, 3, 270, 8);
my $MARK = "\1podwalk\1";
my $AT_ONCE = 6;        # programs that run at the same time
my $SETTLE_S = 0.012;   # changes come in bursts
my $REST_S = 0.04;      # after a reading: many changes cost no more than some

# Perl's own way to a file takes ten system calls.
my $page = "\0" x 65536;
substr($page, 0, 1) = "\0";
sub slurp {
  my $fd = syscall $call->{openat}, -100, "$_[0]", 0x80000, 0;
  return '' if $fd < 0;
  my $text = '';
  while ((my $size = syscall $call->{read}, $fd, $page, length $page) > 0) {
    $text .= substr $page, 0, $size;
    last if $size < 1024;    # short ones come whole
  }
  syscall $call->{close}, $fd;
  return $text;
}
my %path;
sub path_of { my ($name) = @_; return $path{$name} //= (grep { -x } map { "$_/$name" } split /:/, $ENV{PATH})[0] // '' }

# --- places: network namespaces, each { inode, file, pid, name } ---
open my $own_ns, '<', '/proc/self/ns/net' or exit 77;
my ($device, $own) = stat $own_ns;
sub enter { my ($file) = @_; open my $f, '<', $file or return 0; return syscall($call->{setns}, fileno $f, $NEWNET) == 0 }
sub leave { syscall($call->{setns}, fileno $own_ns, $NEWNET) }

my %hosts;    # by inode: "pid hostname", of namespaces with processes
sub places {
  my @found = ({ inode => $own, file => '/proc/self/ns/net', pid => 1, name => '' });
  my %seen = ($own => 1);
  if (opendir my $dir, '/run/netns') {
    for my $name (sort grep { !/^\.\.?$/ } readdir $dir) {
      my ($on, $inode) = stat "/run/netns/$name";
      next unless defined $inode && $on == $device;    # it leads to one only when it was mounted
      push @found, { inode => $inode, file => "/run/netns/$name", pid => 0, name => $name } unless $seen{$inode}++;
    }
  }
  my %now;
  if (opendir my $dir, '/proc') {
    for my $pid (sort { $a <=> $b } grep { /^\d+$/ } readdir $dir) {
      my ($inode) = (readlink("/proc/$pid/ns/net") // '') =~ /(\d+)/ or next;
      next if $inode == $own || $now{$inode};
      my ($known) = ($hosts{$inode} // '') =~ /^(\d+)/;
      if (defined $known && $known == $pid) { $now{$inode} = $hosts{$inode} }
      else { my ($name) = slurp("/proc/$pid/root/etc/hostname") =~ /^(.*)/; $now{$inode} = "$pid " . ($name // '') }
      push @found, { inode => $inode, file => "/proc/$pid/ns/net", pid => $pid, name => '' } unless $seen{$inode}++;
    }
  }
  %hosts = %now;
  return @found;
}

# --- programs: many at once, each job told when it has ended ---
my %jobs;    # by descriptor: { fh, pid, text, done }
open my $nothing, '+<', '/dev/null' or exit 77;
sub start {
  my ($done, @argv) = @_;
  pipe my $out, my $put;
  my $pid = fork // return;
  if (!$pid) {
    syscall $call->{dup3}, fileno($_->[0]), $_->[1], 0 for [$nothing, 0], [$put, 1], [$nothing, 2];
    { no warnings; exec { $argv[0] } @argv }
    kill 9, $$;
  }
  close $put;
  $jobs{fileno $out} = { fh => $out, pid => $pid, text => '', done => $done };
}
sub finish_jobs {    # until no more than so many run
  my ($most) = @_;
  while (keys %jobs > $most) {
    my $ready = '';
    vec($ready, $_, 1) = 1 for keys %jobs;
    next if select($ready, undef, undef, undef) < 0;
    for my $fd (grep { vec $ready, $_, 1 } keys %jobs) {
      my $job = $jobs{$fd};
      next if sysread $job->{fh}, $job->{text}, 1 << 18, length $job->{text};
      delete $jobs{$fd};
      close $job->{fh};
      waitpid $job->{pid}, 0;
      $job->{done}->($job->{text});
    }
  }
}

# --- what the kernel says itself ---
sub netlink {
  my ($protocol, $groups) = @_;
  socket my $socket, $AF_NETLINK, $SOCK_RAW, $protocol or return;
  bind $socket, pack 'SSLL', $AF_NETLINK, 0, 0, $groups // 0 or return;
  return $socket;
}
# The messages that answer: [type, payload]; undefined: it refused.
sub ask {
  my ($socket, $type, $flags, $payload) = @_;
  $socket or return;
  send $socket, pack('LSSLL', 16 + length $payload, $type, $flags | 1, 1, 0) . $payload, 0 or return;
  my @answers;
  while (defined recv $socket, my $data, 1 << 16, 0) {
    while (length $data >= 16) {
      my ($size, $kind) = unpack 'LS', $data;
      return if $size < 16;
      return \@answers if $kind == 3;
      return if $kind == 2 && unpack 'x16l', $data;
      push @answers, [$kind, substr $data, 16, $size - 16] if $kind != 2;
      return \@answers if $kind == 2 || !($flags & 0x300);
      substr($data, 0, ($size + 3) & ~3) = '';
    }
  }
  return;
}
# Families of which the packet filter has tables here: ip 2, ip6 10. Who may not know asks the program.
sub filtered {
  my $answers = ask(netlink(12), 0xa01, 0x300, pack 'CCn', 0, 0, 0);
  my %families = map { (unpack('C', $_->[1]) => 1) } @{ $answers // [] };
  $families{2} = 1 if !$answers || slurp('/proc/net/ip_tables_names') ne '';
  $families{10} = 1 if !$answers || slurp('/proc/net/ip6_tables_names') ne '';
  return \%families;
}
# Those that are told of every namespace, and those of a device where they are not as usual.
my @SETTINGS = qw(ipv4/ip_forward ipv4/icmp_echo_ignore_all ipv4/conf/all/rp_filter ipv4/conf/default/rp_filter ipv4/conf/all/proxy_arp
  ipv4/conf/default/proxy_arp ipv4/conf/all/arp_ignore ipv4/conf/all/arp_announce ipv4/conf/all/accept_local ipv4/conf/all/route_localnet
  ipv6/conf/all/forwarding ipv6/conf/all/disable_ipv6 bridge/bridge-nf-call-iptables bridge/bridge-nf-call-ip6tables);
# Where the kernel's list of a device's settings has them.
my %PLACES = (forwarding => 1, proxy_arp => 3, rp_filter => 8, arp_announce => 18, arp_ignore => 19, accept_local => 23, proxy_arp_pvlan => 25, route_localnet => 26);
# `devices`: name => that list, or nothing: then files are read.
sub settings {
  my ($is_own, $devices) = @_;
  my $text = '';
  my $say = sub { my ($path, $value) = @_; (my $name = "net/$path") =~ tr{/.}{./}; $text .= "$name = $value\n" if $value ne '' };
  my $read = sub { my ($value) = slurp("/proc/sys/net/$_[0]") =~ /^(.*)/; return $value // '' };
  $say->($_, $read->($_)) for @SETTINGS;
  $say->('netfilter/nf_conntrack_max', $read->('netfilter/nf_conntrack_max')) if $is_own;
  my %usual = map { ($_ => $read->("ipv4/conf/default/$_")) } qw(rp_filter forwarding);
  for my $device (sort keys %$devices) {
    my $of = sub { my ($leaf) = @_; return $devices->{$device} ? unpack 'x' . 4 * ($PLACES{$leaf} - 1) . 'L', $devices->{$device} : $read->("ipv4/conf/$device/$leaf") };
    for my $leaf (qw(rp_filter forwarding)) {
      my $value = $of->($leaf);
      $say->("ipv4/conf/$device/$leaf", $value) if $value ne $usual{$leaf} && ($leaf ne 'rp_filter' || $device ne 'lo');
    }
    for my $leaf (qw(proxy_arp proxy_arp_pvlan arp_ignore arp_announce accept_local route_localnet)) {
      my $value = $of->($leaf);
      $say->("ipv4/conf/$device/$leaf", $value) if $value ne '0';
    }
  }
  return $text;
}

# --- a reading ---
my @places;
sub questions {    # a file for `ip -batch`, which every child inherits
  my $name = 'questions';
  my $fd = syscall $call->{memfd}, $name, 0;
  open my $f, '>', "/proc/self/fd/$fd" or exit 77;
  print $f map { "$_\n" } @_;
  return "/proc/self/fd/$fd";
}
my ($links, $routes) = (questions('addr show', 'neigh show'), questions('route show table all'));

# What a program prints, by what the kernel answers: namespaces that answer the same print the same.
my %printed;
sub printed {
  my ($place, $answers, @argv) = @_;
  return '' unless $answers && @$answers;
  my $key = join "\0", "@argv", map { $_->[1] } @$answers;
  if (!exists $printed{$key}) {
    %printed = () if keys %printed > 1000;
    start(sub { $printed{$key} = $_[0] }, path_of($argv[0]), @argv[1 .. $#argv]);
    finish_jobs(0);
    enter($place->{file}) unless $place->{inode} == $own;    # others may have been entered meanwhile
  }
  return "${MARK}out @argv\n$printed{$key}";
}
sub attributes {    # type => value
  my ($data) = @_;
  my %found;
  for (my $at = 0; $at + 4 <= length $data;) {
    my ($size, $type) = unpack "x${at}SS", $data;
    last if $size < 4;
    $found{ $type & 0x3fff } = substr $data, $at + 4, $size - 4;
    $at += ($size + 3) & ~3;
  }
  return \%found;
}
# Rules that every namespace has select nothing: of them `ip rule` says no more than this. Others are left to it.
my %TABLES = (253 => 'default', 254 => 'main', 255 => 'local');
sub rules {
  my ($place, $asking, $family, $option) = @_;
  my $answers = ask($asking, 34, 0x300, pack 'Cx11', $family) or return '';
  my @said;
  for (map { $_->[1] } @$answers) {
    my (undef, $to, $from, $tos, $table, $action, $flags) = unpack 'CCCCCxxCL', $_;
    my $told = attributes(substr $_, 12);
    my ($number, $priority) = map { unpack 'L', $told->{$_} // pack 'L', 0 } 15, 6;
    delete @$told{15, 6, 21};
    my $is_plain = !$to && !$from && !$tos && $action == 1 && !$flags && (delete $told->{14} // "\xff" x 4) eq "\xff" x 4 && !%$told && $TABLES{$number};
    return printed($place, $answers, 'ip', $option, qw(-j rule show)) unless $is_plain;
    push @said, qq({"priority":$priority,"src":"all","table":"$TABLES{$number}"});
  }
  return "${MARK}out ip $option -j rule show\n[" . join(',', @said) . "]\n";
}
# Namespaces of pods have few kinds of things: their answers are passed on as they are, a line for each message, and no program is needed.
my %plain = map { ($_ => 1) } qw(veth dummy ipip sit ipvlan macvlan);
my @KEPT = (1, 3, 4, 5, 6, 10, 13, 16, 18, 20, 23, 27, 37);
sub plainly {    # `devices` is filled
  my ($socket, $devices) = @_;
  my $text = '';
  my $found = ask($socket, 18, 0x300, pack 'Cx15', 0) or return;
  for (@$found) {
    my $payload = $_->[1];
    while ($payload =~ /\x01\0([a-z][a-z0-9_]+)\0/g) { return unless $plain{$1} }
    my $told = attributes(substr $payload, 16);
    my $out = join '', substr($payload, 0, 16), map { pack 'SSa*x!4', 4 + length $told->{$_}, $_, $told->{$_} } grep { exists $told->{$_} } @KEPT;
    (my $name = $told->{3} // '') =~ s/\0.*//s;
    my $list = attributes(attributes($told->{26} // '')->{2} // '')->{1} // '';
    $devices->{$name} = length $list >= 104 ? $list : undef;
    $text .= '16 ' . unpack('H*', $out) . "\n";
  }
  for ([20, 22, pack 'Cx7', 0], [28, 30, pack 'Cx11', 0], [24, 26, pack 'Cx11', 0]) {
    my ($type, $asked, $payload) = @$_;
    $found = ask($socket, $asked, 0x300, $payload) or return;
    $text .= "$type " . unpack('H*', $_->[1]) . "\n" for @$found;
  }
  return "${MARK}out netlink\n$text";
}

# As /proc/net/tcp costs the kernel a walk through the sockets of all namespaces, it is asked only where there are some, and in the way of `ss`.
sub sockets {
  my $counts = slurp('/proc/net/sockstat') . slurp('/proc/net/sockstat6');
  my $text = '';
  for (['UDP', 2, 17], ['TCP', 2, 6], ['UDP6', 10, 17], ['TCP6', 10, 6]) {
    my ($name, $family, $protocol) = @$_;
    next unless $counts =~ /^$name: inuse [1-9]/m;
    my $found = ask(netlink(4), 20, 0x300, pack 'CCCCLx48', $family, $protocol, 0, 0, 0xfff) or next;
    $text .= ($protocol == 6 ? 'tcp ' : 'udp ') . unpack('H*', $_->[1]) . "\n" for @$found;
  }
  return $text eq '' ? '' : "${MARK}out netlink\n$text";
}

sub read_place {
  my ($place) = @_;
  my $is_own = $place->{inode} == $own;
  return unless $is_own || enter($place->{file});
  my $name = $place->{name} =~ /[^A-Za-z0-9._-]/ ? 'x' . unpack('H*', $place->{name}) : "n$place->{name}";
  my $text = "${MARK}netns $place->{inode} $place->{pid} $name\n";
  my $pending = 1;
  my $done = sub { $text .= $_[0]; put($text) unless --$pending };
  my $run = sub {
    my ($command, @argv) = @_;
    return if path_of($argv[0]) eq '';
    $pending++;
    start(sub { my ($told) = @_; $_->($told) for grep { ref } @argv; $done->("${MARK}out $command\n$told") }, path_of($argv[0]), grep { !ref } @argv[1 .. $#argv]);
  };
  my $asking = netlink(0);
  my %devices;
  my $plain = $is_own ? undef : plainly($asking, \%devices);
  if (defined $plain) { $text .= $plain }
  else {
    if (opendir my $dir, '/proc/sys/net/ipv4/conf') { %devices = map { ($_ => undef) } grep { !/^(?:\.\.?|all|default)$/ } readdir $dir }
    my $bridges = sub { $run->('bridge -j fdb show', qw(bridge -j fdb show)), $is_own || leave() if $_[0] =~ /"bridge"|"vxlan"/ && ($is_own || enter($place->{file})) };
    $run->('ip -j -d -s addr show + ip -j -d -s neigh show', qw(ip -j -d -s -force -b), $links, $bridges);
    $run->('ip -j route show table all', qw(ip -j -force -b), $routes);
  }
  $text .= rules($place, $asking, 2, '-4') . rules($place, $asking, 10, '-6');
  $text .= "${MARK}out sysctl\n" . settings($is_own, \%devices);
  my $filtered = filtered();
  $run->('iptables-save -c', qw(iptables-save -c)) if $filtered->{2};
  $run->('ip6tables-save -c', qw(ip6tables-save -c)) if $is_own && $filtered->{10};
  $run->('conntrack -L', qw(conntrack -L)) if $is_own && slurp('/proc/sys/net/netfilter/nf_conntrack_count') !~ /^0/;
  if ($is_own && path_of('ss') ne '' && slurp('/proc/net/sockstat') . slurp('/proc/net/sockstat6') =~ /: inuse [1-9]/) { $run->('ss -tuanpH', qw(ss -tuanpH)) }
  else { $text .= sockets() }
  leave() unless $is_own;
  $done->('');
  finish_jobs($AT_ONCE - 1);
}
sub put { my ($text) = @_; my $at = 0; while ($at < length $text) { $at += syswrite(STDOUT, $text, length($text) - $at, $at) // exit 0 } }
# Places that are there, those that are wanted read; `answer`: the question that this is the answer to.
sub pass {
  my ($wanted, $answer) = @_;
  for my $place (@places) { read_place($place) if !$wanted || $wanted->{ $place->{inode} } }
  finish_jobs(0);
  my $end = join '', map { "${MARK}host $_ $hosts{$_}\n" } grep { defined $hosts{$_} } map { $_->{inode} } @places;
  $end .= "${MARK}present " . join(' ', map { $_->{inode} } @places) . "\n";
  put($end . (defined $answer ? "${MARK}answer $answer\n" : '') . "${MARK}end\n");
}

my $can = 0;
path_of('ip') eq '' and exit 77;
start(sub { $can = $_[0] =~ /^\s*\[/ }, path_of('ip'), qw(-j link show lo));
finish_jobs(0);
exit 77 unless $can;

# --- changes ---
# Of links, neighbours, addresses, routes and rules of both families, and numbers of namespaces; of the packet filter's tables.
my ($ROUTE, $TABLES) = ((1 << 0) | (1 << 2) | (1 << 4) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 18) | (1 << 27), 1 << 6);
sub listeners { return grep { $_ } netlink(0, $ROUTE), netlink(12, $TABLES) }
my @everywhere = listeners();    # hear of every namespace that ours has a number for
setsockopt $_, $SOL_NETLINK, $LISTEN_ALL, pack 'i', 1 for @everywhere;
my %by_number;                   # those numbers → inode
my %within;                      # by inode: listeners there

# A socket in a namespace keeps it: only those that have no number are listened to from within, and let go as soon as their name is gone.
sub look_around {
  @places = places();
  my $asking = netlink(0);
  %by_number = ();
  my %unnumbered;
  for my $place (@places) {
    open my $file, '<', $place->{file} or next;
    my $answers = ask($asking, 90, 0, pack 'Cx3SSL', 0, 8, 3, fileno $file);
    my ($number) = map { unpack 'x8l', $_->[1] } @{ $answers // [] };
    if (defined $number && $number >= 0) { $by_number{$number} = $place->{inode} }
    elsif ($place->{name} ne '') { $unnumbered{ $place->{inode} } = $place->{file} }
  }
  for my $inode (keys %within) { delete $within{$inode} unless exists $unnumbered{$inode} }
  for my $inode (keys %unnumbered) {
    next if $within{$inode} || !enter($unnumbered{$inode});
    $within{$inode} = [listeners()];
    leave();
  }
}
# Which namespace a message is of, and whether others may have come or gone.
sub heard {
  my ($socket, $inside) = @_;
  my ($data, $control) = ("\0" x 65536, "\0" x 64);
  substr($_, 0, 1) = "\0" for $data, $control;    # of their own
  my $vector = pack 'QQ', unpack('Q', pack 'P', $data), length $data;
  my $header = pack 'QLx4QQQQix4', 0, 0, unpack('Q', pack 'P', $vector), 1, unpack('Q', pack 'P', $control), length $control, 0;
  my $size = syscall $call->{recvmsg}, fileno $socket, $header, 0x40;    # MSG_DONTWAIT
  return ($own, 1) if $size < 0;
  my $type = unpack 'x4S', $data;
  my $inode = $inside // $own;
  if (!defined $inside && unpack('x40Q', $header) >= 20) {
    my (undef, $level, $kind, $number) = unpack 'Qlll', $control;
    $inode = $by_number{$number} if $level == $SOL_NETLINK && $kind == $LISTEN_ALL;
  }
  return ($inode, !defined $inode || $type == 16 || $type == 17 || ($type >= 88 && $type <= 90));
}

my $names;    # tells of names that come and go
my $named = 0;
sub watch_names {
  return if $named || !$names;
  my $folder = -d '/run/netns' ? '/run/netns' : '/run';
  $named = $folder eq '/run/netns';
  syscall $call->{watch}, fileno $names, "$folder\0", 0x3c0;    # created, deleted, moved here or away
}
my $fd = syscall $call->{inotify}, 0x800;
open $names, '<&=', $fd if $fd >= 0;
watch_names();
look_around();
pass(undef, 0);
my ($input, $retries, %dirty) = ('', 0);
for (;;) {
  my $look = 0;
  my $wait = undef;
  my $news = 0;
  for (;;) {
    my %sockets = map { (fileno $_ => [$_, undef]) } @everywhere;
    for my $inode (keys %within) { $sockets{ fileno $_ } = [$_, $inode] for @{ $within{$inode} } }
    my $ready = '';
    vec($ready, $_, 1) = 1 for 0, keys %sockets;
    vec($ready, fileno $names, 1) = 1 if $names;
    my $found = select $ready, undef, undef, $wait // ($retries > 0 ? 0.1 : undef);
    next if $found < 0;
    if ($found == 0) { $look = 1 if !$news && $retries-- > 0; last }
    for my $one (map { $sockets{$_} } grep { vec $ready, $_, 1 } keys %sockets) {
      my ($inode, $others) = heard(@$one);
      $dirty{$inode} = 1 if defined $inode;
      $look ||= $others;
      $news = 1;
    }
    if ($names && vec $ready, fileno $names, 1) { sysread $names, my $told, 65536; watch_names(); $look = $news = 1; $retries = 3 }
    if (vec $ready, 0, 1) {
      sysread STDIN, $input, 4096, length $input or exit 0;
      while ($input =~ s/^read (\d+)\n//) { look_around(); pass(undef, $1); %dirty = () }
    }
    next unless $news;
    select undef, undef, undef, $SETTLE_S unless defined $wait;
    $wait = 0;
  }
  if ($look) {
    my %before = map { ($_->{inode} => 1) } @places;
    look_around();
    $dirty{ $_->{inode} } = 1 for grep { !$before{ $_->{inode} } } @places;
    delete $before{ $_->{inode} } for @places;
    next unless %dirty || %before;
  }
  pass(\%dirty);
  %dirty = ();
  select undef, undef, undef, $REST_S;
}
