package fleet

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/digitalocean/godo"
	"golang.org/x/oauth2"
)

var url, token = os.Getenv("DIGITALOCEAN_API_URL"), os.Getenv("DIGITALOCEAN_TOKEN")

// lab makes a call that DigitalOcean does not have.
func lab(t *testing.T, method, path, body string) {
	t.Helper()
	request, err := http.NewRequest(method, url+"/_lab/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
}

func newClient(t *testing.T) *godo.Client {
	t.Helper()
	lab(t, "DELETE", "account", "")
	lab(t, "DELETE", "faults", "")
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
	client, err := godo.New(oauth2.NewClient(t.Context(), source), godo.SetBaseURL(url+"/"))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func names(t *testing.T, client *godo.Client) (names []string) {
	t.Helper()
	droplets, _, err := client.Droplets.ListByTag(context.Background(), "web", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, droplet := range droplets {
		names = append(names, droplet.Name)
	}
	return names
}

func TestCreatesWhatIsMissing(t *testing.T) {
	client := newClient(t)
	for _, count := range []int{1, 3} {
		if err := Scale(t.Context(), client, "web", count); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, client); !slices.Equal(got, []string{"web-1", "web-2", "web-3"}) {
		t.Errorf("there are %v", got)
	}
}

func TestPassesARefusalOn(t *testing.T) {
	client := newClient(t)
	lab(t, "POST", "faults", `{ "call": "POST /v2/droplets", "kind": "422", "message": "Sold out.", "times": 1 }`)
	if err := Scale(t.Context(), client, "web", 1); err == nil || !strings.Contains(err.Error(), "Sold out.") {
		t.Errorf("the error is %v", err)
	}
	if got := names(t, client); len(got) > 0 {
		t.Errorf("there are %v", got)
	}
}
