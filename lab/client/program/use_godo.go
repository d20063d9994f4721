// A program that uses each service of godo, and says `differs: ...` for what it did not expect.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/digitalocean/godo"
	"golang.org/x/oauth2"
)

func differs(what string, err error) bool {
	if err != nil {
		fmt.Printf("differs: %s: %v\n", what, err)
	}
	return err != nil
}

func until(what string, isSo func() bool) {
	for range 600 {
		if isSo() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Printf("differs: %s never came true\n", what)
}

func main() {
	ctx := context.Background()
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: os.Getenv("TOKEN")})
	client, err := godo.New(oauth2.NewClient(ctx, source), godo.SetBaseURL(os.Getenv("URL")+"/"))
	if differs("client", err) {
		os.Exit(1)
	}
	_, _, err = client.Account.Get(ctx)
	differs("account", err)
	sizes, _, err := client.Sizes.List(ctx, &godo.ListOptions{PerPage: 200})
	if !differs("sizes", err) && len(sizes) < 50 {
		fmt.Printf("differs: %d sizes\n", len(sizes))
	}
	_, _, err = client.Images.ListDistribution(ctx, nil)
	differs("images", err)
	_, _, err = client.Tags.Create(ctx, &godo.TagCreateRequest{Name: "web"})
	differs("tag", err)
	droplet, response, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "web-1", Region: "nyc3", Size: "s-1vcpu-1gb", Image: godo.DropletCreateImage{Slug: "ubuntu-24-04-x64"},
		IPv6: true, Monitoring: true, Tags: []string{"web"},
	})
	if differs("droplet", err) {
		os.Exit(1)
	}
	if len(response.Links.Actions) != 1 {
		fmt.Println("differs: a created droplet links to no action")
	}
	until("the droplet is active", func() bool {
		droplet, _, err = client.Droplets.Get(ctx, droplet.ID)
		return err == nil && droplet.Status == "active" && !droplet.Locked
	})
	if ip, err := droplet.PublicIPv4(); err != nil || ip == "" {
		fmt.Println("differs: the droplet has no public address")
	}
	idle := func() bool {
		one, _, err := client.Droplets.Get(ctx, droplet.ID)
		return err == nil && !one.Locked
	}
	_, _, err = client.DropletActions.PowerOn(ctx, droplet.ID)
	differs("power_on of what is on", err)
	until("nothing runs", idle)
	volume, _, err := client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{Name: "v", Region: "nyc3", SizeGigaBytes: 10})
	if !differs("volume", err) {
		_, _, err = client.StorageActions.Attach(ctx, volume.ID, droplet.ID)
		differs("attach", err)
		until("nothing runs", idle)
		_, _, err = client.Storage.CreateSnapshot(ctx, &godo.SnapshotCreateRequest{VolumeID: volume.ID, Name: "s"})
		differs("volume snapshot", err)
	}
	reserved, _, err := client.ReservedIPs.Create(ctx, &godo.ReservedIPCreateRequest{Region: "nyc3"})
	if !differs("reserved IP", err) {
		_, _, err = client.ReservedIPActions.Assign(ctx, reserved.IP, droplet.ID)
		differs("assign", err)
		until("the address is assigned", func() bool {
			one, _, err := client.ReservedIPs.Get(ctx, reserved.IP)
			return err == nil && one.Droplet != nil
		})
	}
	anybody := []string{"0.0.0.0/0", "::/0"}
	firewall, _, err := client.Firewalls.Create(ctx, &godo.FirewallRequest{
		Name:         "fw",
		InboundRules: []godo.InboundRule{{Protocol: "tcp", PortRange: "80", Sources: &godo.Sources{Addresses: anybody}}},
		OutboundRules: []godo.OutboundRule{
			{Protocol: "icmp", PortRange: "1-65535", Destinations: &godo.Destinations{Addresses: anybody}},
		},
		Tags: []string{"web"},
	})
	if !differs("firewall", err) && firewall.OutboundRules[0].PortRange != "1-65535" {
		fmt.Printf("differs: icmp has the ports %s\n", firewall.OutboundRules[0].PortRange)
	}
	_, _, err = client.Domains.Create(ctx, &godo.DomainCreateRequest{Name: "example.test", IPAddress: "192.0.2.1"})
	differs("domain", err)
	record, _, err := client.Domains.CreateRecord(ctx, "example.test",
		&godo.DomainRecordEditRequest{Type: "MX", Name: "@", Data: "example.test.", Priority: 10, TTL: 1800})
	if !differs("record", err) && record.Data != "@" {
		fmt.Printf("differs: an MX of the zone itself is %s\n", record.Data)
	}
	vpc, _, err := client.VPCs.Create(ctx, &godo.VPCCreateRequest{Name: "net", RegionSlug: "nyc3"})
	if !differs("VPC", err) {
		_, err = client.VPCs.Delete(ctx, vpc.ID)
		differs("VPC's end", err)
	}
	project, _, err := client.Projects.Create(ctx, &godo.CreateProjectRequest{Name: "p", Purpose: "Service or API"})
	if !differs("project", err) {
		_, _, err = client.Projects.AssignResources(ctx, project.ID, droplet.URN())
		differs("project's resources", err)
	}
	_, _, err = client.UptimeChecks.Create(ctx, &godo.CreateUptimeCheckRequest{
		Name: "c", Type: "https", Target: "https://example.test", Regions: []string{"us_east"}, Enabled: true,
	})
	differs("uptime check", err)
	cluster, _, err := client.Databases.Create(ctx, &godo.DatabaseCreateRequest{
		Name: "backend", EngineSlug: "pg", Region: "nyc3", SizeSlug: "db-s-1vcpu-1gb", NumNodes: 1,
	})
	if !differs("database", err) {
		where := &godo.DatabaseLogsinkConfig{Server: "192.0.2.1", Port: 514, Format: "rfc5424", TLS: true}
		sink, _, err := client.Databases.CreateLogsink(ctx, cluster.ID,
			&godo.DatabaseCreateLogsinkRequest{Name: "logs", Type: "rsyslog", Config: where})
		if !differs("log sink", err) {
			where.Port = 6514
			_, err = client.Databases.UpdateLogsink(ctx, cluster.ID, sink.ID, &godo.DatabaseUpdateLogsinkRequest{Config: where})
			differs("another port", err)
		}
		sinks, _, err := client.Databases.ListLogsinks(ctx, cluster.ID, nil)
		if !differs("log sinks", err) && len(sinks) != 1 {
			fmt.Printf("differs: there are %d log sinks\n", len(sinks))
		}
		_, err = client.Databases.Migrate(ctx, cluster.ID, &godo.DatabaseMigrateRequest{Region: "lon1"})
		differs("migration", err)
	}
	_, _, err = client.Monitoring.ListAlertPolicies(ctx, nil)
	differs("alert policies", err)
	_, _, err = client.Droplets.Get(ctx, 1)
	var refusal *godo.ErrorResponse
	if !errors.As(err, &refusal) || refusal.Response.StatusCode != http.StatusNotFound {
		fmt.Printf("differs: a droplet that is not there: %v\n", err)
	}
	until("nothing runs", idle)
	_, err = client.Droplets.Delete(ctx, droplet.ID)
	differs("droplet's end", err)
	until("the droplet is gone", func() bool {
		_, answer, _ := client.Droplets.Get(ctx, droplet.ID)
		return answer != nil && answer.StatusCode == http.StatusNotFound
	})
}
