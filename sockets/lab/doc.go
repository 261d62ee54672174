// Package lab makes a network of the student's own, without root: two hosts, left and right, and a cable between them
// that can be cut, slowed down, and made to lose what it carries.
//
//	terminal 1: Enter ── clone(NEWUSER|NEWNET|NEWNS|NEWUTS) ─▶ the program again: Begin, the founder
//	terminal 2: Join  ── clone, setns(2), execve(2) ─────────▶ the program again: Begin, a guest
//
//	left: eth0 10.0.0.1 ══ veth ══ near │ the founder copies frames │ far ══ veth ══ right: eth0 10.0.0.2
//	                                    └── a Lane each way: lose, hold, delay, duplicate ─▶ every Frame to who watches
//
// Each host is a network namespace, network_namespaces(7), and has its own name in a UTS namespace; near and far are in
// a third network, out of the student's sight.
// The hosts' packets are real in every byte: no checksum or segmentation is left to a network card that does not exist.
//
// In the lab the student is at left. The kernel's own rules hold there as outside, but for these: each connection
// starts without what earlier ones measured (tcp_no_metrics_save), ping sockets are open to the student's own group,
// 255.255.255.255 and 224.0.0.0/4 go out by eth0, and nobody asks for an IPv6 router. There is no way to the world.
//
// The cable, and with it the network, lives as long as the founder. When that dies, however it dies, the kernel takes
// the namespaces with the last process in them. A keeper, who waits for the founder's end, takes away the file that tells
// guests the way to it; a stale one is known as such. A command in the lab is in a PID namespace, pid_namespaces(7), with
// all that it starts: another keeper is the first in there, and when that ends, all do.
package lab
