package suites

import (
	"net/http"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// acceptExamples are those of RFC 9110 section 12.5.1: the media type of the
// answer, or none, and the quality of some names.
var acceptExamples = []struct {
	accept, answer string
	qualities      map[string]float64
}{
	{"audio/*; q=0.2, audio/basic", "", map[string]float64{"application/json": 0}},
	{"text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/html; charset=utf-8",
		map[string]float64{"text/plain": 0.5, "text/html": 1, "application/json": 0}},
	{"text/*, text/plain, text/plain;format=flowed, */*", "text/plain; charset=utf-8",
		map[string]float64{"text/plain": 1, "text/html": 1, "application/pdf": 1}},
	// No format of Parley has variants by parameter, such as format=flowed.
	{"text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5", "text/plain; charset=utf-8",
		map[string]float64{"text/plain": 0.7, "text/html": 0.3, "application/pdf": 0.5}},
}

// TestAcceptExamples asks with the examples of RFC 9110.
func TestAcceptExamples(t *testing.T) {
	s := newServer(t)
	for _, example := range acceptExamples {
		res := s.do(http.MethodGet, "/users/ben", "", "Accept", example.accept)
		if (res.StatusCode == http.StatusNotAcceptable) != (example.answer == "") ||
			res.StatusCode == http.StatusOK && res.Header.Get("Content-Type") != example.answer {
			t.Errorf("%s: %s in %s, want %q", example.accept, res.Status, res.Header.Get("Content-Type"), example.answer)
		}
		weighed, _, _ := handlers.Formats().Explain([]string{example.accept}, codecs.Single)
		seen := 0
		for _, w := range weighed {
			if want, told := example.qualities[w.MediaType]; told {
				if seen++; w.Quality != want {
					t.Errorf("%s: %s has %v, want %v", example.accept, w.MediaType, w.Quality, want)
				}
			}
		}
		if seen != len(example.qualities) {
			t.Errorf("%s: %d names are weighed, want %d", example.accept, seen, len(example.qualities))
		}
	}
}
