package names

// A Model is one of the models by which layers are taught.
type Model int

// The models.
const (
	OSI    Model = iota // ISO 7498: seven layers
	TCPIP4              // four layers, as RFC 1122 counts them
	TCPIP5              // five layers, as textbooks count them
)

// ModelLayer is one layer of a model.
type ModelLayer struct {
	ID   string // "link"
	Name Text
	Task Text   // what it is there for
	Of   string // the layers of OSI that it holds: "5-7"
}

var (
	taskApplication = T("what the programs say to each other", "应用程序之间说的话")
	taskTransport   = T("brings the data to the right program; TCP also in order and complete", "把数据交给正确的程序；TCP 还保证有序、不丢")
	taskNetwork     = T("finds the way from host to host, over many networks", "跨越多个网络，从主机到主机找到路")
	taskLink        = T("carries a frame to the next card on the same link", "把帧送到同一链路上的下一块网卡")
	taskPhysical    = T("bits as light, current or radio; a capture does not see it", "比特变成光、电或无线电；抓包看不到这一层")
)

var models = map[Model][]ModelLayer{
	OSI: {
		{"application", T("application layer", "应用层"), taskApplication, "7"},
		{"presentation", T("presentation layer", "表示层"), T("form of the data: encoding, compression, encryption", "数据的形式：编码、压缩、加密"), "6"},
		{"session", T("session layer", "会话层"), T("begins and ends a conversation", "建立和结束会话"), "5"},
		{"transport", T("transport layer", "传输层"), taskTransport, "4"},
		{"network", T("network layer", "网络层"), taskNetwork, "3"},
		{"link", T("data link layer", "链路层"), taskLink, "2"},
		{"physical", T("physical layer", "物理层"), taskPhysical, "1"},
	},
	TCPIP4: {
		{"application", T("application layer", "应用层"), taskApplication, "5-7"},
		{"transport", T("transport layer", "传输层"), taskTransport, "4"},
		{"network", T("internet layer", "网络层"), taskNetwork, "3"},
		{"link", T("link layer", "物理链路层"), taskLink, "1-2"},
	},
	TCPIP5: {
		{"application", T("application layer", "应用层"), taskApplication, "5-7"},
		{"transport", T("transport layer", "传输层"), taskTransport, "4"},
		{"network", T("network layer", "网络层"), taskNetwork, "3"},
		{"link", T("link layer", "链路层"), taskLink, "2"},
		{"physical", T("physical layer", "物理层"), taskPhysical, "1"},
	},
}

// ModelLayers gives the layers of a model, the highest first.
func ModelLayers(m Model) []ModelLayer { return append([]ModelLayer(nil), models[m]...) }

// FindModelLayer finds a layer of a model by its id.
func FindModelLayer(m Model, id string) (ModelLayer, bool) {
	for _, l := range models[m] {
		if l.ID == id {
			return l, true
		}
	}
	return ModelLayer{}, false
}

// HeaderField is what a field of a header is called, and what it is for.
type HeaderField struct {
	ID            string
	Name, Meaning Text
}

var headerFields = func() map[string]HeaderField {
	all := map[string]HeaderField{}
	for _, table := range [][][5]string{linkFields, ipFields, transportFields, controlFields} {
		for _, r := range table {
			all[r[0]] = HeaderField{r[0], T(r[1], r[2]), T(r[3], r[4])}
		}
	}
	return all
}()

// LookupHeaderField finds the texts of a field by the id that sockets/wire gives it: "tcp.seq".
func LookupHeaderField(id string) (HeaderField, bool) {
	f, ok := headerFields[id]
	return f, ok
}

// HeaderWord says what a value in a header means, or what is remarkable about a segment, by the id that sockets/wire
// gives it: "port-unreachable", "sum-partial", "retransmission".
func HeaderWord(id string) (Text, bool) {
	t, ok := headerWords[id]
	return t, ok
}

// LayerName is what a layer is called where that is no name of a protocol: "payload".
func LayerName(name string) (Text, bool) {
	t, ok := layerNames[name]
	return t, ok
}

var layerNames = map[string]Text{
	"payload":  T("payload", "数据"),
	"surplus":  T("surplus", "多余字节"),
	"trailer":  T("trailer", "帧尾"),
	"loopback": T("loopback", "环回"),
}

// LayerAdds says what a header adds to what it carries, by its name: "TCP".
func LayerAdds(name string) (Text, bool) {
	t, ok := layerAdds[name]
	return t, ok
}

var layerAdds = map[string]Text{
	"Ethernet":   T("which card it goes to, which it comes from, and what is inside", "发往哪块网卡、来自哪块网卡，里面装的是什么"),
	"VLAN":       T("which virtual network of the switch it belongs to", "属于交换机上的哪个虚拟网"),
	"Linux SLL":  T("nothing that was sent: Linux's own note of where it was captured", "没有发送过的内容：Linux 自己记下的抓包位置"),
	"Linux SLL2": T("nothing that was sent: Linux's own note of where it was captured", "没有发送过的内容：Linux 自己记下的抓包位置"),
	"loopback":   T("nothing that was sent: the system's own note of the address family", "没有发送过的内容：系统自己记下的地址族"),
	"ARP":        T("a question or an answer: which card has this IP address; it stands between link and network", "一问或一答：哪块网卡有这个 IP 地址；介于链路层与网络层之间"),
	"IPv4":       T("from which host to which host, how far it may go, and what is inside", "从哪台主机到哪台主机、最多能走多远，里面装的是什么"),
	"IPv6":       T("from which host to which host, how far it may go, and what is inside", "从哪台主机到哪台主机、最多能走多远，里面装的是什么"),
	"TCP":        T("from which port to which port, where the bytes belong in the stream, and what has arrived", "从哪个端口到哪个端口、这些字节在流中的位置、对方的哪些字节已收到"),
	"UDP":        T("from which port to which port, and a checksum; no order, no acknowledgement", "从哪个端口到哪个端口，加一个校验和；没有顺序，没有确认"),
	"ICMP":       T("what the network itself has to say", "网络自己要说的话"),
	"ICMPv6":     T("what the network itself has to say; also who has an address", "网络自己要说的话，也用来查询谁有某个地址"),
	"IGMP":       T("which multicast group a host wants to hear", "主机想收听哪个多播组"),
	"payload":    T("what the header before it carries", "前一个首部所携带的内容"),
	"surplus":    T("bytes of the IP packet behind the end of the datagram", "IP 分组里数据报结束之后的字节"),
	"trailer":    T("bytes behind the end of the packet: an Ethernet frame is filled up to 60", "分组结束之后的字节：以太网帧不足 60 字节要填满"),
}
