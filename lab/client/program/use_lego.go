// A program that sets and removes the record of an ACME challenge with lego's DNS provider, and says `differs: ...` for what it did not expect.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/go-acme/lego/v4/challenge/dns01"
	"github.com/go-acme/lego/v4/providers/dns/digitalocean"
	"github.com/miekg/dns"
)

const zone = "example.test"

func differs(what string, err error) {
	if err != nil {
		fmt.Printf("differs: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func call(method, path string, body any) []byte {
	content, err := json.Marshal(body)
	differs(path, err)
	request, err := http.NewRequest(method, os.Getenv("URL")+path, bytes.NewReader(content))
	differs(path, err)
	request.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	differs(path, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	differs(path, err)
	return text
}

// serveZone tells lego, which asks DNS, that the zone is there.
func serveZone() string {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	differs("a name server", err)
	handle := func(writer dns.ResponseWriter, question *dns.Msg) {
		answer := new(dns.Msg).SetReply(question)
		if question.Question[0].Name == dns.Fqdn(zone) {
			soa, _ := dns.NewRR(zone + ". 1800 IN SOA ns1.digitalocean.com. hostmaster." + zone + ". 1 10800 3600 604800 1800")
			answer.Answer = []dns.RR{soa}
		}
		_ = writer.WriteMsg(answer)
	}
	server := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(handle)}
	go func() { _ = server.ActivateAndServe() }()
	return socket.LocalAddr().String()
}

func main() {
	differs("name servers", dns01.AddRecursiveNameservers([]string{serveZone()})(nil))
	os.Setenv("DO_API_URL", os.Getenv("URL"))
	os.Setenv("DO_AUTH_TOKEN", os.Getenv("TOKEN"))
	call("POST", "/v2/domains", map[string]string{"name": zone})
	provider, err := digitalocean.NewDNSProvider()
	differs("provider", err)
	isThere := func() bool {
		records := string(call("GET", "/v2/domains/"+zone+"/records?type=TXT", nil))
		return strings.Contains(records, `"name":"_acme-challenge.www"`)
	}
	differs("present", provider.Present("www."+zone, "token", "key"))
	if !isThere() {
		fmt.Println("differs: there is no record of the challenge")
	}
	differs("clean up", provider.CleanUp("www."+zone, "token", "key"))
	if isThere() {
		fmt.Println("differs: the record of the challenge stays")
	}
}
