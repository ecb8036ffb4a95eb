# guest
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p ah -m ah --ahspi 500'
tt 'iptables -A X -p ah -m ah --ahspi 0:10'
tt 'iptables -A X -p ah -m ah ! --ahspi 1:'
tt 'iptables -A X -p ah -m ah --ahspi 10:5'
tt 'iptables -A X -p ah -m ah --ahspi x'
tt 'iptables -A X -p ah -m ah --ahspi 4294967296'
tt 'iptables -A X -p ah -m ah'
tt 'iptables -A X -p ah -m ah --ahspi :4294967295'
tt 'iptables -A X -p ah -m ah --ahspi 0x10:0x20'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m bpf --bytecode '\''4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0'\'''
tt 'iptables -A X -m bpf --bytecode '\'''\'''
tt 'iptables -A X -m bpf --bytecode '\''2,1'\'''
tt 'iptables -A X -m bpf --object-pinned /x'
tt 'iptables -A X -m bpf'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m cgroup --cgroup 1'
tt 'iptables -A X -m cgroup ! --cgroup 1'
tt 'iptables -A X -m cgroup --path /a'
tt 'iptables -A X -m cgroup ! --path a/b'
tt 'iptables -A X -m cgroup'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 0xdeadbeef'
tt 'iptables -A X -m cluster --cluster-total-nodes 3 --cluster-local-nodemask 5 --cluster-hash-seed 1'
tt 'iptables -A X -m cluster --cluster-total-nodes 33 --cluster-local-node 1 --cluster-hash-seed 1'
tt 'iptables -A X -m cluster --cluster-total-nodes 2'
tt 'iptables -A X -m cluster --cluster-total-nodes 2 ! --cluster-local-node 1 --cluster-hash-seed 4'
tt 'iptables -A X -m cluster --cluster-total-nodes 2 --cluster-local-node 5 --cluster-hash-seed 4'
tt 'iptables -A X -m cluster'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m connbytes --connbytes 100:200 --connbytes-dir both --connbytes-mode bytes'
tt 'iptables -A X -m connbytes --connbytes 100 --connbytes-dir original --connbytes-mode packets'
tt 'iptables -A X -m connbytes ! --connbytes 100: --connbytes-dir reply --connbytes-mode avgpkt'
tt 'iptables -A X -m connbytes --connbytes 10:5 --connbytes-dir reply --connbytes-mode avgpkt'
tt 'iptables -A X -m connbytes --connbytes 5 --connbytes-dir foo --connbytes-mode bytes'
tt 'iptables -A X -m connbytes --connbytes 5 --connbytes-dir both --connbytes-mode foo'
tt 'iptables -A X -m connbytes --connbytes 5'
tt 'iptables -A X -m connbytes --connbytes x --connbytes-dir both --connbytes-mode bytes'
tt 'iptables -A X -m connbytes ! --connbytes 3:9 --connbytes-dir both --connbytes-mode packets'
tt 'iptables -A X -m connbytes ! --connbytes 0:9 --connbytes-dir both --connbytes-mode packets'
tt 'iptables -A X -m connbytes'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m connlabel --label 1'
tt 'iptables -A X -m connlabel ! --label 2 --set'
tt 'iptables -A X -m connlabel --label 200'
tt 'iptables -A X -m connlabel --label foo'
tt 'iptables -A X -m connlabel --set'
tt 'iptables -A X -m connlabel'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p dccp -m dccp --sport 1:2'
tt 'iptables -A X -p dccp -m dccp --dport 80 --dccp-types REQUEST,RESPONSE'
tt 'iptables -A X -p dccp -m dccp ! --dccp-types DATA'
tt 'iptables -A X -p dccp -m dccp --dccp-option 5'
tt 'iptables -A X -p dccp -m dccp ! --sport 4 --dccp-types INVALID'
tt 'iptables -A X -p dccp -m dccp --dccp-types FOO'
tt 'iptables -A X -p dccp -m dccp'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m devgroup --src-group 1'
tt 'iptables -A X -m devgroup --dst-group 0x10/0xf0'
tt 'iptables -A X -m devgroup ! --src-group 5 --dst-group 3'
tt 'iptables -A X -m devgroup --src-group foo'
tt 'iptables -A X -m devgroup'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p tcp -m ecn --ecn-tcp-ece'
tt 'iptables -A X -p tcp -m ecn ! --ecn-tcp-cwr'
tt 'iptables -A X -p tcp -m ecn --ecn-ip-ect 1'
tt 'iptables -A X -p tcp -m ecn ! --ecn-ip-ect 2'
tt 'iptables -A X -p tcp -m ecn --ecn-ip-ect 4'
tt 'iptables -A X -p tcp -m ecn'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p esp -m esp --espspi 500'
tt 'iptables -A X -p esp -m esp --espspi 0:10'
tt 'iptables -A X -p esp -m esp ! --espspi 1:'
tt 'iptables -A X -p esp -m esp --espspi x'
tt 'iptables -A X -p esp -m esp'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m helper --helper ftp'
tt 'iptables -A X -m helper ! --helper sip'
tt 'iptables -A X -m helper --helper ""'
tt 'iptables -A X -m helper'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p ipcomp -m ipcomp --ipcompspi 12'
tt 'iptables -A X -p ipcomp -m ipcomp ! --ipcompspi 12:20'
tt 'iptables -A X -p ipcomp -m ipcomp --ipcompspi 12 --compres'
tt 'iptables -A X -p ipcomp -m ipcomp'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m ipvs --ipvs'
tt 'iptables -A X -m ipvs ! --ipvs'
tt 'iptables -A X -m ipvs --vproto tcp'
tt 'iptables -A X -m ipvs --vaddr 10.0.0.0/8'
tt 'iptables -A X -m ipvs --vport 80'
tt 'iptables -A X -m ipvs --vdir ORIGINAL'
tt 'iptables -A X -m ipvs --vmethod GATE'
tt 'iptables -A X -m ipvs --vportctl 21'
tt 'iptables -A X -m ipvs --vdir X'
tt 'iptables -A X -m ipvs --vproto tcp --vaddr 1.2.3.4 --vport 90 ! --vdir REPLY --vmethod MASQ'
tt 'iptables -A X -m ipvs'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m length --length 5'
tt 'iptables -A X -m length --length 5:'
tt 'iptables -A X -m length --length :9'
tt 'iptables -A X -m length ! --length 1:2'
tt 'iptables -A X -m length --length 70000'
tt 'iptables -A X -m length --length 5:3'
tt 'iptables -A X -m length'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m nfacct --nfacct-name foo'
tt 'iptables -A X -m nfacct'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p tcp -m osf --genre Linux'
tt 'iptables -A X -p tcp -m osf ! --genre Windows --ttl 1 --log 0'
tt 'iptables -A X -p tcp -m osf --genre Linux --ttl 5'
tt 'iptables -A X -p tcp -m osf --genre Linux --log 9'
tt 'iptables -A X -p tcp -m osf'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m policy --dir in --pol ipsec'
tt 'iptables -A X -m policy --dir out --pol none'
tt 'iptables -A X -m policy --dir in --pol ipsec --strict --reqid 5 --spi 0x10 --proto esp --mode tunnel --tunnel-src 10.0.0.0/8 --tunnel-dst 1.2.3.4 --next --reqid 6'
tt 'iptables -A X -m policy --dir in --pol ipsec --proto ah'
tt 'iptables -A X -m policy --dir x --pol ipsec'
tt 'iptables -A X -m policy --dir in --pol x'
tt 'iptables -A X -m policy --pol ipsec'
tt 'iptables -A X -m policy --dir in'
tt 'iptables -A X -m policy --dir in --pol none --strict'
tt 'iptables -A X -m policy --dir in --pol ipsec --mode transport ! --reqid 7'
tt 'iptables -A X -m policy --dir in --pol ipsec --tunnel-src 1.2.3.4'
tt 'iptables -A X -m policy --dir in --pol ipsec --next'
tt 'iptables -A X -m policy --dir in --pol ipsec --strict'
tt 'iptables -A X -m policy'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m rateest --rateest foo --rateest-lt --rateest-bps 1mbit'
tt 'iptables -A X -m rateest --rateest1 a --rateest2 b --rateest-gt --rateest-pps'
tt 'iptables -A X -m rateest --rateest foo --rateest-eq --rateest-pps 5'
tt 'iptables -A X -m rateest'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m realm --realm 5'
tt 'iptables -A X -m realm ! --realm 0x10/0xff'
tt 'iptables -A X -m realm --realm foo'
tt 'iptables -A X -m realm --realm 1/2/3'
tt 'iptables -A X -m realm'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -p sctp -m sctp --sport 5'
tt 'iptables -A X -p sctp -m sctp --dport 5:9'
tt 'iptables -A X -p sctp -m sctp ! --dport 80'
tt 'iptables -A X -p sctp -m sctp --chunk-types any INIT,DATA'
tt 'iptables -A X -p sctp -m sctp --chunk-types all INIT:Be,DATA'
tt 'iptables -A X -p sctp -m sctp ! --chunk-types only ABORT:T'
tt 'iptables -A X -p sctp -m sctp --chunk-types foo INIT'
tt 'iptables -A X -p sctp -m sctp --chunk-types any FOO'
tt 'iptables -A X -p sctp -m sctp --chunk-types any'
tt 'iptables -A X -p sctp -m sctp'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -t mangle -N X 2>/dev/null
tt 'iptables -t mangle -A X -m socket'
tt 'iptables -t mangle -A X -m socket --transparent'
tt 'iptables -t mangle -A X -m socket --nowildcard'
tt 'iptables -t mangle -A X -m socket --restore-skmark'
tt 'iptables -t mangle -A X -m socket --transparent --nowildcard --restore-skmark'
tt 'iptables -t mangle -S X'
tt 'iptables -t mangle -nvL X'
tt 'iptables -t mangle -L X'
iptables -t mangle -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m time --timestart 10:00 --timestop 12:30'
tt 'iptables -A X -m time --weekdays Mon,Tue'
tt 'iptables -A X -m time ! --weekdays Sat,Sun'
tt 'iptables -A X -m time --weekdays 1,2,7'
tt 'iptables -A X -m time --monthdays 1,2,31'
tt 'iptables -A X -m time ! --monthdays 5'
tt 'iptables -A X -m time --datestart 2026-01-01 --datestop 2026-12-31T23:59:59'
tt 'iptables -A X -m time --kerneltz --timestart 22:00:01 --timestop 02:00 --contiguous'
tt 'iptables -A X -m time --utc --timestart 1:2:3'
tt 'iptables -A X -m time --localtz --timestart 01:02'
tt 'iptables -A X -m time --contiguous --timestart 1:00 --timestop 2:00'
tt 'iptables -A X -m time --contiguous'
tt 'iptables -A X -m time --timestart 25:00'
tt 'iptables -A X -m time --datestart x'
tt 'iptables -A X -m time --weekdays Foo'
tt 'iptables -A X -m time --monthdays 32'
tt 'iptables -A X -m time'
tt 'iptables -A X -m time --kerneltz --localtz'
tt 'iptables -A X -m time --weekdays Mo,Fr --timestop 17:00'
tt 'iptables -A X -m time --datestart 2026-02'
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
iq(){ :; }
iptables -N X 2>/dev/null
tt 'iptables -A X -m u32 --u32 '\''0x0 >> 22 & 0x3C @ 0 >> 8 = 1'\'''
tt 'iptables -A X -m u32 --u32 '\''6&0xFF=6 && 4&0x1FFF=0 && 0>>22&0x3C@0=0:5,9'\'''
tt 'iptables -A X -m u32 ! --u32 '\''0=1'\'''
tt 'iptables -A X -m u32 --u32 '\'''\'''
tt 'iptables -A X -m u32 --u32 '\''0'\'''
tt 'iptables -A X -m u32 --u32 '\''0=x'\'''
tt 'iptables -A X -m u32 --u32 '\''0<<3=1:'\'''
tt 'iptables -S X'
tt 'iptables -nvL X'
tt 'iptables -L X'
iptables -F X
