package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/handlers"
)

// rates bound how often somebody may ask.
type rates struct{ token, address, wrongTokens rate }

func (r *rates) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	r.token, r.address, r.wrongTokens = noRate, noRate, wrongTokenRate
	f.Var(&r.token, "rate-token", "how many requests may come with one token in a time")
	f.Var(&r.address, "rate-address", "how many requests may come from one address in a time")
	f.Var(&r.wrongTokens, "rate-wrong-tokens", "how many wrong tokens may come from one address in a time before it is told to wait")
}

var (
	noRate         = rate{text: "off"}
	wrongTokenRate = rate{text: "100/1m", rate: handlers.Rate{Requests: 100, Window: time.Minute}}
)

func (r *rates) apply(config *handlers.Config) {
	config.Rates = handlers.Rates{Token: r.token.rate, Address: r.address.rate, WrongTokens: r.wrongTokens.rate}
}

// rate is a pflag.Value: a number of requests and the time in which they may come,
// "100/1m", or "off".
type rate struct {
	text string
	rate handlers.Rate
}

func (r *rate) Set(text string) error {
	if text == "off" {
		*r = noRate
		return nil
	}
	number, window, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	d, err2 := time.ParseDuration(window)
	const most = 1_000_000
	if err != nil || err2 != nil || n < 1 || n > most || d < time.Second || d%time.Second != 0 {
		return errors.New("it is neither off nor a number up to 1000000 and whole seconds, such as 100/1m")
	}
	*r = rate{text: text, rate: handlers.Rate{Requests: n, Window: d}}
	return nil
}

func (r *rate) String() string { return r.text }

func (r *rate) Type() string { return "number/duration" }
