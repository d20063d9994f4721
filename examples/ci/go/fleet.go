// Package fleet keeps as many droplets as are wanted.
package fleet

import (
	"context"
	"fmt"

	"github.com/digitalocean/godo"
)

// Scale sees to it that there are so many droplets with a tag: it creates those that are missing.
func Scale(ctx context.Context, client *godo.Client, tag string, count int) error {
	existing, _, err := client.Droplets.ListByTag(ctx, tag, &godo.ListOptions{PerPage: 200})
	if err != nil {
		return err
	}
	for n := len(existing) + 1; n <= count; n++ {
		_, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
			Name: fmt.Sprintf("%s-%d", tag, n), Region: "fra1", Size: "s-1vcpu-1gb",
			Image: godo.DropletCreateImage{Slug: "debian-13-x64"}, Tags: []string{tag},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
