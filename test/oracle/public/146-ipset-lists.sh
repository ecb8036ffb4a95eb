t ipset create s hash:ip family inet7
ipset create a hash:ip; ipset create b hash:net; ipset create l list:set; ipset create l2 list:set; ipset create n hash:ip netmask 24
ipset add l a; ipset add l b before a; ipset add n 10.0.0.77
t ipset add l l
t ipset add l l2
t ipset add l nosuch
t ipset test l a
t ipset test l b before a
t ipset test l b after a
t ipset test l a after b
t ipset test l a before b
t ipset test l nosuch
t ipset test n 10.0.0.1
t ipset test n 10.0.1.1
t ipset test n 10.0.0.0
t ipset test l l2
t ipset del l nosuch
t ipset del l l2
