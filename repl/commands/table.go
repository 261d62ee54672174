package commands

import "sockstep/repl"

// Table is the command table: every command of the shell, in the order in which help shows it.
func Table() repl.Table {
	return repl.Table{
		// make
		socket, socketpair, dup,
		// open
		bind, listen, accept, connect,
		// talk
		send, sendall, recv, sendto, recvfrom, sendmsg, recvmsg,
		// close
		shutdown, close_,
		// options
		sockopt, blocking, settimeout,
		// look
		inspect, sockets_, states, watch, poll, wire_, layers_, why, history, jobs, wait, cancel,
		// names
		gethostname, gethostbyname, gethostbyaddr, getaddrinfo, getservbyname, getservbyport,
		inetAton, inetNtoa, inetPton, inetNtop, htons, htonl, ntohs, ntohl, interfaces,
		// shell
		print_, expect, show, lang, at, cable, run, sleep, help, exit,
		// learn
		lessons_, lesson_, next_, again_, hint_, solution_, skip_, goto_, free_, predict_, timeline_, quiz_, progress_,
	}
}
